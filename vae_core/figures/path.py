"""What a table's decoder answers along paths: one panel a feature, one line a path."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core.arrays import Float32Array
from vae_core.datasets.description import Feature
from vae_core.errors import DataInvalid
from vae_core.figures.figure import Figure, Trace
from vae_core.figures.matrix import axis_title
from vae_core.figures.style import NEUTRAL, TEMPLATE, plain

ROW_HEIGHT = 190
"""Pixels of one row of panels, with its titles and ticks."""
BETWEEN = 50
"""Pixels between two rows of panels."""
MARGIN = {"t": 28, "l": 48, "r": 22, "b": 26}
GAP = 0.14
"""Between two panels side by side, in shares of their width."""


@dataclass(frozen=True, eq=False)
class FeatureLine:
    """One path: `values` (n, features) in the data's units; `colour` in CSS's words."""

    name: str
    values: Float32Array
    colour: str


def path_figure(
    lines: Sequence[FeatureLine],
    *,
    features: Sequence[Feature],
    anchors: int = 2,
    columns: int = 4,
) -> Figure:
    """Each of `features` along the way from the first anchor to the last, 0 to 100 percent.

    Panels stand `columns` in a row, each with its own scale in its own unit; dotted lines mark
    where the `anchors` between the ends are. Raises `DataInvalid` for values of another number of
    features.
    """
    for line in lines:
        if line.values.ndim != 2 or line.values.shape[1] != len(features):
            raise DataInvalid(
                f"Expected `values` (n, {len(features)}), one column a feature. "
                f"Received: {line.name!r} of shape={line.values.shape}"
            )
    panels = range(len(features))
    traces = [_trace(line, panel) for line in lines for panel in panels]
    return Figure(traces, _layout(features, anchors, min(columns, len(features))))


def path_figure_height(features: int, *, columns: int = 4) -> int:
    """Pixels that a figure of so many features wants."""
    return ROW_HEIGHT * -(-features // columns) + MARGIN["t"]


def _trace(line: FeatureLine, panel: int) -> Trace:
    return {
        "type": "scatter",
        "x": np.linspace(0, 100, len(line.values), dtype=np.float32),
        "y": line.values[:, panel].astype(np.float32),
        "mode": "lines",
        "name": line.name,
        "showlegend": False,
        "line": {"color": line.colour, "width": 2},
        "xaxis": f"x{_number(panel)}",
        "yaxis": f"y{_number(panel)}",
        "hovertemplate": "%{y:.3g}",
    }


def _layout(features: Sequence[Feature], anchors: int, columns: int) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "template": TEMPLATE,
        "margin": MARGIN,
        "hovermode": "x",
        "annotations": [],
        "shapes": [],
        "uirevision": "paths",
    }
    for panel, (across, up) in enumerate(_places(len(features), columns)):
        number = _number(panel)
        layout[f"xaxis{number}"] = {
            "domain": across,
            "anchor": f"y{number}",
            "range": [0, 100],
            "tickvals": [0, 50, 100],
            "ticktext": ["0 %", "50 %", "100 %"],
        }
        layout[f"yaxis{number}"] = {"domain": up, "anchor": f"x{number}", "nticks": 5}
        layout["annotations"].append(_title(plain(axis_title(features[panel])), across[0], up[1]))
        layout["shapes"] += [
            _mark(number, 100 * place / (anchors - 1)) for place in range(1, anchors - 1)
        ]
    return layout


def _places(count: int, columns: int) -> list[tuple[list[float], list[float]]]:
    """Where each panel stands across and up, in shares of the figure, from the top left."""
    rows = -(-count // columns)
    whole = ROW_HEIGHT * rows - MARGIN["b"]
    width, height = 1 / (columns + GAP * (columns - 1)), 1 - BETWEEN * (rows - 1) / whole
    places = []
    for panel in range(count):
        row, column = divmod(panel, columns)
        left, top = column * width * (1 + GAP), 1 - row * (height / rows + BETWEEN / whole)
        across, up = [left, min(left + width, 1)], [max(top - height / rows, 0), top]
        places.append((across, up))
    return places


def _title(text: str, left: float, top: float) -> dict[str, Any]:
    return {
        "text": text,
        "x": left,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _mark(number: str, at: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "xref": f"x{number}",
        "yref": f"y{number} domain",
        "line": {"color": NEUTRAL, "width": 1, "dash": "dot"},
    }


def _number(panel: int) -> str:
    return str(panel + 1) if panel else ""
