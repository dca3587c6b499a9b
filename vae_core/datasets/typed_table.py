"""Rows of a model as a table with the right types: words, dates, whole numbers."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array
from vae_core.datasets.cell_text import date_text, natural
from vae_core.datasets.column import CODED, Feature
from vae_core.datasets.description import Description
from vae_core.datasets.own import store
from vae_core.text import label_name

LABEL = "label"


def typed_table(
    x: ArrayLike,
    description: Description,
    label: ArrayLike | None = None,
    *,
    units: bool = False,
) -> Any:
    """An Arrow table of rows `x` (n, F) in stored units: features, constants, and their labels.

    Missing cells are null. `label` (n,) numbers, -1 for none, make a column of names. With `units`
    the columns' names say them: 'sepal length (cm)'.
    """
    import pyarrow as pa

    x = np.asarray(x, np.float32)
    columns = {
        f"{feature.name} ({feature.unit})" if units and feature.unit else feature.name: _typed(
            x[:, place], feature
        )
        for place, feature in enumerate(description.features)
    }
    for constant in description.constants:
        columns.setdefault(constant.name, pa.array([constant.value] * len(x)))
    if label is not None:
        names = [
            None if number < 0 else label_name(number, description.labels)
            for number in np.asarray(label).tolist()
        ]
        columns.setdefault(LABEL, pa.array(names, pa.string()))
    return pa.table(columns)


def completed_table(x: ArrayLike, description: Description, label: ArrayLike) -> Any:
    """The dataset with its features as in `x` (n, F), the rows in the dataset's order.

    A dataset of one's own keeps its other columns, and a feature without gaps stays as it was.
    """
    own = store.find(description.name)
    table = typed_table(x, description, label)
    if own is None:
        return table
    import pyarrow.parquet as pq

    whole = pq.read_table(own.table)
    for feature in description.features:
        place = whole.schema.get_field_index(feature.name)
        if place >= 0 and _has_gaps(whole.column(place), own.manifest, feature.name):
            whole = whole.set_column(place, feature.name, table.column(feature.name))
    return whole


def csv_bytes(table: Any) -> bytes:
    """An Arrow table as CSV in UTF-8; missing cells are empty."""
    import pyarrow.csv as csv

    sink = BytesIO()
    csv.write_csv(table, sink)
    return sink.getvalue()


def parquet_bytes(table: Any) -> bytes:
    """An Arrow table as Parquet."""
    import pyarrow.parquet as pq

    sink = BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _has_gaps(column: Any, manifest: Any, name: str) -> bool:
    missing = next((each.missing for each in manifest.columns if each.name == name), 0)
    return bool(missing or column.null_count)


def _typed(values: Float32Array, feature: Feature) -> Any:
    import pyarrow as pa

    gaps = np.isnan(values)
    if feature.kind in CODED and feature.categories:
        codes = np.where(gaps, 0, np.clip(values, 0, len(feature.categories) - 1)).astype(int)
        words = np.array(feature.categories, object)[codes]
        return pa.array(words, pa.string(), mask=gaps)
    if feature.since:
        dates = [None if np.isnan(v) else date_text(v + feature.offset, feature) for v in values]
        return pa.array(dates, pa.string())
    if feature.whole:
        numbers = np.rint(np.where(gaps, 0, natural(values, feature))).astype(np.int64)
        return pa.array(numbers, pa.int64(), mask=gaps)
    if feature.offset:
        return pa.array(natural(values, feature), pa.float64(), mask=gaps)
    return pa.array(values, pa.float32(), mask=gaps)
