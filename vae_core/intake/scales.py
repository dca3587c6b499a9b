"""Words that have an order: sizes, degrees, frequencies, and ranges of numbers."""

import re
from collections.abc import Sequence

SCALES: tuple[tuple[str, ...], ...] = (
    ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"),
    ("tiny", "very small", "small", "medium", "large", "very large", "huge"),
    ("very low", "low", "medium", "moderate", "high", "very high"),
    ("none", "mild", "moderate", "severe", "critical"),
    ("very bad", "bad", "poor", "fair", "average", "good", "very good", "excellent"),
    ("never", "rarely", "seldom", "sometimes", "often", "usually", "always"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("first", "second", "third", "fourth", "fifth"),
    ("bronze", "silver", "gold", "platinum"),
    ("cold", "cool", "mild", "warm", "hot"),
    ("slow", "medium", "fast"),
    ("low", "average", "high"),
    ("i3", "i2", "i1", "si2", "si1", "vs2", "vs1", "vvs2", "vvs1", "if", "fl"),
    ("po", "fa", "ta", "gd", "ex"),
    ("fair", "good", "very good", "premium", "ideal"),
)
CYCLES: tuple[tuple[str, ...], ...] = (
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    (
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december"),
    ),
)
"""Listed in their order, but without an end at which they begin: no ordinals."""
PAIRS: tuple[tuple[str, str], ...] = (
    ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"),
    ("negative", "positive"),
    ("absent", "present"), ("fail", "pass"), ("control", "case"), ("control", "treatment"),
)  # fmt: skip
RANGE = re.compile(
    r"(?P<below><|≤|under |less than |up to |below )?[\[(>=≥$€£\s]*(over |more than |above )?[$€£]?"
    r"(?P<number>-?\d+(?:[.,]\d+)?)\s*[km%]?\s*(?P<open>-|–|to |and |\+|or )?.*",
    re.IGNORECASE | re.ASCII,
)
"""'10-19', '<10k', '65+', 'over 60'."""


def is_scale(words: Sequence[str]) -> bool:
    """Whether three words or more are all steps of one scale."""
    lower = [word.strip().lower() for word in words]
    known = any(set(lower) <= set(scale) for scale in SCALES)
    return len(lower) > 2 and (known or _are_ranges(lower))


def in_order(words: Sequence[str]) -> list[str]:
    """Words in their natural order: by their scale, by the numbers in them, by the alphabet."""
    lower = {word: word.strip().lower() for word in words}
    for scale in (*SCALES, *CYCLES, *PAIRS):
        if set(lower.values()) <= set(scale):
            return sorted(words, key=lambda word: scale.index(lower[word]))
    if _are_ranges(list(lower.values())):
        return sorted(words, key=lambda word: (_start(word), word))
    return sorted(words, key=lambda word: (_natural(word.strip()), word))


def _are_ranges(words: Sequence[str]) -> bool:
    """Whether all words begin with a number, and most go on to another one or without end."""
    found = [RANGE.fullmatch(word) for word in words]
    if not all(found):
        return False
    wide = sum(bool(one and (one["open"] or one["below"])) for one in found)
    return 2 * wide > len(found)


def _start(word: str) -> tuple[float, bool]:
    """Where a range begins; '<10' comes before '10-19', and '>60' after '60'."""
    found = RANGE.fullmatch(word.strip().lower())
    assert found
    number = float(found["number"].replace(",", "."))
    return number, not found["below"]


def _natural(word: str) -> tuple[tuple[bool, float, str], ...]:
    """Sorts 'class 2' before 'class 10'."""
    parts = re.split(r"([0-9]+(?:\.[0-9]+)?)", word)
    return tuple(
        (False, float(part), "") if "0" <= part[:1] <= "9" else (True, 0.0, part.casefold())
        for part in parts
        if part
    )
