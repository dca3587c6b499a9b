"""Generated rows beside the data: marginals, and correlations of pairs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_core.arrays import Float64Array
from vae_core.datasets.description import Feature
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.matrix import axis_title, named_ticks
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE, plain
from vae_core.metrics.fidelity import Fidelity

ACROSS = 4
PLOT = 105
"""Height of one small plot in pixels."""
ABOVE = 70
"""Room for its title and for the axis of the one above it, in pixels."""
GAP = 0.05
MOST_NAMES = 12
DIVERGING = [[0, PALETTE[0]], [0.5, "rgba(128, 139, 152, 0.08)"], [1, PALETTE[1]]]


def marginals_figure(
    agreement: Fidelity, *, features: Sequence[Feature], columns: Sequence[int]
) -> Figure:
    """How often each value occurs in the data (grey) and among the generated rows (a line).

    One small plot for each of `columns`, in this order, with its Kolmogorov-Smirnov distance.
    """
    across = min(ACROSS, len(columns))
    down = -(-len(columns) // across)
    height = down * (PLOT + ABOVE) + 24
    traces: list[Trace] = []
    axes: dict[str, Any] = {}
    titles = []
    for place, column in enumerate(columns):
        number = str(place + 1) if place else ""
        traces += _histograms(agreement, column, number)
        left, width = _cell(place % across, across, GAP)
        top = 1 - (ABOVE + (place // across) * (PLOT + ABOVE)) / height
        axes |= _axes(number, (left, left + width), (top - PLOT / height, top), features[column])
        title = (
            f"{plain(axis_title(features[column]))}<br><b>KS {agreement.distance[column]:.2f}</b>"
        )
        titles.append(_title(title, left, top))
    layout = {
        "template": TEMPLATE,
        "height": height,
        "bargap": 0,
        "margin": {"l": 36, "t": 0, "b": 0, "r": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "top"},
        "hovermode": "x",
        "annotations": titles,
        **axes,
    }
    return Figure(traces, layout)


def correlations_figure(agreement: Fidelity, *, features: Sequence[Feature]) -> Figure:
    """The association of each pair, in the data and among the generated rows."""
    names = [plain(feature.name) for feature in features]
    parts = {"data": agreement.data_correlation, "generated": agreement.generated_correlation}
    named = {"showgrid": False, "showticklabels": len(names) <= MOST_NAMES, "automargin": True}
    axes: dict[str, Any] = {}
    traces, titles = [], []
    for place, (title, values) in enumerate(parts.items()):
        number = str(place + 1) if place else ""
        left, width = _cell(place, len(parts), 0.03)
        traces.append(_heatmap(values, names, number))
        across = {"domain": [left, left + width], "anchor": f"y{number}", "tickangle": -35}
        up = {"anchor": f"x{number}", "autorange": "reversed"}
        axes[f"xaxis{number}"] = {**named, **across}
        axes[f"yaxis{number}"] = {**named, **up} | ({"showticklabels": False} if place else {})
        titles.append(_title(title, left, 1.0))
    bar = {"title": {"text": "r"}, "thickness": 10, "outlinewidth": 0}
    layout = {
        "template": TEMPLATE,
        "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
        "annotations": titles,
        "coloraxis": {"cmin": -1, "cmax": 1, "colorscale": DIVERGING, "colorbar": bar},
        **axes,
    }
    return Figure(traces, layout)


def _cell(place: int, count: int, gap: float) -> tuple[float, float]:
    """Left end and width of one of `count` plots side by side, as shares of the figure's."""
    width = (1 - gap * (count - 1)) / count
    return place * (width + gap), width


def _axes(
    number: str, across: tuple[float, float], up: tuple[float, float], feature: Feature
) -> dict[str, dict[str, Any]]:
    small: dict[str, Any] = {"tickfont": {"size": 12}}
    share = {"nticks": 3, "rangemode": "tozero", "tickformat": ".0%", **small}
    named = {"nticks": 5} if not feature.categories else named_ticks(feature)
    return {
        f"xaxis{number}": {"domain": list(across), "anchor": f"y{number}", **named, **small},
        f"yaxis{number}": {"domain": list(up), "anchor": f"x{number}", **share},
    }


def _title(text: str, left: float, bottom: float) -> dict[str, Any]:
    place = {"x": left, "y": bottom, "xref": "paper", "yref": "paper", "align": "left"}
    return {"text": text, "showarrow": False, "xanchor": "left", "yanchor": "bottom", **place}


def _histograms(agreement: Fidelity, column: int, number: str) -> list[Trace]:
    edges = agreement.edges[column]
    shared = {
        "x": (edges[1:] + edges[:-1]) / 2,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "showlegend": not number,
        "hovertemplate": "%{y:.1%}",
    }
    data = {
        "type": "bar",
        "name": "data",
        "legendgroup": "data",
        "y": agreement.data_share[column],
        "width": np.diff(edges),
        "marker": {"color": NEUTRAL, "opacity": 0.45, "line": {"width": 0}},
    }
    generated = {
        "type": "scatter",
        "name": "generated",
        "legendgroup": "generated",
        "y": agreement.generated_share[column],
        "mode": "lines",
        "line": {"color": PALETTE[0], "width": 2, "shape": "hvh"},
    }
    return [shared | data, shared | generated]


def _heatmap(values: Float64Array, names: Sequence[str], number: str) -> Trace:
    return {
        "type": "heatmap",
        "x": list(names),
        "y": list(names),
        "z": np.round(values, 3),
        "coloraxis": "coloraxis",
        "xgap": 1,
        "ygap": 1,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "hovertemplate": "%{y}<br>%{x}<br>r = %{z:.2f}<extra></extra>",
    }
