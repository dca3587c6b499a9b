"""Columns as a file has them, before anything of them is understood."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from vae_core.datasets.own.choices import MOST_COLUMNS, MOST_ROWS
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid

Columns = list[Any]
"""Arrow arrays of one length."""


@dataclass
class Raw:
    """Named columns of `rows` rows, of which `read` fetches those at some places.

    So many `at_once` that their text does not fill the memory. `sample` holds the first rows of
    the columns that are text, which tell how numbers are written.
    """

    names: list[str]
    rows: int
    read: Callable[[Sequence[int]], Columns]
    at_once: int
    notes: list[Note] = field(default_factory=list)
    separator: str = ""
    sample: Columns = field(default_factory=list)

    def columns(self) -> Iterator[Any]:
        """One column after the other; what was read is let go on the way."""
        for start in range(0, len(self.names), self.at_once):
            group = self.read(range(start, min(start + self.at_once, len(self.names))))
            group.reverse()
            while group:
                yield group.pop()
                pa.default_memory_pool().release_unused()


def check_size(columns: int, rows: int) -> None:
    """Raise `DataInvalid` for more columns or rows than a table may have."""
    if columns > MOST_COLUMNS:
        raise DataInvalid(f"Expected at most {MOST_COLUMNS:,} columns. Received: {columns:,}")
    if rows > MOST_ROWS:
        raise DataInvalid(
            f"Expected at most {MOST_ROWS:,} rows. Received: {rows:,} or more. Take a sample."
        )
