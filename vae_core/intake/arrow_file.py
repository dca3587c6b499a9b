"""Parquet and Feather: columns with the types that the file states."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake import header
from vae_core.intake.raw import Raw, check_size

MOST_BYTES = 800 * 10**6
INDEX = "__index_level_0__"
"""The name under which pandas writes an index that has none."""


def read_arrow(path: Path, kind: str) -> Raw:
    """The columns of a Parquet or Feather file; raises `DataInvalid`."""
    try:
        table = _parquet(path) if kind == "parquet" else _feather(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataInvalid(f"Expected a whole {kind} file. Received: {_first_line(error)}") from (
            error
        )
    wanted = ["" if name == INDEX else name for name in table.column_names]
    names, notes = header.names_of(wanted, len(wanted))
    raw = Raw(names, [], notes)
    for name, column in zip(names, table.columns, strict=True):
        raw.columns.append(_simple(column, name, notes))
    return raw


def _parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        about = file.metadata
        check_size(about.num_columns, about.num_rows)
        groups = range(about.num_row_groups)
        _check_bytes(sum(about.row_group(group).total_byte_size for group in groups))
        return file.read(use_threads=False)


def _feather(path: Path) -> Any:
    import pyarrow.feather as feather

    table = feather.read_table(path, use_threads=False)
    _check_bytes(table.nbytes)
    return table


def _check_bytes(count: int) -> None:
    if count > MOST_BYTES:
        raise DataInvalid(
            f"Expected at most {MOST_BYTES / 1e6:.0f} MB of columns. Received: {count / 1e6:.0f} MB"
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
    except pa.ArrowInvalid:
        return column.cast(pa.float64())


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
