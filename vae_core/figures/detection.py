"""How scores of normal and strange examples lie, and how well a threshold tells them apart."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, IndexArray
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE, plain
from vae_core.metrics.detection import Detection

BINS = 60
TAIL = 0.005
"""Share of the scores at either end that the outermost bars take in, however far they lie."""
FAR = 8
"""The axis ends at so many times the width of the normal scores, however far others lie."""
POINTS = 400
STRANGE = PALETTE[1]


def scores_figure(
    normal: ArrayLike, strange: ArrayLike, *, names: tuple[str, str], title: str
) -> Figure:
    """How often each score occurs among normal (n,) and among strange examples (m,).

    The outermost bars hold what lies beyond them too. `names` are the legend's, `title` the
    axis's. Raises `DataInvalid` unless there are finite scores of both.
    """
    groups = [np.asarray(values, np.float64) for values in (normal, strange)]
    if not all(values.ndim == 1 and len(values) for values in groups):
        shapes = [values.shape for values in groups]
        raise DataInvalid(f"Expected scores (n >= 1,) of both kinds. Received: shapes {shapes}")
    edges = _edges(groups)
    if max(float((values > edges[-1]).mean()) for values in groups) > 2 * TAIL:
        title = f"{title}; the last bar holds all beyond"
    traces = [
        _bars(values, edges, plain(name), ink)
        for values, name, ink in zip(groups, names, (NEUTRAL, STRANGE), strict=True)
    ]
    layout = {
        "template": TEMPLATE,
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {"title": {"text": title}, "range": [edges[0], edges[-1]]},
        "yaxis": {"title": {"text": "share of each"}, "tickformat": ".0%", "nticks": 4},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "margin": {"l": 52, "r": 12, "t": 30, "b": 40},
        "hovermode": "x",
        "dragmode": False,
    }
    return Figure(traces, layout)


def roc_figure(detection: Detection) -> Figure:
    """Share of strange examples found over the share of false alarms; the diagonal is chance."""
    places = _thinned(detection)
    chance = _line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "chance")
    curve = _curve(detection.false_alarm_rate[places], detection.recall[places])
    return _unit_square([chance, curve], "false alarms", "found")


def precision_figure(detection: Detection) -> Figure:
    """Share of the alarms that are right over the share found; the level line is chance."""
    places = _thinned(detection)[1:]
    share = detection.anomalous / (detection.anomalous + detection.normal)
    chance = _line(np.array([0.0, 1.0]), np.array([share, share]), "chance")
    curve = _curve(detection.recall[places], detection.precision[places])
    return _unit_square([chance, curve], "found", "alarms that are right")


def _edges(groups: list[Float64Array]) -> Float64Array:
    """Bins from where either group begins to where it ends, but for tails and what lies far off."""
    ends = np.array([np.quantile(values, [TAIL, 1 - TAIL]) for values in groups])
    (low, high), width = ends[0], max(float(np.ptp(ends[0])), 1e-9)
    low = max(float(ends[:, 0].min()), low - FAR * width)
    high = min(float(ends[:, 1].max()), high + FAR * width)
    return np.linspace(low, high if high > low else low + 1, BINS + 1)


def _bars(values: Float64Array, edges: Float64Array, name: str, ink: str) -> Trace:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return {
        "type": "bar",
        "name": name,
        "x": (edges[1:] + edges[:-1]) / 2,
        "y": np.round(counts / len(values), 5),
        "width": np.diff(edges),
        "marker": {"color": ink, "opacity": 0.6, "line": {"width": 0}},
        "hovertemplate": "%{y:.1%}",
    }


def _thinned(detection: Detection) -> IndexArray:
    """Points of the curves, evenly along them."""
    along = detection.false_alarm_rate + detection.recall
    return np.unique(np.searchsorted(along, np.linspace(0, 2, POINTS)).clip(0, len(along) - 1))


def _curve(x: Float64Array, y: Float64Array) -> Trace:
    return {
        **_line(x, y, ""),
        "line": {"color": STRANGE, "width": 2.5},
        "hoverinfo": "x+y",
    }


def _line(x: Float64Array, y: Float64Array, name: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.round(x, 5),
        "y": np.round(y, 5),
        "line": {"color": NEUTRAL, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _unit_square(traces: list[Trace], across: str, up: str) -> Figure:
    share: dict[str, Any] = {"range": [-0.02, 1.03], "tickformat": ".0%", "nticks": 4}
    layout = {
        "template": TEMPLATE,
        "xaxis": {"title": {"text": across}, **share},
        "yaxis": {"title": {"text": up}, **share},
        "margin": {"l": 56, "r": 12, "t": 30, "b": 40},
        "showlegend": False,
        "dragmode": False,
    }
    return Figure(traces, layout)
