"""What all figures share: the label palette, the template, how points are grouped and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import BoolArray, Float32Array, Int64Array
from vae_core.errors import DataInvalid
from vae_core.text import label_name

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

SHADES = [[0, "#4e46de"], [0.5, "#2a9d8f"], [1, "#fc9722"]]
"""From the smallest to the largest value of a column that points are coloured by."""
NEUTRAL = "#808b98"
FAINT = "rgba(128, 139, 152, 0.18)"
UNLABELLED = "examples"

TEMPLATE: dict[str, Any] = {
    "layout": {
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
}
"""Ours, because Streamlit replaces Plotly's own by one whose colours only `st.plotly_chart` fills
in."""


@dataclass(frozen=True, eq=False)
class Shading:
    """Points coloured by a number: `values` (n,), NaN for points that stay grey; the ends of the
    colours; and of the colour bar the title and what stands at the values `ticks`."""

    values: Float32Array
    low: float
    high: float
    title: str
    ticks: Mapping[float, str]

    def of(self, mask: BoolArray, **marker: object) -> dict[str, object]:
        """The marker of the points in `mask` (n,), with the colour bar."""
        bar = {
            "title": {"text": plain(self.title), "side": "top", "font": {"size": 12}},
            "thickness": 10,
            "len": 0.45,
            "x": 0.99,
            "xanchor": "right",
            "y": 0.99,
            "yanchor": "top",
            "outlinewidth": 0,
            "tickvals": list(self.ticks),
            "ticktext": [plain(text) for text in self.ticks.values()],
        }
        ends = {"cmin": self.low, "cmax": self.high, "colorscale": SHADES, "colorbar": bar}
        return {**marker, **ends, "color": self.values[mask]}


def colour(label: int) -> str:
    """The colour of a label, counted from 0; -1 (no label) is grey."""
    return NEUTRAL if label < 0 else PALETTE[label % len(PALETTE)]


def symbol(label: int) -> str:
    """The marker symbol of a label, counted from 0."""
    return SYMBOLS[0] if label < 0 else SYMBOLS[label // len(PALETTE) % len(SYMBOLS)]


def checked_labels(labels: ArrayLike | None, *, count: int) -> Int64Array:
    """Labels (count,) as integers, -1 throughout for None; `DataInvalid` for another shape."""
    if labels is None:
        return np.full(count, -1)
    label = np.asarray(labels, np.int64)
    if label.shape != (count,):
        raise DataInvalid(f"Expected `labels` ({count},), one a point. Received: {label.shape}")
    return label


def groups(label: Int64Array) -> list[tuple[int, BoolArray]]:
    """Each label that occurs, with the mask (n,) of its points."""
    return [(int(key), label == key) for key in np.unique(label)]


def legend_name(label: int, label_names: Sequence[str]) -> str:
    """What a legend calls a label: data without any labels are just examples."""
    return plain(label_name(label, label_names)) if label_names or label >= 0 else UNLABELLED


def plain(text: str) -> str:
    """A name for Plotly, which would take `<b>` in it for markup."""
    return escape(text, quote=False)


def marker(label: int, *, count: int) -> dict[str, object]:
    """Small and see-through when there are many, so that crowds read as density."""
    size = 7.5 if count < 500 else 5 if count < 5000 else 3.5 if count < 25_000 else 2.6
    opacity = 0.9 if count < 500 else 0.75 if count < 5000 else 0.6
    return {"color": colour(label), "symbol": symbol(label), "size": size, "opacity": opacity}
