"""Workbooks (XLSX, XLS, ODS): values as they are stored, never a formula that is computed."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from vae_core.datasets.own.choices import MOST_COLUMNS, MOST_ROWS, NEEDED, Choices
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake import header
from vae_core.intake.raw import Columns, Raw

COLUMNS_AT_ONCE = 10
SAMPLE = 2_000


def read_workbook(path: Path, choices: Choices) -> Raw:
    """The first sheet that holds something, or the one asked for; raises `DataInvalid`."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
        wanted = [choices.sheet] if choices.sheet else names
        if choices.sheet and choices.sheet not in names:
            raise DataInvalid(f"Expected a sheet ({', '.join(names)}). Received: {choices.sheet!r}")
        found = next(((n, rows) for n in wanted if (rows := _rows(book, n))), None)
    except calamine.CalamineError as error:
        raise DataInvalid(f"Expected a readable workbook. Received: {error}") from error
    if found is None:
        raise DataInvalid(f"The workbook is empty. {NEEDED}.")
    sheet, rows = found
    raw = _table(rows, choices)
    if len(names) > 1:
        others = ", ".join(f"'{name}'" for name in names if name != sheet)
        raw.notes.append(
            Note(kind="question", text=f"Sheet '{sheet}' was read; there is also {others}.")
        )
    return raw


def _rows(book: Any, name: str) -> list[list[str]]:
    """The rows of a sheet as text, without empty ones."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_width > MOST_COLUMNS:
        raise DataInvalid(f"Expected at most {MOST_COLUMNS:,} columns. Received: more")
    if sheet.total_height > MOST_ROWS:
        raise DataInvalid(f"Expected at most {MOST_ROWS:,} rows. Received: more")
    rows = ([_text(cell) for cell in row] for row in sheet.iter_rows())
    return [row for row in rows if any(row)]


def _table(rows: list[list[str]], choices: Choices) -> Raw:
    """Rows of one width; titles above the table, with one cell filled, are left out."""
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    skip = 0
    while len(rows) - skip > 2 and width > 2 and sum(map(bool, rows[skip])) == 1:
        skip += 1
    rows = rows[skip:]
    named = header.has_header(rows) if choices.header is None else choices.header
    names, notes = header.names_of(rows[0] if named else None, width)
    if skip:
        notes.append(Note(kind="remark", text=f"{skip} title rows above the table left out."))
    body = rows[1:] if named else rows
    sample = [pa.array(cells, pa.string()) for cells in zip(*body[:SAMPLE], strict=True)]

    def read(places: Sequence[int]) -> Columns:
        return [
            pa.chunked_array([pa.array([row[place] for row in body], pa.string())])
            for place in places
        ]

    return Raw(names, len(body), read, COLUMNS_AT_ONCE, notes, sample=sample)


def _text(cell: Any) -> str:
    """A cell as a CSV file would write it, numbers to the last digit."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return repr(cell.total_seconds())
    return str(cell)
