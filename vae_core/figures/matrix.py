"""A table's features against each other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import Float32Array, Int32Array
from vae_core.datasets.cell_text import natural
from vae_core.datasets.column import CODED, Feature
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import (
    TEMPLATE,
    Shading,
    checked_labels,
    groups,
    legend_name,
    marker,
    plain,
)

MAX_MATRIX_FEATURES = 6
APART = np.array([0.8191725, 0.6710436, 0.5497005], np.float32)
"""Multiples of them fill a cube evenly (M. Roberts, 'The unreasonable effectiveness of
quasirandom sequences', 2018): categories against categories are spread into squares."""
SPREAD = np.float32(0.5)
MOST_NAMES, LONGEST_NAME = 5, 8
"""So many categories fit along an axis by their names, and so many letters of each."""


def feature_matrix(
    values: ArrayLike,
    *,
    features: Sequence[Feature],
    columns: Sequence[int] | None = None,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    shading: Shading | None = None,
    rows: ArrayLike | None = None,
    revision: str = "",
) -> Figure:
    """Scatter plots of a table's features against each other, below the diagonal.

    Shapes: `values` (n, len(features)) in the data's units; `columns` chooses at most 6 features
    (default: the first ones); `labels`, `shading`, `rows` and `revision` as in `latent_figure`. A
    trace's `meta["columns"]` tells which features its dimensions are.
    """
    values = np.asarray(values, np.float32)
    if values.ndim != 2 or values.shape[1] != len(features):
        raise DataInvalid(
            f"Expected `values` (n, {len(features)}), one column a feature. "
            f"Received: shape={values.shape}"
        )
    chosen = list(range(len(features)) if columns is None else columns)[:MAX_MATRIX_FEATURES]
    label = checked_labels(None if shading else labels, count=len(values))
    row = np.arange(len(values)) if rows is None else np.asarray(rows)
    traces = [
        {
            **_matrix_trace(key, values[mask], row[mask].astype(np.int32), features, chosen),
            "name": legend_name(key, label_names),
        }
        for key, mask in groups(label)
    ]
    if shading:
        shaded = shading.of(np.ones(len(values), bool), **traces[0]["marker"])
        traces[0]["marker"] = {**shaded, "showscale": False}
    return Figure(traces, _matrix_layout([features[column] for column in chosen], revision))


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
            {
                "values": _apart(values[:, column], row * APART[place % 3], features[column]),
                "label": plain(axis_title(features[column])),
            }
            for place, column in enumerate(columns)
        ],
        "customdata": row,
        "diagonal": {"visible": False},
        # Of a single panel below the diagonal Plotly makes no axes, and fails at the first change.
        "showupperhalf": len(columns) == 2,
        "marker": {**marker(label, count=len(values)), "size": 4},
        "unselected": {"marker": {"opacity": 0.1}},
        "hoverinfo": "skip",
        "meta": {"overlay": "points", "columns": list(columns)},
    }


def _apart(values: Float32Array, spread: Float32Array, feature: Feature) -> NDArray[Any]:
    """Values in the column's own unit; those of categories are spread a little."""
    if feature.kind in CODED:
        return np.asarray(values + SPREAD * (spread % 1 - 0.5), np.float32)
    return values if not feature.offset else natural(values, feature)


def _matrix_layout(features: Sequence[Feature], revision: str) -> dict[str, Any]:
    axes = {
        f"{name}axis{i + 1 if i else ''}": _axis(feature)
        for name in "xy"
        for i, feature in enumerate(features)
    }
    return {
        "template": TEMPLATE,
        "showlegend": False,
        "margin": {"l": 56, "r": 8, "t": 8, "b": 48},
        "uirevision": revision,
        "dragmode": "lasso",
        "hovermode": False,
        **axes,
    }


def _axis(feature: Feature) -> dict[str, Any]:
    axis = {
        "showgrid": True,
        "tickfont": {"size": 12},
        "title": {"font": {"size": 12}},
        "nticks": 4,
    }
    if feature.kind not in CODED or len(feature.categories) > MOST_NAMES:
        return axis
    ends = [-0.6, len(feature.categories) - 0.4]
    return {**axis, **named_ticks(feature), "range": ends, "tickangle": 0}


def named_ticks(feature: Feature) -> dict[str, Any]:
    """The ticks of an axis along which numbers of categories lie: some of their names."""
    step = -(-len(feature.categories) // MOST_NAMES)
    codes = list(range(0, len(feature.categories), step))
    names = [_shortened(feature.categories[code]) for code in codes]
    return {"tickvals": codes, "ticktext": names}


def _shortened(name: str) -> str:
    return plain(name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…")
