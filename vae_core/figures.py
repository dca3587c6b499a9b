"""Plotly figures of latent spaces and tables, and the one palette that every plot uses.

A trace says in `meta["overlay"]` what it is ("density", "points", "prior", "posterior", "labels"),
and every point carries its example's row as `customdata`; whoever shows a figure needs to know
no more of it. Colours of text and axes are left to the page that shows the figure.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from vae_core.description import Feature
from vae_core.errors import DataInvalid

PALETTE = (
    "#1e89f9",
    "#fc9722",
    "#83c29f",
    "#a03507",
    "#e19afe",
    "#4e46de",
    "#a48db7",
    "#b97a0f",
    "#705186",
    "#687d6f",
)
"""Label colours: searched for the largest distance between any two, in OKLab, as seen with normal,
red-blind, green-blind and blue-blind eyes (Machado, Oliveira & Fernandes, 2009), with a contrast
of at least 2 against the light and the dark page."""

SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up")
"""The eleventh label takes the first colour again, with the next symbol."""

NEUTRAL = "#808b98"
FAINT = "rgba(128, 139, 152, 0.18)"
UNLABELLED = "examples"
MAX_MATRIX_FEATURES = 6

Array = NDArray[np.float32]

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": "inherit", "size": 12, "color": NEUTRAL},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": PALETTE,
        "margin": {"l": 48, "r": 12, "t": 12, "b": 44},
        "xaxis": {"gridcolor": FAINT, "zeroline": False, "ticks": "", "title": {"standoff": 8}},
        "yaxis": {"gridcolor": FAINT, "zeroline": False, "ticks": "", "title": {"standoff": 8}},
        "hoverlabel": {"font": {"family": "inherit", "size": 12}},
        "legend": {"font": {"size": 12}, "itemsizing": "constant"},
    }
)
"""Ours, because Streamlit replaces Plotly's own by one whose colours only `st.plotly_chart` fills
in."""


def colour(label: int) -> str:
    """The colour of a label, counted from 0; -1 (no label) is grey."""
    return NEUTRAL if label < 0 else PALETTE[label % len(PALETTE)]


def symbol(label: int) -> str:
    """The marker symbol of a label, counted from 0."""
    return SYMBOLS[0] if label < 0 else SYMBOLS[label // len(PALETTE) % len(SYMBOLS)]


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
    label = _checked_labels(labels, count=len(points))
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


def feature_matrix(
    values: ArrayLike,
    *,
    features: Sequence[Feature],
    columns: Sequence[int] | None = None,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    rows: ArrayLike | None = None,
    revision: str = "",
) -> go.Figure:
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
    label = _checked_labels(labels, count=len(values))
    row = np.arange(len(values)) if rows is None else np.asarray(rows)
    figure = go.Figure(layout=_matrix_layout(len(chosen), revision))
    for key, mask in _groups(label):
        figure.add_trace(
            _matrix_trace(key, values[mask], row[mask].astype(np.int32), features, chosen)
        )
        figure.data[-1].name = _name(key, label_names)
    return figure


def axis_title(feature: Feature) -> str:
    """'sepal length (cm)', or the bare name where a feature has no unit."""
    return f"{feature.name} ({feature.unit})" if feature.unit else feature.name


def _as_plane(coordinates: ArrayLike) -> Array:
    points = np.asarray(coordinates, np.float32)
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise DataInvalid(f"Expected `coordinates` (n, 2) or (n, 1). Received: {points.shape}")
    if points.shape[1] == 2:
        return points
    jitter = np.random.default_rng(0).uniform(-1, 1, len(points))
    return np.stack([points[:, 0], jitter], axis=1).astype(np.float32)


def _checked_labels(labels: ArrayLike | None, *, count: int) -> NDArray[np.int64]:
    if labels is None:
        return np.full(count, -1)
    label = np.asarray(labels, np.int64)
    if label.shape != (count,):
        raise DataInvalid(f"Expected `labels` ({count},), one a point. Received: {label.shape}")
    return label


def _groups(label: NDArray[np.int64]) -> list[tuple[int, NDArray[np.bool_]]]:
    return [(int(key), label == key) for key in np.unique(label)]


def _name(label: int, label_names: Sequence[str]) -> str:
    if label < 0:
        return UNLABELLED
    return label_names[label] if label < len(label_names) else str(label)


def _marker(label: int, *, count: int) -> dict[str, object]:
    """Small and see-through when there are many, so that crowds read as density."""
    size = 7.5 if count < 500 else 5 if count < 5000 else 3.5 if count < 25_000 else 2.6
    opacity = 0.9 if count < 500 else 0.75 if count < 5000 else 0.6
    return {"color": colour(label), "symbol": symbol(label), "size": size, "opacity": opacity}


def _point_traces(
    points: Array, label: NDArray[np.int64], row: NDArray[np.int32], label_names: Sequence[str]
) -> list[go.Scattergl]:
    return [
        go.Scattergl(
            x=points[mask, 0],
            y=points[mask, 1],
            customdata=row[mask],
            mode="markers",
            name=_name(key, label_names),
            legendgroup=str(key),
            marker=_marker(key, count=len(points)),
            unselected={"marker": {"opacity": 0.12}},
            hoverinfo="name",
            meta={"overlay": "points"},
        )
        for key, mask in _groups(label)
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
            text=[_name(key, label_names)],
            textfont={"size": 14, "weight": 600},
            legendgroup=str(key),
            showlegend=False,
            hoverinfo="skip",
            meta={"overlay": "labels"},
        )
        for key, mask in _groups(label)
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


def _matrix_trace(
    label: int,
    values: Array,
    row: NDArray[np.int32],
    features: Sequence[Feature],
    columns: Sequence[int],
) -> go.Splom:
    return go.Splom(
        dimensions=[
            {"values": values[:, column], "label": axis_title(features[column])}
            for column in columns
        ],
        customdata=row,
        diagonal={"visible": False},
        showupperhalf=False,
        marker={**_marker(label, count=len(values)), "size": 4},
        unselected={"marker": {"opacity": 0.1}},
        hoverinfo="skip",
        meta={"overlay": "points", "columns": list(columns)},
    )


def _matrix_layout(count: int, revision: str) -> go.Layout:
    axis = {
        "showgrid": True,
        "tickfont": {"size": 10},
        "title": {"font": {"size": 11}},
        "nticks": 4,
    }
    axes = {f"{name}axis{i if i > 1 else ''}": axis for name in "xy" for i in range(1, count + 1)}
    return go.Layout(
        template=TEMPLATE,
        showlegend=False,
        margin={"l": 56, "r": 8, "t": 8, "b": 48},
        uirevision=revision,
        dragmode="lasso",
        hovermode=False,
        **axes,
    )
