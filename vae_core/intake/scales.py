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
JOINED = re.compile(r"\d\s*(-|–|to|\+)")
RANGE = re.compile(r"[\[(<>=≥≤\s]*(-?\d+(?:\.\d+)?)\s*(?:-|–|to|,|\+|years?|%|$)[\s\d.,%+)\]a-z]*$")


def is_scale(words: Sequence[str]) -> bool:
    """Whether three words or more are all steps of one scale."""
    lower = [word.strip().lower() for word in words]
    if any(set(lower) <= set(scale) for scale in SCALES):
        return len(lower) > 2
    return len(lower) > 2 and all(RANGE.match(word) and JOINED.search(word) for word in lower)


def in_order(words: Sequence[str]) -> list[str]:
    """Words in their natural order: by their scale, by the numbers in them, by the alphabet."""
    lower = {word: word.strip().lower() for word in words}
    for scale in (*SCALES, *CYCLES, *PAIRS):
        if set(lower.values()) <= set(scale):
            return sorted(words, key=lambda word: scale.index(lower[word]))
    return sorted(words, key=lambda word: (_natural(word.strip()), word))


def _natural(word: str) -> tuple[tuple[bool, float, str], ...]:
    """Sorts 'class 2' before 'class 10'."""
    parts = re.split(r"(\d+(?:\.\d+)?)", word)
    return tuple(
        (False, float(part), "") if part[:1].isdigit() else (True, 0.0, part.casefold())
        for part in parts
        if part
    )
