"""Numbers, durations, sizes and names of labels as people write them."""

from collections.abc import Sequence
from functools import cache

NO_LABEL = "no label"
NOT_A_NUMBER = "–"


def number(value: float, form: str = ".4g", *, unit: str = "") -> str:
    """A number by a format of Python's with a true minus sign, and its unit: '−2.3 nats'.

    What rounds to zero has no sign; NaN is a dash.
    """
    written = format(float(value), _unsigned_zero(form)).replace("-", "−")
    if written.lstrip("+") == "nan":
        written = NOT_A_NUMBER
    return f"{written} {unit}" if unit else written


@cache
def _unsigned_zero(form: str) -> str:
    """A format by which what rounds to zero has no minus sign."""
    return f"{form[0]}z{form[1:]}" if form[:1] in ("+", " ") else f"z{form}"


def plus_minus(value: float, error: float, form: str = ".1f", *, unit: str = "") -> str:
    """A value and its uncertainty: '−20.7 ± 0.2 nats'; a dash where that is NaN, not known."""
    return f"{number(value, form)} ± {number(error, form, unit=unit)}"


def readable(text: str) -> str:
    """Text from the command line or of a path, whose bytes may be none of the locale's, as UTF-8.

    Python keeps such bytes as surrogates, which no file and no JSON takes.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def quoted(word: str, longest: int = 40) -> str:
    """A word between quotation marks, cut if it is long: 'so it beg…'."""
    return f"'{word if len(word) <= longest else word[: longest - 1] + '…'}'"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """'1 dimension', '2 dimensions', '1,000 classes'; `nouns` where an s does not do."""
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def duration(seconds: float, *, rough: bool = False) -> str:
    """Rounded for people: '40 s', '3 min', '5 h', '4 days'; `rough` has whole five seconds."""
    for unit, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * unit:
            return f"{seconds / unit:.0f} {name}"
    whole = round(seconds / 5) * 5 if rough and seconds >= 10 else round(seconds)
    return f"{max(whole, 1)} s"


def size(count: int) -> str:
    """A number of bytes: '104 kB', '1.1 MB', '12 MB'."""
    if count < 1e6:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.{0 if count >= 1e7 else 1}f} MB"


def label_name(label: int, names: Sequence[str]) -> str:
    """What label number `label` is called: 'no label' for -1, its number where it has no name."""
    if label < 0:
        return NO_LABEL
    return names[label] if label < len(names) else str(label)
