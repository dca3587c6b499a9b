"""Columns as a file has them, before anything of them is understood."""

from dataclasses import dataclass, field
from typing import Any

from vae_core.datasets.own.choices import MOST_COLUMNS, MOST_ROWS
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid


@dataclass
class Raw:
    """Columns of equal length by name; text is not yet understood. Reading them empties it."""

    names: list[str]
    columns: list[Any]
    notes: list[Note] = field(default_factory=list)
    separator: str = ""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0


def check_size(columns: int, rows: int) -> None:
    """Raise `DataInvalid` for more columns or rows than a table may have."""
    if columns > MOST_COLUMNS:
        raise DataInvalid(f"Expected at most {MOST_COLUMNS:,} columns. Received: {columns:,}")
    if rows > MOST_ROWS:
        raise DataInvalid(
            f"Expected at most {MOST_ROWS:,} rows. Received: {rows:,} or more. Take a sample."
        )
