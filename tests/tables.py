"""Small tables for tests: invented values, each with a catch."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vae_core.datasets.own.choices import Choices

Cell = Callable[[int], str]


def numbers(low: float = 1, high: float = 10, digits: int = 2) -> Cell:
    """Cells with a random number, written with a decimal point."""
    draw = random.Random(7)
    return lambda _row: f"{draw.uniform(low, high):.{digits}f}"


def words(*choice: str) -> Cell:
    """Cells that run through these words."""
    return lambda row: choice[row % len(choice)]


def lines(
    names: Sequence[str], *columns: Cell, rows: int = 40, separator: str = ",", end: str = "\n"
) -> str:
    """A file with a header and these columns."""
    body = [separator.join(cell(row) for cell in columns) for row in range(rows)]
    return end.join([separator.join(names), *body]) + end


def understood(folder: Path, content: str | bytes, name: str = "t.csv", **choices: Any) -> Any:
    """The table that is understood of a file with this content."""
    from vae_core.intake.table import understand

    path, work = folder / name, folder / "work"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    work.mkdir(exist_ok=True)
    return understand(path, work, Choices.create(**choices))


def column(table: Any, name: str) -> Any:
    """What a column of an understood table is."""
    return next(typed.column for typed in table.columns if typed.column.name == name)


def cells(table: Any, name: str) -> list[str]:
    """The first cells of a column, as they are shown."""
    place = [typed.column.name for typed in table.columns].index(name)
    return [row[place] for row in table.preview().head]


def said(table: Any) -> str:
    """All notes, one a line, each after its kind."""
    return "\n".join(f"{note.kind}: {note.text}" for note in table.notes)
