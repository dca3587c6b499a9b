"""Parquet and Feather: columns with the types that the file states."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake import header
from vae_core.intake.raw import Columns, Raw, check_size

MOST_CELLS = 100 * 10**6
SAMPLE, COLUMNS = 2_000, 200
"""So many rows of so many columns tell how numbers are written as text."""
Source = tuple[list[str], int, Callable[[Sequence[int]], Columns]]
"""Names, rows, and how columns are read."""
INDEX = "__index_level_0__"
"""The name under which pandas writes an index that has none."""


def read_arrow(path: Path, kind: str) -> Raw:
    """The columns of a Parquet or Feather file; raises `DataInvalid`."""
    try:
        names, rows, read = _parquet(path) if kind == "parquet" else _feather(path)
        check_size(len(names), rows)
        _check_bytes(len(names) * rows)
        shown, notes = header.names_of(["" if n == INDEX else n for n in names], len(names))

        def simple(places: Sequence[int]) -> Columns:
            found = zip(places, read(places), strict=True)
            return [_simple(column, shown[place], notes) for place, column in found]

        head = (column.slice(0, SAMPLE) for column in read(range(min(len(names), COLUMNS))))
        sample = [c.combine_chunks() for c in head if pa.types.is_string(c.type)]
        return Raw(shown, rows, simple, 1, notes, sample=sample)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataInvalid(f"Expected a whole {kind} file. Received: {_first_line(error)}") from (
            error
        )


def _parquet(path: Path) -> Source:
    """Read column by column, unless two have one name."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    names = list(file.schema_arrow.names)
    _check_bytes(sum(_unpacked(file, group) for group in range(file.metadata.num_row_groups)) // 8)
    if len(set(names)) < len(names):
        return names, file.metadata.num_rows, _held(file.read(use_threads=False))

    def read(places: Sequence[int]) -> Columns:
        wanted = [names[place] for place in places]
        table = file.read(columns=wanted, use_threads=False)
        return [table.column(name) for name in wanted]

    return names, file.metadata.num_rows, read


def _unpacked(file: Any, group: int) -> int:
    return int(file.metadata.row_group(group).total_byte_size)


def _feather(path: Path) -> Source:
    """Mapped, so that what is not compressed takes no memory."""
    import pyarrow.feather as feather

    table = feather.read_table(path, use_threads=False, memory_map=True)
    return list(table.column_names), table.num_rows, _held(table)


def _held(table: Any) -> Callable[[Sequence[int]], Columns]:
    return lambda places: [table.column(place) for place in places]


def _check_bytes(cells: int) -> None:
    if cells > MOST_CELLS:
        raise DataInvalid(
            f"Expected at most {MOST_CELLS:,} cells. Received: {cells:,}. Take a sample of its "
            "rows, or leave columns out."
        )


def _simple(column: Any, name: str, notes: list[Note]) -> Any:
    """A column of numbers, instants or text; what else there is becomes empty."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _simple(column.cast(kind.value_type), name, notes)
    for tests, convert in CONVERSIONS:
        if any(test(kind) for test in tests):
            return convert(column)
    text = f"'{name}' holds {kind}, which is no number, word or date: ignored."
    notes.append(Note(kind="remark", text=text, column=name))
    return pa.chunked_array([pa.nulls(len(column), pa.string())])


def _as_text(column: Any) -> Any:
    return column.cast(pa.string())


def _as_float(column: Any) -> Any:
    return column.cast(pa.float64())


def _as_instants(column: Any) -> Any:
    """Microseconds; a time zone is taken off, the instant stays."""
    return pc.cast(column, pa.timestamp("us", tz=getattr(column.type, "tz", None)), safe=False)


def _as_seconds(column: Any) -> Any:
    microseconds = pc.cast(column, pa.duration("us"), safe=False).cast(pa.int64())
    return pc.divide(microseconds.cast(pa.float64()), 1e6)


def _whole(column: Any) -> Any:
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:  # unsigned numbers beyond those of 64 bits with a sign
        return column.cast(pa.string())


_TYPES = pa.types
CONVERSIONS: tuple[tuple[tuple[Callable[[Any], bool], ...], Callable[[Any], Any]], ...] = (
    ((_TYPES.is_integer,), _whole),
    ((_TYPES.is_floating, _TYPES.is_decimal), _as_float),
    ((_TYPES.is_timestamp, _TYPES.is_date), _as_instants),
    ((_TYPES.is_duration,), _as_seconds),
    ((_TYPES.is_string, _TYPES.is_large_string, _TYPES.is_string_view), _as_text),
    ((_TYPES.is_boolean, _TYPES.is_null, _TYPES.is_time), _as_text),
)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
