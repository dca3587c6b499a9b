"""Which labels are taken for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import BoolArray
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import PALETTE, TEMPLATE, plain

SCALE = [[0, "rgba(30, 137, 249, 0.04)"], [1, PALETTE[0]]]
DEEP = 0.7
"""Cells of a larger share are so blue that their numbers are white."""
MOST_NUMBERS = 12
"""With more labels the cells are too small for numbers."""


def confusion_figure(counts: ArrayLike, *, label_names: Sequence[str]) -> Figure:
    """How many examples (labels, labels) of each label (rows) were said to be which (columns).

    Colours are shares of a label's examples. Raises `DataInvalid`.
    """
    counts = np.asarray(counts)
    if counts.shape != (len(label_names), len(label_names)):
        raise DataInvalid(
            f"Expected `counts` ({len(label_names)}, {len(label_names)}), one row and one column "
            f"a label. Received: shape={counts.shape}"
        )
    label_names = list(map(plain, label_names))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells: Trace = {
        "type": "heatmap",
        "x": label_names,
        "y": label_names,
        "z": np.round(share, 4),
        "customdata": counts,
        "zmin": 0,
        "zmax": 1,
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{y}, predicted %{x}:<br>%{customdata:,} (%{z:.1%})<extra></extra>",
    }
    numbers = len(label_names) <= MOST_NUMBERS
    texts = [
        _numbers(counts, share > DEEP, label_names),
        _numbers(counts, share <= DEEP, label_names),
    ]
    texts[0]["textfont"] |= {"color": "white"}
    return Figure([cells, *(texts if numbers else [])], _layout())


def _numbers(counts: NDArray[Any], mask: BoolArray, label_names: Sequence[str]) -> dict[str, Any]:
    """The counts of the masked cells; none where nobody was mistaken."""
    rows, columns = map(np.ndarray.tolist, np.nonzero(mask & (counts > 0)))
    return {
        "type": "scatter",
        "x": [label_names[column] for column in columns],
        "y": [label_names[row] for row in rows],
        "mode": "text",
        "text": [f"{count:,}" for count in counts[rows, columns]],
        "textfont": {"size": 12},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _layout() -> dict[str, Any]:
    shared = {"type": "category", "showgrid": False, "automargin": True, "tickmode": "linear"}
    return {
        "template": TEMPLATE,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "xaxis": {**shared, "title": {"text": "predicted label"}},
        "yaxis": {**shared, "title": {"text": "true label"}, "autorange": "reversed"},
    }
