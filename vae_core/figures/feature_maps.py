"""What a decoder answers all over the plane of two latent dimensions, a feature at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.datasets.description import Feature
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.matrix import axis_title
from vae_core.figures.style import PALETTE, TEMPLATE, plain
from vae_core.text import number

ACROSS = 2
GAP = 0.08
TITLE = 0.1
"""Height of a title, as a share of the figure's."""
SHADES = [[0, "rgba(30, 137, 249, 0.03)"], [1, PALETTE[0]]]


def feature_maps(values: ArrayLike, places: ArrayLike, *, features: Sequence[Feature]) -> Figure:
    """Decoded `values` (k, k, features) at coordinates `places` (k,) of z1 (columns) and z2 (rows).

    Each map runs over its own range, which its title states in the feature's unit. Raises
    `DataInvalid`.
    """
    values, places = np.asarray(values, np.float32), np.asarray(places, np.float32)
    expected = (len(places), len(places), len(features))
    if values.shape != expected:
        raise DataInvalid(f"Expected `values` {expected}. Received: shape={values.shape}")
    down = -(-len(features) // ACROSS)
    width, height = (1 - GAP * (ACROSS - 1)) / ACROSS, 1 / down
    traces: list[Trace] = []
    axes: dict[str, Any] = {}
    titles = []
    for place, feature in enumerate(features):
        number = str(place + 1) if place else ""
        left, top = place % ACROSS * (width + GAP), 1 - place // ACROSS * height
        found = values[..., place]
        traces.append(_map(found, places, number))
        axes[f"xaxis{number}"] = {**_axis(f"y{number}"), "domain": [left, left + width]}
        bottom = top - height + (0.03 if place + ACROSS < len(features) else 0)
        axes[f"yaxis{number}"] = {**_axis(f"x{number}"), "domain": [max(bottom, 0), top - TITLE]}
        ends = f"{_short(found.min())} to {_short(found.max())}"
        titles.append(_title(f"{plain(axis_title(feature))}<br><b>{ends}</b>", left, top - TITLE))
    margin = {"l": 28, "r": 8, "t": 0, "b": 24}
    return Figure(traces, {"template": TEMPLATE, "margin": margin, "annotations": titles, **axes})


def _map(values: Any, places: Any, number: str) -> Trace:
    return {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": values,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "zsmooth": "best",
        "colorscale": SHADES,
        "showscale": False,
        "hovertemplate": "z1 %{x:.1f}, z2 %{y:.1f}<br>%{z:.4g}<extra></extra>",
    }


def _axis(anchor: str) -> dict[str, Any]:
    return {"anchor": anchor, "nticks": 5, "showgrid": False, "tickfont": {"size": 12}}


def _title(text: str, left: float, bottom: float) -> dict[str, Any]:
    place = {"x": left, "y": bottom, "xref": "paper", "yref": "paper"}
    small = {"font": {"size": 12}, "align": "left", "showarrow": False}
    return {"text": text, "xanchor": "left", "yanchor": "bottom", **small, **place}


def _short(value: float) -> str:
    return number(value, ",.0f" if abs(value) >= 100 else ".3g")
