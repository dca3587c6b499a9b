"""A table's features against each other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Int32Array
from vae_core.datasets.description import Feature
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import TEMPLATE, checked_labels, groups, legend_name, marker, plain

MAX_MATRIX_FEATURES = 6


def feature_matrix(
    values: ArrayLike,
    *,
    features: Sequence[Feature],
    columns: Sequence[int] | None = None,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    rows: ArrayLike | None = None,
    revision: str = "",
) -> Figure:
    """Scatter plots of a table's features against each other, below the diagonal.

    Shapes: `values` (n, len(features)) in the data's units; `columns` chooses at most 6 features
    (default: the first ones); `labels`, `rows` and `revision` as in `latent_figure`. A trace's
    `meta["columns"]` tells which features its dimensions are.
    """
    values = np.asarray(values, np.float32)
    if values.ndim != 2 or values.shape[1] != len(features):
        raise DataInvalid(
            f"Expected `values` (n, {len(features)}), one column a feature. "
            f"Received: shape={values.shape}"
        )
    chosen = list(range(len(features)) if columns is None else columns)[:MAX_MATRIX_FEATURES]
    label = checked_labels(labels, count=len(values))
    row = np.arange(len(values)) if rows is None else np.asarray(rows)
    traces = [
        {
            **_matrix_trace(key, values[mask], row[mask].astype(np.int32), features, chosen),
            "name": legend_name(key, label_names),
        }
        for key, mask in groups(label)
    ]
    return Figure(traces, _matrix_layout(len(chosen), revision))


def axis_title(feature: Feature) -> str:
    """'sepal length (cm)', or the bare name where a feature has no unit."""
    return f"{feature.name} ({feature.unit})" if feature.unit else feature.name


def _matrix_trace(
    label: int,
    values: Float32Array,
    row: Int32Array,
    features: Sequence[Feature],
    columns: Sequence[int],
) -> Trace:
    return {
        "type": "splom",
        "dimensions": [
            {"values": values[:, column], "label": plain(axis_title(features[column]))}
            for column in columns
        ],
        "customdata": row,
        "diagonal": {"visible": False},
        "showupperhalf": False,
        "marker": {**marker(label, count=len(values)), "size": 4},
        "unselected": {"marker": {"opacity": 0.1}},
        "hoverinfo": "skip",
        "meta": {"overlay": "points", "columns": list(columns)},
    }


def _matrix_layout(count: int, revision: str) -> dict[str, Any]:
    axis = {
        "showgrid": True,
        "tickfont": {"size": 12},
        "title": {"font": {"size": 12}},
        "nticks": 4,
    }
    axes = {f"{name}axis{i if i > 1 else ''}": axis for name in "xy" for i in range(1, count + 1)}
    return {
        "template": TEMPLATE,
        "showlegend": False,
        "margin": {"l": 56, "r": 8, "t": 8, "b": 48},
        "uirevision": revision,
        "dragmode": "lasso",
        "hovermode": False,
        **axes,
    }
