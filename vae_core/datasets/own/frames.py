"""Data frames and arrays as a file that the reading process opens like any other."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.datasets.own.choices import sanitised
from vae_core.errors import DataInvalid


def write_frame(data: Any, folder: Path, name: str) -> Path:
    """Write a frame or an array (n, columns) as Feather; raises `DataInvalid` for anything else.

    An index of pandas that has a name becomes a column.
    """
    import pyarrow.feather as feather

    path = folder / f"{sanitised(name)}.feather"
    feather.write_feather(_arrow(data), path, compression="uncompressed")
    return path


def _arrow(data: Any) -> Any:
    """An Arrow table of anything tabular."""
    import narwhals as nw
    import pyarrow as pa

    if isinstance(data, np.ndarray):
        return _of_array(data)
    index = getattr(data, "index", None)
    if index is not None and any(getattr(index, "names", None) or ()):
        data = data.reset_index()
    if index is not None and len(set(data.columns)) < len(data.columns):
        data = data.set_axis(header_of(data.columns), axis=1)
    if hasattr(data, "collect") and not hasattr(data, "to_dict"):
        data = data.collect()
    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError as error:
        raise DataInvalid(
            "Expected the path of a file, a data frame of pandas, polars or Arrow, or an array "
            f"(rows, columns). Received: {type(data).__name__}"
        ) from error
    try:
        return frame.to_arrow()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        return _as_text(data)


def header_of(columns: Iterable[Any]) -> list[str]:
    """Names as text, the second 'x' as 'x (2)'."""
    names: list[str] = []
    for column in map(str, columns):
        number = sum(name == column or name.startswith(f"{column} (") for name in names) + 1
        names.append(column if number == 1 else f"{column} ({number})")
    return names


def _of_array(array: np.ndarray) -> Any:
    """Columns 'column 1' on, or the fields of a structured array."""
    import pyarrow as pa

    if array.dtype.names:
        return pa.table({name: _column(array[name]) for name in array.dtype.names})
    if array.ndim != 2:
        raise DataInvalid(f"Expected an array (rows, columns). Received: shape={array.shape}")
    columns = {f"column {place + 1}": _column(array[:, place]) for place in range(array.shape[1])}
    return pa.table(columns)


def _column(values: np.ndarray) -> Any:
    import pyarrow as pa

    values = np.ascontiguousarray(values)
    if values.dtype.kind == "O" or values.dtype.kind in "SU":
        return pa.array([_text(value) for value in values], pa.string())
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    if values.dtype.kind not in "biufM":
        raise DataInvalid(f"Expected numbers, words or dates. Received: dtype={values.dtype}")
    return pa.array(values)


def _as_text(data: Any) -> Any:
    """A frame with columns of mixed Python objects, cell by cell as text."""
    import pyarrow as pa

    columns = {str(name): [_text(value) for value in data[name]] for name in data.columns}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
