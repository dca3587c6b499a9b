"""Dates and times as people write them, as microseconds since 1970."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vae_core.arrays import Int64Array

DAY = 86_400 * 10**6
FIRST = 100
TIME = r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
ISO = rf"^\d{{4}}-\d{{2}}-\d{{2}}{TIME}( ?(Z|UTC|[+-]\d{{2}}:?\d{{2}}))?$"
ZONE = r" ?(Z|UTC|[+-]\d{2}:?\d{2})$"
NUMERIC = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})( \d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?$"
CLOCK = r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"
YEARS = r"^(1[89]|20|21)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"^\d{4}/\d{1,2}/\d{1,2}( \d{1,2}:\d{2}(:\d{2})?)?$", ("%Y/%m/%d",)),
    (r"^\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{2}(:\d{2})?)?$", ("%Y-%m-%d",)),
    (r"^\d{4}-\d{2}$", ("%Y-%m",)),
    (r"^[A-Za-z]{3,9}\.? \d{1,2},? \d{4}( \d{1,2}:\d{2}(:\d{2})?)?$", ("%b %d %Y", "%B %d %Y")),
    (r"^\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}( \d{1,2}:\d{2}(:\d{2})?)?$", ("%d %b %Y", "%d %B %Y")),
    (r"^[A-Za-z]{3,9}[ -]\d{4}$", ("%d %b %Y", "%d %B %Y")),
)


@dataclass(frozen=True)
class Instants:
    """Distinct words as microseconds (n,); `open` where day and month might be the other way."""

    microseconds: Int64Array
    open: bool = False
    clock: bool = False


def read_instants(words: Any, name: str) -> Instants | None:
    """Trimmed words as dates or times of day; None unless all are of one form."""
    if not len(words) or not _all(words, r"\d"):
        return None
    if _all(words, ISO):
        return _iso(words)
    if _all(words, NUMERIC):
        return _numeric(words)
    if _all(words, CLOCK):
        return _clock(words)
    if _all(words, YEARS) and any(part in name.lower() for part in ("date", "day", "datum")):
        return _parsed(words, ("%Y%m%d",))
    for pattern, forms in FORMS:
        if _all(words, pattern):
            return _parsed(_tidy(words, pattern), forms)
    return None


def _iso(words: Any) -> Instants | None:
    zone = pc.match_substring_regex(words, ZONE)
    with_time = pc.match_substring(words, ":")
    if not pc.any(pc.and_(zone, with_time)).as_py():
        return _cast(words, pa.timestamp("us"))
    words = pc.replace_substring_regex(words, r" ?(Z|UTC)$", "Z")
    words = pc.if_else(pc.match_substring_regex(words, ZONE), words, pc.binary_join_element_wise(
        words, "Z", "", null_handling="skip"))  # fmt: skip
    return _cast(words, pa.timestamp("us", tz="UTC"))


def _cast(words: Any, kind: Any) -> Instants | None:
    words = pc.replace_substring_regex(words, r"(\.\d{6})\d+", r"\1")
    try:
        return Instants(np.asarray(pc.cast(words, kind).cast(pa.int64())))
    except pa.ArrowInvalid:
        return None


def _numeric(words: Any) -> Instants | None:
    """Day, month and year in digits; which is the day shows where it is above 12."""
    dates = pc.utf8_slice_codeunits(words, 0, 10)
    parts = pc.extract_regex(dates, r"^(?P<a>\d{1,2})(?P<s>[./-])(?P<b>\d{1,2})[./-](?P<y>\d+)")
    first = np.asarray(pc.struct_field(parts, "a").cast(pa.int64()))
    second = np.asarray(pc.struct_field(parts, "b").cast(pa.int64()))
    separators = pc.unique(pc.struct_field(parts, "s")).to_pylist()
    if len(separators) > 1 or max(first.max(), second.max()) > 31:
        return None
    day_first, unsure = _order(first, second, dotted=separators == ["."])
    year = "%Y" if pc.all(pc.match_substring_regex(words, r"[./-]\d{4}")).as_py() else "%y"
    form = f"%d/%m/{year}" if day_first else f"%m/%d/{year}"
    words = pc.replace_substring(words, separators[0], "/", max_replacements=2)
    found = _parsed(words, (form,))
    return found and Instants(found.microseconds, open=unsure)


def _order(first: Any, second: Any, *, dotted: bool) -> tuple[bool, bool]:
    """Whether the day comes first, and whether that is only a guess."""
    if first.max() > 12:
        return True, False
    if second.max() > 12:
        return False, False
    if (first == 1).all() != (second == 1).all():  # the first of each month
        return bool((first == 1).all()), True
    return dotted, not dotted


def _clock(words: Any) -> Instants:
    parts = pc.extract_regex(words, r"^(?P<h>\d+):(?P<m>\d+)(?::(?P<s>[\d.]+))?")
    seconds = np.zeros(len(words))
    for name, factor in (("h", 3600), ("m", 60), ("s", 1)):
        text = pc.struct_field(parts, name)
        text = pc.if_else(pc.equal(text, ""), "0", text)
        seconds += factor * np.asarray(text.cast(pa.float64()))
    return Instants(np.rint(seconds * 1e6).astype(np.int64), clock=True)


def _parsed(words: Any, forms: tuple[str, ...]) -> Instants | None:
    """By the first of `forms` that reads all, with what time of day there is."""
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
    timed = pc.any(pc.match_substring(words, ":")).as_py()
    for form in forms:
        for clock in times if timed else ("",):
            found = pc.strptime(words, form + clock, "us", error_is_null=True)
            if not found.null_count:
                return Instants(np.asarray(found.cast(pa.int64())))
    return None


def _tidy(words: Any, pattern: str) -> Any:
    """Without commas and full stops after months; a month alone begins on its first day."""
    words = pc.replace_substring_regex(words, r"[.,]", "")
    if pattern.startswith("^[A-Za-z]") or pattern.startswith(r"^\d{1,2}[ -]"):
        words = pc.replace_substring_regex(words, r"-", " ")
    if pattern == FORMS[-1][0]:
        words = pc.binary_join_element_wise("1", words, " ")
    return words


def _all(words: Any, pattern: str) -> bool:
    """Whether all words match; the first ones mostly tell."""
    if len(words) > FIRST and not _all(words.slice(0, FIRST), pattern):
        return False
    return bool(pc.all(pc.match_substring_regex(words, pattern)).as_py())
