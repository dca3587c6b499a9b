"""The values of a column: numbers, instants or words; NaN and codes of -1 where there is none."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import BoolArray, Int32Array, Int64Array

SHOWN = 5


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers (n,), float64 or int64, of which those that are `known` (n,) count.

    `written` is the word for the one number of a column without others.
    """

    values: NDArray[Any]
    known: BoolArray
    unit: str = ""
    written: str = ""

    @cached_property
    def distinct(self) -> NDArray[Any]:
        """The different known numbers, rising."""
        return np.unique(self.values[self.known])

    @cached_property
    def whole(self) -> bool:
        """Whether all known numbers are whole."""
        if self.values.dtype.kind == "i":
            return True
        finite = self.distinct[np.isfinite(self.distinct)]
        return bool(len(finite) and (finite == np.floor(finite)).all())

    def as_written(self, column: Any) -> Self:
        """The same, with the word for its number from the column of text, if it has but one."""
        constant = len(self.distinct) == 1
        return replace(self, written=_first(column, self.known)) if constant else self


@dataclass(frozen=True, eq=False)
class Moments:
    """Instants (n,) as microseconds since 1970, or since midnight for a `clock`.

    `written` is the word for the one instant of a column without others.
    """

    microseconds: Int64Array
    known: BoolArray
    clock: bool = False
    written: str = ""

    @property
    def text(self) -> str:
        """The first known instant, as the file writes it or by ISO 8601."""
        first = np.datetime64(int(self.microseconds[self.known][0]), "us")
        return self.written or str(first).removesuffix("T00:00:00.000000")

    @cached_property
    def is_constant(self) -> bool:
        """Whether all known instants are one."""
        known = self.microseconds[self.known]
        return bool(len(known) and (known == known[0]).all())

    def as_written(self, column: Any) -> Self:
        """As for `Numbers`."""
        return replace(self, written=_first(column, self.known)) if self.is_constant else self


@dataclass(frozen=True, eq=False)
class Words:
    """Words by `codes` (n,) into the Arrow array `words` (k,), -1 where there is none."""

    words: Any
    codes: Int32Array

    @property
    def count(self) -> int:
        """How many different words there are."""
        return len(self.words)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The words as Python's; of a million that is a lot of memory."""
        return tuple(self.words.to_pylist())

    @cached_property
    def counts(self) -> Int64Array:
        """How often each word occurs."""
        return np.bincount(self.codes[self.codes >= 0], minlength=self.count)

    @property
    def known(self) -> BoolArray:
        """Where there is a word (n,)."""
        return self.codes >= 0


Values = Numbers | Moments | Words


def _first(column: Any, known: BoolArray) -> str:
    return str(column[int(np.flatnonzero(known)[0])].as_py()).strip()


def rows_in_words(rows: Any) -> str:
    """'row 3', 'rows 1, 3, 5', 'rows 1, 3, 5, … (40 rows)'."""
    shown = ", ".join(f"{row:,}" for row in rows[:SHOWN])
    if len(rows) <= SHOWN:
        return f"row{'s' if len(rows) > 1 else ''} {shown}"
    return f"rows {shown}, … ({len(rows):,} rows)"
