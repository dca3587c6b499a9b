"""The map of encoded examples on a plane of the latent space."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from vae_core.errors import DataInvalid
from vae_core.figures.style import NEUTRAL, TEMPLATE, checked_labels, groups, label_name, marker

Array = NDArray[np.float32]


def latent_figure(
    coordinates: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    names: Sequence[str] = ("z1", "z2"),
    limits: ArrayLike,
    rows: ArrayLike | None = None,
    density: ArrayLike | None = None,
    prior_centre: ArrayLike | None = (0.0, 0.0),
    ellipse: ArrayLike | None = None,
    revision: str = "",
) -> go.Figure:
    """A map of encoded examples on a plane of the latent space.

    Shapes: `coordinates` (n, 2), or (n, 1), which is spread out along a second axis without
    meaning; `labels` (n,) integers, -1 for none; `rows` (n,) example numbers (default 0 to n-1);
    `limits` ((u_min, u_max), (v_min, v_max)); `density` (bins, bins) over `limits`, rows along v
    upward; `ellipse` (k, 2); `prior_centre` is where the prior's mean falls on the plane, None
    draws no circles. Zoom and hidden labels survive from a figure to the next while `revision`
    is the same.
    """
    points = _as_plane(coordinates)
    limits = np.asarray(limits, np.float32)
    label = checked_labels(labels, count=len(points))
    row = np.arange(len(points)) if rows is None else np.asarray(rows)
    figure = go.Figure(layout=_plane_layout(names, limits, revision))
    if density is not None:
        figure.add_trace(_density_trace(np.asarray(density, np.float32), limits))
    figure.add_traces(_point_traces(points, label, row.astype(np.int32), label_names))
    if prior_centre is not None:
        figure.add_trace(_prior_trace(np.asarray(prior_centre, np.float32)))
    figure.add_trace(_posterior_trace(ellipse))
    if label_names:
        figure.add_traces(_label_traces(points, label, label_names))
    return figure


def _as_plane(coordinates: ArrayLike) -> Array:
    points = np.asarray(coordinates, np.float32)
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise DataInvalid(f"Expected `coordinates` (n, 2) or (n, 1). Received: {points.shape}")
    if points.shape[1] == 2:
        return points
    jitter = np.random.default_rng(0).uniform(-1, 1, len(points))
    return np.stack([points[:, 0], jitter], axis=1).astype(np.float32)


def _point_traces(
    points: Array, label: NDArray[np.int64], row: NDArray[np.int32], label_names: Sequence[str]
) -> list[go.Scattergl]:
    return [
        go.Scattergl(
            x=points[mask, 0],
            y=points[mask, 1],
            customdata=row[mask],
            mode="markers",
            name=label_name(key, label_names),
            legendgroup=str(key),
            marker=marker(key, count=len(points)),
            unselected={"marker": {"opacity": 0.12}},
            hoverinfo="name",
            meta={"overlay": "points"},
        )
        for key, mask in groups(label)
    ]


def _label_traces(
    points: Array, label: NDArray[np.int64], label_names: Sequence[str]
) -> list[go.Scatter]:
    """Each label's name at the median of its points, hidden together with them."""
    return [
        go.Scatter(
            x=np.median(points[mask, :1], axis=0),
            y=np.median(points[mask, 1:], axis=0),
            mode="text",
            text=[label_name(key, label_names)],
            textfont={"size": 14, "weight": 600},
            legendgroup=str(key),
            showlegend=False,
            hoverinfo="skip",
            meta={"overlay": "labels"},
        )
        for key, mask in groups(label)
        if key >= 0
    ]


def _density_trace(density: Array, limits: Array) -> go.Contour:
    steps = (np.arange(len(density), dtype=np.float32) + 0.5) / len(density)
    u, v = (low + steps * (high - low) for low, high in limits)
    top = float(density.max()) or 1.0
    return go.Contour(
        x=u,
        y=v,
        z=density,
        autocontour=False,
        contours={"coloring": "lines", "start": top / 16, "end": top, "size": top / 8},
        colorscale=[[0, NEUTRAL], [1, NEUTRAL]],
        line={"width": 1.2, "smoothing": 1},
        showscale=False,
        hoverinfo="skip",
        visible=False,
        meta={"overlay": "density"},
    )


def _prior_trace(centre: Array) -> go.Scatter:
    """Circles around the prior's mean, one, two and three standard deviations out."""
    angle = np.linspace(0, 2 * np.pi, 121, dtype=np.float32)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    gap = np.full((1, 2), np.nan, np.float32)
    outline = np.concatenate([part for k in (1, 2, 3) for part in (centre + k * circle, gap)])
    return _outline(outline, "prior", {"color": NEUTRAL, "width": 1.2, "dash": "dot"})


def _posterior_trace(ellipse: ArrayLike | None) -> go.Scatter:
    outline = np.empty((0, 2), np.float32) if ellipse is None else np.asarray(ellipse, np.float32)
    return _outline(outline, "posterior", {"color": NEUTRAL, "width": 2})


def _outline(outline: Array, overlay: str, line: dict[str, object]) -> go.Scatter:
    return go.Scatter(
        x=outline[:, 0],
        y=outline[:, 1],
        mode="lines",
        line=line,
        connectgaps=False,
        hoverinfo="skip",
        showlegend=False,
        meta={"overlay": overlay},
    )


def _plane_layout(names: Sequence[str], limits: Array, revision: str) -> go.Layout:
    (u_min, u_max), (v_min, v_max) = limits.tolist()
    flat = not names[1]
    return go.Layout(
        template=TEMPLATE,
        xaxis={"title": {"text": names[0]}, "range": [u_min, u_max]},
        yaxis={
            "title": {"text": names[1]},
            "range": [v_min, v_max],
            "showticklabels": not flat,
            "showgrid": not flat,
        },
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        margin={"t": 34},
        uirevision=revision,
        dragmode=False,
        hovermode=False,
    )
