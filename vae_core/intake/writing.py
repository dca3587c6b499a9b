"""A table as the files of a dataset: Parquet, the ready matrix, labels, and the split."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vae_core.arrays import Float32Array, IndexArray, Int64Array
from vae_core.datasets.column import Constant, Feature
from vae_core.datasets.description import Description
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.manifest import (
    GROUP,
    LABEL,
    MATRIX,
    SPLIT,
    TABLE,
    Draft,
    FileRecord,
)
from vae_core.datasets.own.partition import partition
from vae_core.errors import DataInvalid
from vae_core.intake.columns import Typed, constant_text, groups_of
from vae_core.intake.features import encode
from vae_core.intake.table import Table
from vae_core.intake.values import Moments, Numbers, Words

ROWS_AT_ONCE = 65_536


def write(table: Table, folder: Path, choices: Choices) -> Draft:
    """Write all files of the dataset but its manifest into `folder`, and say what they hold.

    Raises `DataInvalid` for a table with problems or one that can't be split.
    """
    if problems := [note.text for note in table.notes if note.kind == "problem"]:
        raise DataInvalid(" ".join(problems))
    label, labels = _label(table)
    group = next((groups_of(typed.values) for typed in table.of_role("group")), None)
    time = next((_time(typed) for typed in table.of_role("time")), None)
    split = partition(label, group=group, time=time)
    arrays: dict[str, NDArray[Any]] = {LABEL: label, SPLIT: split}
    if group is not None:
        arrays[GROUP] = group
    for name, array in arrays.items():
        np.save(folder / name, array, allow_pickle=False)
    features = _write_matrix(table, np.argsort(split, kind="stable"), folder / MATRIX)
    _write_parquet(table, folder / TABLE)
    names = [*sorted(arrays), MATRIX, TABLE]
    files = {name: _record(folder / name) for name in names}
    columns = tuple(typed.column for typed in table.columns)
    digest = _digest(table, features, {n: r.sha256 for n, r in files.items() if n != TABLE})
    return Draft(
        digest=digest,
        description=_describe(table, digest, features, labels, choices),
        columns=columns,
        notes=table.notes,
        rows=table.rows,
        held_out_by="time" if time is not None else "label" if group is None else "group",
        files=files,
        choices=choices,
    )


def _describe(
    table: Table,
    digest: str,
    features: tuple[Feature, ...],
    labels: tuple[str, ...],
    choices: Choices,
) -> Description:
    constants = tuple(
        Constant(name=typed.column.name, value=constant_text(typed.values))
        for typed in table.columns
        if typed.column.constant
    )
    return Description(
        name=f"{table.name}-{digest[:8]}",
        title=choices.title or table.name.replace("_", " ").capitalize(),
        kind="table",
        shape=(len(features),),
        labels=labels,
        features=features,
        constants=constants,
        licence=choices.licence or "not stated",
        source=choices.source or choices.note or "your own file",
        citation=choices.citation,
    )


def _label(table: Table) -> tuple[Int64Array, tuple[str, ...]]:
    """Number of each row's label (n,), -1 where it has none, and their names."""
    for typed in table.of_role("label"):
        assert typed.codes is not None
        return typed.codes.astype(np.int64), typed.column.categories
    return np.full(table.rows, -1, np.int64), ()


def _time(typed: Typed) -> NDArray[np.float64]:
    values = typed.values
    assert isinstance(values, Numbers | Moments)
    raw = values.values if isinstance(values, Numbers) else values.microseconds
    time = raw.astype(np.float64)
    time[~values.known] = np.nan
    return time


def _write_matrix(table: Table, order: IndexArray, path: Path) -> tuple[Feature, ...]:
    """The features as float32 (n, F), the rows in this order."""
    typed = table.of_role("feature")
    x: Float32Array = np.empty((table.rows, len(typed)), np.float32)
    features = []
    for place, one in enumerate(typed):
        values, feature = encode(one)
        x[:, place] = values[order]
        features.append(feature)
    np.save(path, x, allow_pickle=False)
    return tuple(features)


def _write_parquet(table: Table, path: Path) -> None:
    """All columns with their types and their values as the file has them."""
    import pyarrow.parquet as pq

    schema = pa.schema([(t.column.name, _arrow(t, slice(0, 0)).type) for t in table.columns])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, table.rows, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            columns = [_arrow(typed, rows) for typed in table.columns]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _arrow(typed: Typed, rows: slice) -> Any:
    values = typed.values
    missing = ~values.known[rows]
    if isinstance(values, Words):
        return values.words.take(pa.array(values.codes[rows], mask=missing))
    if isinstance(values, Numbers):
        return pa.array(values.values[rows], mask=missing)
    moments = pa.array(values.microseconds[rows], pa.int64(), mask=missing)
    if values.clock:
        return pa.compute.cast(moments, pa.time64("us"))
    return moments.cast(pa.timestamp("us"))


def _digest(table: Table, features: tuple[Feature, ...], hashes: dict[str, str]) -> str:
    """sha256 of all that makes the dataset what it is: values, kinds, roles and split.

    Not of the Parquet file, whose bytes depend on the version that wrote it.
    """
    found = hashlib.sha256()
    for feature in features:
        found.update(feature.model_dump_json().encode())
    for name in sorted(hashes):
        found.update(f"{name} {hashes[name]}\n".encode())
    for typed in table.columns:
        column = typed.column.model_dump_json(exclude={"reason"})
        found.update(f"{column}\n".encode())
        if typed.column.role != "feature":
            _update(found, typed)
    return found.hexdigest()


def _update(found: Any, typed: Typed) -> None:
    values = typed.values
    found.update(values.known.tobytes())
    if isinstance(values, Words):
        for start in range(0, values.count, ROWS_AT_ONCE):
            words = values.words.slice(start, ROWS_AT_ONCE).to_pylist()
            found.update("\0".join(words).encode())
        found.update(values.codes.tobytes())
    else:
        numbers = values.values if isinstance(values, Numbers) else values.microseconds
        found.update(np.ascontiguousarray(numbers).tobytes())


def _record(path: Path) -> FileRecord:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileRecord(bytes=path.stat().st_size, sha256=digest)
