"""The map of encoded examples on a plane of the latent space."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import BoolArray, Float32Array, Int32Array
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import (
    NEUTRAL,
    TEMPLATE,
    Shading,
    checked_labels,
    groups,
    legend_name,
    marker,
    plain,
)

Parts = Sequence[tuple[int, BoolArray]]

SHADED_NATS = 6.0
"""Below the largest density by so much, a backdrop shows nothing."""
SHADES = [[0, "rgba(128, 139, 152, 0)"], [1, "rgba(128, 139, 152, 0.6)"]]
MISSING = "missing"
DIMMED = 0.4  # of points over a backdrop
SMALL = {"showlegend": False, "margin": {"l": 34, "r": 6, "t": 6, "b": 36}}


def latent_figure(
    coordinates: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    shading: Shading | None = None,
    names: Sequence[str] = ("z1", "z2"),
    limits: ArrayLike,
    rows: ArrayLike | None = None,
    density: ArrayLike | None = None,
    backdrop: bool = False,
    prior_centre: ArrayLike | None = (0.0, 0.0),
    ellipse: ArrayLike | None = None,
    underlay: ArrayLike | None = None,
    small: bool = False,
    revision: str = "",
) -> Figure:
    """A map of encoded examples on a plane of the latent space.

    Shapes: `coordinates` (n, 2), or (n, 1), which is spread out along a second axis without
    meaning; `labels` (n,) integers, -1 for none, or a `shading`
    (n,) by a number; `rows` (n,) example numbers (default 0 to n-1);
    `limits` ((u_min, u_max), (v_min, v_max)); `density` (bins, bins) over `limits`, rows along v
    upward; `ellipse` (k, 2); `prior_centre` is where the prior's mean falls on the plane, None
    draws no circles. With `backdrop` the density is a shade behind faint points, even in its
    logarithm and shown from the start; else it is contours, hidden at first. `underlay` (m, 2) are
    grey dots beneath, of another plane. A `small` map has no legend, and less around it. Zoom and
    hidden labels survive from a figure to the next while `revision` is the same.
    """
    points = _as_plane(coordinates)
    limits = np.asarray(limits, np.float32)
    label = checked_labels(labels, count=len(points))
    row = np.asarray(np.arange(len(points)) if rows is None else rows, np.int32)
    traces = []
    if density is not None:
        draw = _shade_trace if backdrop else _density_trace
        traces.append(draw(np.asarray(density, np.float32), limits))
    if underlay is not None:
        traces.append(_underlay_trace(np.asarray(underlay, np.float32)))
    parts = groups(label)
    if shading is None:
        dots = _point_traces(points, parts, row, label_names)
    else:
        dots = _shaded_traces(points, shading, row)
    traces += [{**dot, "opacity": DIMMED} for dot in dots] if backdrop else dots
    if prior_centre is not None:
        traces.append(_prior_trace(np.asarray(prior_centre, np.float32)))
    traces.append(_posterior_trace(ellipse))
    if label_names and shading is None:
        traces += _label_traces(points, parts, label_names, size=12 if small else 14)
    layout = _plane_layout(names, limits, revision)
    return Figure(traces, {**layout, **SMALL} if small else layout)


def _as_plane(coordinates: ArrayLike) -> Float32Array:
    points = np.asarray(coordinates, np.float32)
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise DataInvalid(f"Expected `coordinates` (n, 2) or (n, 1). Received: {points.shape}")
    if points.shape[1] == 2:
        return points
    jitter = np.random.default_rng(0).uniform(-1, 1, len(points))
    return np.stack([points[:, 0], jitter], axis=1).astype(np.float32)


def _point_traces(
    points: Float32Array, parts: Parts, row: Int32Array, label_names: Sequence[str]
) -> list[Trace]:
    return [
        {
            "type": "scattergl",
            "x": points[mask, 0],
            "y": points[mask, 1],
            "customdata": row[mask],
            "mode": "markers",
            "name": legend_name(key, label_names),
            "legendgroup": str(key),
            "marker": marker(key, count=len(points)),
            "unselected": {"marker": {"opacity": 0.12}},
            "hoverinfo": "name",
            "meta": {"overlay": "points"},
        }
        for key, mask in parts
    ]


def _underlay_trace(points: Float32Array) -> Trace:
    return {
        "type": "scattergl",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "marker": {**marker(-1, count=len(points)), "color": NEUTRAL, "opacity": 0.3},
        "showlegend": False,
        "hoverinfo": "skip",
        "meta": {"overlay": "underlay"},
    }


def _shaded_traces(points: Float32Array, shading: Shading, row: Int32Array) -> list[Trace]:
    """Points whose value is missing, grey, and over them those that have one."""
    known = ~np.isnan(shading.values)
    (dot,) = _point_traces(points, [(-1, np.ones(len(points), bool))], row, ())
    traces = []
    for mask, name in ((~known, MISSING), (known, shading.title)):
        if mask.any():
            own = {"x": points[mask, 0], "y": points[mask, 1], "customdata": row[mask]}
            style = dict(marker(-1, count=len(points)))
            if name != MISSING:
                style = shading.of(mask, **style)
            traces.append({**dot, **own, "name": plain(name), "marker": style})
            traces[-1]["showlegend"] = name == MISSING
    return traces


def _label_traces(
    points: Float32Array, parts: Parts, label_names: Sequence[str], *, size: int
) -> list[Trace]:
    """Each label's name at the median of its points, hidden together with them."""
    named = [(key, np.median(points[mask], axis=0)) for key, mask in parts if key >= 0]
    return [
        {
            "type": "scatter",
            "x": middle[:1],
            "y": middle[1:],
            "mode": "text",
            "text": [legend_name(key, label_names)],
            "textfont": {"size": size, "weight": 600},
            "legendgroup": str(key),
            "showlegend": False,
            "hoverinfo": "skip",
            "meta": {"overlay": "labels"},
        }
        for key, middle in named
    ]


def _centres(density: Float32Array, limits: Float32Array) -> tuple[Float32Array, Float32Array]:
    """Where the middles of the cells of `density` (bins, bins) lie, (bins,) on each axis."""
    steps = (np.arange(len(density), dtype=np.float32) + 0.5) / len(density)
    u, v = (low + steps * (high - low) for low, high in limits)
    return u, v


def _shade_trace(density: Float32Array, limits: Float32Array) -> Trace:
    u, v = _centres(density, limits)
    top = float(density.max()) or 1.0
    depth = np.log(np.maximum(density / top, np.exp(-SHADED_NATS)))
    return {
        "type": "heatmap",
        "x": u,
        "y": v,
        "z": np.round(depth, 2),
        "zmin": -SHADED_NATS,
        "zmax": 0,
        "zsmooth": "best",
        "colorscale": SHADES,
        "showscale": False,
        "hoverinfo": "skip",
        "meta": {"overlay": "density"},
    }


def _density_trace(density: Float32Array, limits: Float32Array) -> Trace:
    u, v = _centres(density, limits)
    top = float(density.max()) or 1.0
    return {
        "type": "contour",
        "x": u,
        "y": v,
        "z": density,
        "autocontour": False,
        "contours": {"coloring": "lines", "start": top / 16, "end": top, "size": top / 8},
        "colorscale": [[0, NEUTRAL], [1, NEUTRAL]],
        "line": {"width": 1.2, "smoothing": 1},
        "showscale": False,
        "hoverinfo": "skip",
        "visible": False,
        "meta": {"overlay": "density"},
    }


def _prior_trace(centre: Float32Array) -> Trace:
    """Circles around the prior's mean, one, two and three standard deviations out."""
    outline = centre + _circles()
    return _outline(outline, "prior", {"color": NEUTRAL, "width": 1.2, "dash": "dot"})


@cache
def _circles() -> Float32Array:
    """Radii 1, 2 and 3 around the origin, (366, 2), a gap after each."""
    angle = np.linspace(0, 2 * np.pi, 121, dtype=np.float32)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    gap = np.full((1, 2), np.nan, np.float32)
    return np.concatenate([part for radius in (1, 2, 3) for part in (radius * circle, gap)])


def _posterior_trace(ellipse: ArrayLike | None) -> Trace:
    outline = np.empty((0, 2), np.float32) if ellipse is None else np.asarray(ellipse, np.float32)
    return _outline(outline, "posterior", {"color": NEUTRAL, "width": 2})


def _outline(outline: Float32Array, overlay: str, line: dict[str, object]) -> Trace:
    return {
        "type": "scatter",
        "x": outline[:, 0],
        "y": outline[:, 1],
        "mode": "lines",
        "line": line,
        "connectgaps": False,
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"overlay": overlay},
    }


def _plane_layout(names: Sequence[str], limits: Float32Array, revision: str) -> dict[str, Any]:
    (u_min, u_max), (v_min, v_max) = limits.tolist()
    flat = not names[1]
    return {
        "template": TEMPLATE,
        "xaxis": {"title": {"text": names[0]}, "range": [u_min, u_max]},
        "yaxis": {
            "title": {"text": names[1]},
            "range": [v_min, v_max],
            "showticklabels": not flat,
            "showgrid": not flat,
        },
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "margin": {"t": 34},
        "uirevision": revision,
        "dragmode": False,
        "hovermode": False,
    }
