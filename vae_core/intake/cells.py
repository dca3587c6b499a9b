"""A column of text before its kind is known: its different words, and which stand for a gap."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vae_core.arrays import BoolArray, Int32Array, Int64Array
from vae_core.errors import DataInvalid
from vae_core.intake.numerals import Numerals

LONGEST = 10**6
GAPS = frozenset(
    (
        "",
        "na",
        "n/a",
        "#n/a",
        "n.a.",
        "nan",
        "-nan",
        "<na>",
        "nat",
        "null",
        "#null!",
        "?",
        "-",
        "--",
    )
)
"""Words, in lower case, that stand for a missing cell everywhere."""
NUMBER_GAPS = GAPS | {
    *(".", "..", "...", "*", "–", "—", "none", "nil", "missing", "unknown", "n.d.", "nd", "tbd"),
    *("#div/0!", "#value!", "#ref!", "#num!", "#name?", "not available", "not applicable"),
}
"""And among numbers."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The words (k,) of a column of n rows: `codes` (n,) say which, `counts` (k,) how often.

    A null cell has the code of the empty word.
    """

    name: str
    words: Any
    codes: Int32Array
    counts: Int64Array
    missing: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    @classmethod
    def of(cls, name: str, column: Any, missing: Iterable[str], keep: Iterable[str]) -> "Cells":
        """Count the words of an Arrow column of strings."""
        if column.null_count:
            column = pc.fill_null(column, "")
        array = column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):  # what Arrow answers for no rows
            array = pa.array([], pa.string())
        found = pc.dictionary_encode(array)
        codes = np.asarray(found.indices)
        _check_length(name, found.dictionary, codes)
        counts = np.bincount(codes, minlength=len(found.dictionary))
        return cls(name, found.dictionary, codes, counts, _lower(missing), _lower(keep))

    @cached_property
    def trimmed(self) -> Any:
        """The words (k,) without space around them."""
        spaced = pc.match_substring_regex(self.words, r"^\s|\s$|^\xa0|\xa0$")
        return pc.utf8_trim_whitespace(self.words) if pc.any(spaced).as_py() else self.words

    @cached_property
    def number_gaps(self) -> BoolArray:
        """Which words (k,) stand for a gap if this is a column of numbers."""
        return self._among(NUMBER_GAPS)

    @cached_property
    def word_gaps(self) -> BoolArray:
        """Which words (k,) stand for a gap if this is a column of words."""
        found = self._among(GAPS)
        rest = pc.filter(self.trimmed, pa.array(~found))
        if self.has_na and len(rest) > 1 and _all(rest, r"^[A-Z]{2,3}$"):
            found &= ~self._is("na")  # Namibia among codes of countries
        return found

    @property
    def has_na(self) -> bool:
        """Whether 'NA' occurs as these very letters."""
        return (
            "na" not in self.missing | self.keep
            and "NA" in self.trimmed.slice(0, 10_000).to_pylist()
        )

    @cached_property
    def numerals(self) -> Numerals:
        """The words that are no gap among numbers, as numbers."""
        return Numerals.of(pc.filter(self.trimmed, pa.array(~self.number_gaps)))

    def without(self, gaps: BoolArray) -> "Cells":
        """The same with more words taken for gaps."""
        more = pc.filter(self.trimmed, pa.array(gaps)).to_pylist()
        return replace(self, missing=self.missing | _lower(more))

    def tokens(self, gaps: BoolArray) -> dict[str, int]:
        """Which words stand for the gaps, and how often each; '' is an empty cell."""
        found: dict[str, int] = {}
        chosen = pc.filter(self.trimmed, pa.array(gaps)).to_pylist()
        for word, count in zip(chosen, self.counts[gaps], strict=True):
            found[word] = found.get(word, 0) + int(count)
        return found

    def rows_of(self, words: BoolArray) -> Int64Array:
        """Rows, counted from 1, in which one of these words stands."""
        return np.flatnonzero(words[self.codes]) + 1

    def _among(self, gaps: frozenset[str]) -> BoolArray:
        tokens = (gaps - self.keep) | self.missing
        short = pc.less_equal(pc.utf8_length(self.trimmed), max(map(len, tokens), default=0))
        lower = pc.utf8_lower(pc.if_else(short, self.trimmed, "x" * 40))
        return np.asarray(pc.is_in(lower, pa.array(sorted(tokens))).to_numpy(zero_copy_only=False))

    def _is(self, word: str) -> BoolArray:
        return np.asarray(
            pc.equal(pc.utf8_lower(self.trimmed), word).to_numpy(zero_copy_only=False)
        )


def _check_length(name: str, words: Any, codes: Int32Array) -> None:
    lengths = np.asarray(pc.binary_length(words))
    if len(lengths) and lengths.max() > LONGEST:
        row = int(np.flatnonzero(codes == lengths.argmax())[0]) + 1
        raise DataInvalid(
            f"Expected cells of at most 1 MB. Received: {lengths.max() / 1e6:.0f} MB in {name!r}, "
            f"row {row:,}. Is a quotation mark there never closed?"
        )


def _lower(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in words)


def _all(words: Any, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(words, pattern)).as_py())
