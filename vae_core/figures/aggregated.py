"""The aggregated posterior against the prior."""

from collections.abc import Sequence
from math import log, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE

MASSES = (0.1, 0.5, 0.9, 0.99)
"""Shares of the prior's mass that its circles hold."""
CLIPPED = 0.995
"""Shades end at this quantile of the density, so that a few narrow peaks don't hide the rest."""
SHADES = [[0, "rgba(30, 137, 249, 0)"], [0.15, "rgba(30, 137, 249, 0.25)"], [1, PALETTE[0]]]


def aggregated_figure(density: ArrayLike, places: ArrayLike, *, names: Sequence[str]) -> Figure:
    """The density of all codes together beside that of the prior, a standard normal.

    `places` (k,) are the coordinates at which `density` was taken: (k,) along one latent dimension,
    or (k, k) on the plane of two, rows along the second. Raises `DataInvalid`.
    """
    density, places = np.asarray(density, np.float32), np.asarray(places, np.float32)
    if density.shape != (len(places),) * len(names) or len(names) not in (1, 2):
        raise DataInvalid(
            "Expected `density` (k,) of one latent dimension or (k, k) of two, at `places` (k,). "
            f"Received: shapes {density.shape} and {places.shape}, {len(names)} names"
        )
    if len(names) == 1:
        prior = np.exp(-0.5 * places**2) / sqrt(2 * pi)
        traces = [
            _curve(places, prior, "prior p(z)", {"color": NEUTRAL, "dash": "dash"}),
            _curve(places, density, "aggregated posterior q(z)", {"color": PALETTE[0]}),
        ]
        return Figure(traces, _layout(names, "density"))
    return Figure([_shade(density, places), *map(_circle, MASSES)], _layout(names))


def _curve(x: ArrayLike, y: ArrayLike, name: str, line: dict[str, Any]) -> Trace:
    shape = {"type": "scatter", "mode": "lines", "line": {"width": 2, **line}}
    return {**shape, "x": x, "y": y, "name": name, "hovertemplate": "%{y:.3f}"}


def _shade(density: Any, places: Any) -> Trace:
    return {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": density,
        "zmin": 0,
        "zmax": float(np.quantile(density, CLIPPED)),
        "zsmooth": "best",
        "colorscale": SHADES,
        "showscale": False,
        "hovertemplate": "q(z) %{z:.3f}<extra></extra>",
    }


def _circle(mass: float) -> Trace:
    """The contour within which the prior has that mass: radius sqrt(-2 ln(1 - mass)) (Rayleigh)."""
    angle, radius = np.linspace(0, 2 * pi, 97), sqrt(-2 * log(1 - mass))
    return {
        "type": "scatter",
        "x": np.round(radius * np.cos(angle), 3),
        "y": np.round(radius * np.sin(angle), 3),
        "mode": "lines+text",
        "text": ["", *[""] * 11, f"{mass:.0%}", *[""] * 84],
        "textposition": "top right",
        "textfont": {"size": 12},
        "line": {"color": NEUTRAL, "width": 1.2, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _layout(names: Sequence[str], up: str = "") -> dict[str, Any]:
    flat = len(names) == 1
    square = {} if flat else {"scaleanchor": "x", "scaleratio": 1}
    return {
        "template": TEMPLATE,
        "margin": {"l": 48, "r": 8, "t": 28 if flat else 8, "b": 44},
        "showlegend": flat,
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "hovermode": "x" if flat else "closest",
        "xaxis": {"title": {"text": names[0]}, "constrain": "domain"},
        "yaxis": {"title": {"text": up or names[-1]}, "constrain": "domain", **square},
    }
