"""The kind of a column, guessed from its values and its name, with the reason in words."""

import re
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from vae_core.datasets.column import ColumnKind, ColumnRole
from vae_core.intake.scales import in_order, is_scale
from vae_core.intake.values import Moments, Numbers, Values, Words
from vae_core.text import quoted

MOST_CATEGORIES = 100
LEVELS = 16
WIDEST_LEVELS = 20
LONG_TEXT = 40
FEW_ROWS = 5
LARGEST_COUNT = 1e6
MOST_YEARS = 12
HUGE = 1e100
"""Beyond it the square is no float64."""


class Guess(NamedTuple):
    """A kind, a role, and why."""

    kind: ColumnKind
    role: ColumnRole
    reason: str


def _named(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(^|[^a-z])({'|'.join(words)})($|[^a-z])")


ID = _named(
    *("id", "ids", "uuid", "guid", "key", "index", "idx", "identifier", "nr", "no", "rownames"),
    *("row", "unnamed", "serial", "isbn", "iban", "ssn", "account"),
)
CODE = _named(
    *("zip", "zipcode", "postal", "postcode", "plz", "fips", "phone", "code", "sex", "gender"),
    *("race", "marital", "occupation", "workclass", "relationship", "country", "region", "kind"),
    *("species", "origin", "site", "colour", "color", "cluster", "class", "label", "target"),
    *("category", "education", "status", "type"),
)
DIGITS = _named(
    *("zip", "zipcode", "postal", "postcode", "plz", "fips", "phone", "code", "iso", "isbn"),
)
"""Digits of which nobody takes a mean, however many different ones there are."""
COUNTED = _named(
    *("count", "counts", "number", "num", "n", "size", "children", "kids", "siblings", "persons"),
    *("people", "members", "rooms", "bedrooms", "bathrooms", "floors", "doors", "visits", "items"),
    *("pieces", "quantity", "pregnancies"),
)
CALENDAR = _named("month", "mnth", "weekday", "dow", "season", "quarter", "hour", "hr", "day")
RATING = _named(
    *("rating", "score", "grade", "level", "rank", "stars", "quality", "stage", "likert"),
    *("satisfaction", "degree", "severity"),
)
YEAR = _named("year", "years", "jahr", "yr")
TIMES = _named(
    *("year", "yr", "month", "day", "week", "hour", "minute", "time", "t", "date", "step"),
    *("epoch", "timestamp", "age"),
)
INTERVAL = _named(
    *("temp", "temperature", "lat", "latitude", "lon", "lng", "long", "longitude", "x", "y", "z"),
    *("ph", "celsius", "fahrenheit", r"pc\d*"),
)
"""Scales without a natural zero, on which a logarithm means nothing."""


_YEARS = Guess("real", "feature", "years")


def plain(name: str) -> str:
    """A name in lower case with spaces between its words: 'userId' is 'user id'."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[\s_.\-]+", " ", spaced).strip().lower()


def guess(values: Values, name: str, place: int) -> Guess:
    """What a column seems to be; `place` is its number from 0 on."""
    known = int(values.known.sum())
    if not known:
        return Guess("categorical", "ignored", "no cell has a value")
    if isinstance(values, Moments):
        return _moments(values)
    if isinstance(values, Numbers):
        return _numbers(values, plain(name), known, place)
    return _words(values, known)


def guess_feature(values: Values, name: str) -> Guess:
    """What a column is if it is to be learned, whatever it looks like."""
    if isinstance(values, Moments):
        return _moments(values)
    if isinstance(values, Words):
        kind: ColumnKind = "binary" if values.count == 2 else "categorical"
        return Guess(kind, "feature", f"{values.count:,} different words")
    known = int(values.known.sum())
    return _whole(values, plain(name), known) if values.whole else _measure(values, plain(name))


def _moments(values: Moments) -> Guess:
    if values.is_constant:
        return Guess("real", "ignored", _one(values.text))
    what = "times of day, in seconds" if values.clock else "dates"
    return Guess("real", "feature", what)


def _words(values: Words, known: int) -> Guess:
    count = values.count
    if count == 1:
        return Guess("categorical", "ignored", _one(values.names[0]))
    if count == known and known >= FEW_ROWS:
        return Guess("categorical", "id", "all values differ: looks like an identifier")
    if count == 2:
        shown = " and ".join(quoted(word) for word in in_order(values.names))
        return Guess("binary", "feature", f"two values, {shown}")
    if count > 0.5 * known and count > 10:
        text = f"{count:,} different words in {known:,} rows: looks like free text"
        return Guess("categorical", "ignored", text)
    if pc.mean(pc.utf8_length(values.words)).as_py() > LONG_TEXT and count > 10:
        return Guess("categorical", "ignored", "long texts")
    if count <= MOST_CATEGORIES and is_scale(values.names):
        return Guess("ordinal", "feature", f"{count} steps of a scale")
    if count > MOST_CATEGORIES:
        text = f"{count:,} different words; the rarer ones are folded into 'other'"
        return Guess("categorical", "feature", text)
    return Guess("categorical", "feature", f"{count} different words")


def _numbers(values: Numbers, name: str, known: int, place: int) -> Guess:
    distinct = values.distinct
    count = len(distinct)
    if count == 1:
        return Guess("real", "ignored", _one(values.written or names_of(distinct)[0]))
    if values.whole and count == known and _is_identifier(values, name, place):
        return Guess("count", "id", "all values differ and count up: looks like an identifier")
    if values.whole and ID.search(name) and count > MOST_CATEGORIES and known >= 2 * count:
        text = f"{count:,} identifiers that come again: looks like groups of rows"
        return Guess("categorical", "group", text)
    if count == 2 and known >= FEW_ROWS:
        return Guess("binary", "feature", f"two values, {' and '.join(names_of(distinct))}")
    return _whole(values, name, known) if values.whole else _measure(values, name)


def _is_identifier(values: Numbers, name: str, place: int) -> bool:
    """Whether whole numbers that all differ are names of the rows and no measurement."""
    if TIMES.search(name) or len(values.distinct) < FEW_ROWS:
        return False
    known = values.values[values.known]
    rising = bool((np.diff(known) > 0).all())
    without_gaps = bool(values.distinct[-1] - values.distinct[0] == len(known) - 1)
    return bool(ID.search(name)) or (rising and without_gaps and place == 0)


def _whole(values: Numbers, name: str, known: int) -> Guess:
    """Whole numbers: by what their name says, else levels if they are few, else numbers."""
    low, high = values.distinct[0], values.distinct[-1]
    span = f"from {int(low):,} to {int(high):,}" if np.isfinite([low, high]).all() else ""
    named = _by_name(values, name, known, span)
    if named or (named := _levels(values, name, known, span)):
        return named
    if INTERVAL.search(name):
        return Guess("real", "feature", f"whole numbers {span} on a scale without a natural zero")
    if low < 0 or _is_narrow(values):
        return Guess("real", "feature", f"whole numbers {span}")
    if low < 10 and high < LARGEST_COUNT:
        return Guess("count", "feature", f"whole numbers {span}")
    if low == 0:
        return Guess("real", "feature", f"whole numbers {span}, too large for counts")
    return Guess("positive", "feature", f"whole numbers {span}, far from 0")


def _by_name(values: Numbers, name: str, known: int, span: str) -> Guess | None:
    """What the name of a column of whole numbers says that they are."""
    count, low, high = len(values.distinct), values.distinct[0], values.distinct[-1]
    if YEAR.search(name) and low >= 1000 and high <= 2200:
        few = count <= MOST_YEARS
        return Guess("ordinal", "feature", f"{count} years") if few else _YEARS
    if CODE.search(name) and count <= MOST_CATEGORIES:
        return Guess("categorical", "feature", f"{count} whole numbers that look like codes")
    if DIGITS.search(name):
        return _codes(count, known)
    if CALENDAR.search(name) and low >= 0 and high <= 31:
        return Guess("ordinal", "feature", f"{count} parts of the calendar")
    if COUNTED.search(name) and low >= 0 and high < LARGEST_COUNT:
        return Guess("count", "feature", f"whole numbers {span}; its name says that it counts")
    return None


def _levels(values: Numbers, name: str, known: int, span: str) -> Guess | None:
    """Steps of a scale: few whole numbers, each of them often."""
    count, low, high = len(values.distinct), values.distinct[0], values.distinct[-1]
    if count > LEVELS or known < 3 * count or (low == 0 and not RATING.search(name)):
        return None
    if float(high) - float(low) < WIDEST_LEVELS:
        return Guess("ordinal", "feature", f"{count} whole numbers {span}")
    if count <= 10 and known >= 20 * count:
        return Guess("ordinal", "feature", f"only {count} different whole numbers")
    return None


def _codes(count: int, known: int) -> Guess:
    """Codes of digits, of which there are more than `MOST_CATEGORIES`."""
    if count > 0.5 * known:
        text = f"codes, {count:,} different ones in {known:,} rows"
        return Guess("categorical", "ignored", text)
    text = f"{count:,} codes; the rarer ones are folded into 'other'"
    return Guess("categorical", "feature", text)


def _measure(values: Numbers, name: str) -> Guess:
    low = values.distinct[0]
    if low > 0 and not INTERVAL.search(name) and not _is_narrow(values):
        return Guess("positive", "feature", "numbers, all above 0")
    if low > 0:
        return Guess("real", "feature", "numbers on a scale without a natural zero")
    return Guess("real", "feature", "numbers" if low < 0 else "numbers, some of them 0")


def _is_narrow(values: Numbers) -> bool:
    """Whether the numbers lie so close together, far from 0, that float32 blurs them."""
    finite = values.distinct.astype(np.float64)
    finite = finite[np.abs(finite) < HUGE]
    if not len(finite):
        return False
    spread = (finite - finite[0]).std()
    return bool(np.abs(finite).max() * 2.0**-24 > 1e-4 * spread)


def names_of(numbers: object) -> list[str]:
    """Numbers as names of categories, to the last digit and without needless zeros."""
    found = []
    for value in np.asarray(numbers).tolist():
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        found.append(str(int(value)) if whole else repr(value))
    return found


def _one(value: str) -> str:
    return f"one value, {quoted(value)}, in each row: kept as it is, nothing to learn"
