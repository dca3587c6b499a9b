"""Numbers as people write them: decimal points or commas, thousands, per cent, currencies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vae_core.arrays import BoolArray

E = r"([eE][+-]?\d+)?"
INFINITE = r"(?i)^[+-]?inf(inity)?$"
POINT = rf"^[+-]?(\d+\.?\d*|\.\d+){E}$|^[+-]?\d{{1,3}}([,' ]\d{{3}})+(\.\d*)?$"
LAKH = r"^[+-]?\d{1,2}(,\d{2})+,\d{3}(\.\d*)?$"
COMMA = rf"^[+-]?(\d+,?\d*|,\d+){E}$|^[+-]?\d{{1,3}}([.' ]\d{{3}})+(,\d*)?$"
WHOLE = r"^[+-]?\d+$"
LEADING_ZERO = r"^0\d+$"
SPACES = "[\u00a0\u2007\u2009\u202f’]"
SIGNS = r"^([$€£¥])\s?|\s?([%$€£¥])$"
"""Marks that stand before or after every number of a column, and are its unit."""


@dataclass(frozen=True)
class Numerals:
    """Distinct words of a column (n,) as numbers.

    `point` and `comma` (n,) mark those that are numbers with a decimal point and a decimal comma;
    `text` is without thousands' spaces and unit.
    """

    text: Any
    point: BoolArray
    comma: BoolArray
    unit: str

    @classmethod
    def of(cls, words: Any) -> "Numerals":
        """Look at an Arrow array of trimmed words."""
        text, unit = _without_unit(_plain(words))
        infinite = _matches(text, INFINITE)
        point = _matches(text, POINT) | _matches(text, LAKH) | infinite
        if point.all() and not _any(text, r",|\.\d{3}$"):
            return cls(text, point, _matches(text, COMMA) if _any(text, r"\.") else point, unit)
        return cls(text, point, _matches(text, COMMA) | infinite, unit)

    @property
    def says(self) -> str:
        """The decimal mark that these words prove, '' where they leave it open."""
        only_comma, only_point = self.comma & ~self.point, self.point & ~self.comma
        if only_comma.any() and not only_point.any():
            return ","
        return "." if only_point.any() and not only_comma.any() else ""

    @property
    def is_open(self) -> bool:
        """Whether some number has another value with the other mark: '5,001', '1.234'."""
        both = self.point & self.comma
        return bool((both & _matches(self.text, "[.,]")).any())

    def values(self, decimal: str) -> NDArray[Any]:
        """The numbers (n,) as float64, or int64 where all are whole; NaN where it is none."""
        valid = self.comma if decimal == "," else self.point
        text = self.text if valid.all() else pc.if_else(pa.array(valid), self.text, None)
        thousands = "[. ']" if decimal == "," else "[, ']"
        text = pc.replace_substring_regex(text, thousands, "")
        text = pc.replace_substring_regex(text, r"^\+", "")
        if decimal == ",":
            text = pc.replace_substring(text, ",", ".")
        if valid.all() and len(text) and _matches(text, WHOLE).all():
            try:
                return np.asarray(pc.cast(text, pa.int64()))
            except pa.ArrowInvalid:
                pass  # more digits than 64 bits hold
        return np.asarray(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False))

    @property
    def are_whole(self) -> bool:
        """Whether all words are digits alone, with or without a sign."""
        return bool(_matches(self.text, WHOLE).all())

    @property
    def has_leading_zeros(self) -> bool:
        """Whether some are codes of digits, such as '01067', and none has a decimal mark."""
        return _any(self.text, LEADING_ZERO) and not _any(self.text, "[.,eE-]")


def _plain(words: Any) -> Any:
    words = pc.replace_substring(words, "\u2212", "-")
    return pc.replace_substring_regex(words, SPACES, " ") if _any(words, r"[^\x00-\x7f]") else words


def _without_unit(words: Any) -> tuple[Any, str]:
    """The words without the one mark that all numbers among them bear."""
    marked = _matches(words, SIGNS)
    if not marked.any() or marked.mean() < 0.5:
        return words, ""
    signed = pc.filter(words, pa.array(marked)).to_pylist()
    marks = {sign for word in signed for sign in "$€£¥%" if sign in word}
    bare = _matches(words, POINT) | _matches(words, COMMA)
    if len(marks) != 1 or (bare & ~marked).any():
        return words, ""
    mark = marks.pop()
    return pc.utf8_trim_whitespace(pc.replace_substring(words, mark, "")), mark


def _matches(words: Any, pattern: str) -> BoolArray:
    found = pc.match_substring_regex(words, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _any(words: Any, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(words, pattern)).as_py())
