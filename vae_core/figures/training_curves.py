"""How a training run went: losses epoch by epoch, and what each latent dimension carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core.arrays import BoolArray, Float32Array
from vae_core.artifacts.manifest import Epoch
from vae_core.figures.figure import Figure
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE

PANELS = (("elbo", "ELBO"), ("reconstruction", "Reconstruction"), ("kl", "KL"))
SPLITS = (("train", "training", NEUTRAL), ("validation", "validation", PALETTE[0]))
GAP = 0.09
FEW_EPOCHS = 6  # up to here Plotly would mark halves of epochs
MOST_EPOCHS = 300
EARLY = 20
"""Once a run has so many epochs, the first of each so many of them do not stretch the axes: they
would leave all that follows a flat line."""


def loss_figure(history: Sequence[Epoch], *, epochs: int, chosen: int | None = None) -> Figure:
    """ELBO, reconstruction and KL side by side, nats per example over epochs 1 to `epochs`.

    Training is the running mean while the weights moved, validation is measured after the epoch.
    `chosen` marks an epoch with a line. Of many epochs about `MOST_EPOCHS` are drawn. In long
    runs the first twentieth may lie beyond the axes; a double click shows all.
    """
    drawn = _Drawn.of(history)
    layout, traces = _loss_layout(epochs, chosen), []
    for panel, (field, _) in enumerate(PANELS):
        number = _number(panel)
        traces += drawn.traces(field, number, legend=panel == 0)
        layout[f"yaxis{number}"] |= drawn.limits(field)
    return Figure(traces, layout)


def loss_panels(
    history: Sequence[Epoch], *, epochs: int, chosen: int | None = None
) -> list[Figure]:
    """The panels of `loss_figure` as figures of their own, for a page that arranges them."""
    drawn = _Drawn.of(history)
    figures = []
    for panel, (field, title) in enumerate(PANELS):
        layout = _panel_layout(f"{title} (nats)")
        layout["xaxis"] = _epoch_axis(epochs)
        layout["yaxis"] |= drawn.limits(field)
        layout |= {"hovermode": "x", "uirevision": "losses", "showlegend": False}
        layout["annotations"] += [_key()] if panel == 0 else []
        layout["shapes"] = [] if chosen is None else [_line(0, chosen)]
        figures.append(Figure(drawn.traces(field, "", legend=False), layout))
    return figures


@dataclass(frozen=True)
class _Drawn:
    """The epochs of a run that are drawn, and which of them the axes have to show."""

    shown: Sequence[Epoch]
    late: BoolArray

    @classmethod
    def of(cls, history: Sequence[Epoch]) -> "_Drawn":
        shown = _thinned(history)
        epoch = np.array([record.epoch for record in shown], np.int32)
        return cls(shown, epoch > len(history) // EARLY)

    def traces(self, field: str, number: str, *, legend: bool) -> list[dict[str, Any]]:
        """Training and validation on the axes of that number."""
        return [
            {
                "type": "scatter",
                "x": np.array([record.epoch for record in self.shown], np.int32),
                "y": _losses(self.shown, split, field),
                "mode": "lines+markers" if len(self.shown) < 3 else "lines",
                "name": name,
                "legendgroup": name,
                "showlegend": legend,
                "line": {"color": colour, "width": 2},
                "xaxis": f"x{number}",
                "yaxis": f"y{number}",
                "hovertemplate": "%{y:.2f}",
            }
            for split, name, colour in SPLITS
        ]

    def limits(self, field: str) -> dict[str, list[float]]:
        """The range of an axis that leaves out early epochs; nothing where all are shown."""
        if self.late.all():
            return {}
        values = np.stack([_losses(self.shown, split, field)[self.late] for split, *_ in SPLITS])
        return {"range": _range(values)}


def kl_figure(kl: Sequence[float], *, collapsed: Sequence[int] = ()) -> Figure:
    """Mean KL of each latent dimension in nats; those in `collapsed` (counted from 0) are grey."""
    names = [f"z{number + 1}" for number in range(len(kl))]
    colours = [NEUTRAL if number in collapsed else PALETTE[0] for number in range(len(kl))]
    bars = {
        "type": "bar",
        "x": names,
        "y": [round(value, 4) for value in kl],
        "marker": {"color": colours},
        "hoverinfo": "y",
    }
    layout = {
        "template": TEMPLATE,
        "yaxis": {"title": {"text": "KL (nats)"}, "rangemode": "tozero"},
        "xaxis": {"type": "category"},
        "bargap": 0.3,
        "showlegend": False,
    }
    return Figure([bars], layout)


def kl_panel(kl: Sequence[float], *, collapsed: Sequence[int] = ()) -> Figure:
    """`kl_figure` in the form of `loss_panels`."""
    figure = kl_figure(kl, collapsed=collapsed)
    panel = _panel_layout("KL by dimension (nats)")
    panel["yaxis"] |= {"rangemode": "tozero"}
    return Figure(figure.data, {**figure.layout, **panel})


def _losses(records: Sequence[Epoch], split: str, field: str) -> Float32Array:
    return np.array([getattr(getattr(record, split), field) for record in records], np.float32)


def _range(values: Float32Array) -> list[float]:
    """The ends of an axis on which `values` have a little room."""
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low) or 0.5
    return [low - room, high + room]


def _thinned(history: Sequence[Epoch]) -> list[Epoch]:
    """Evenly chosen epochs and the newest, no more than a panel has pixels across."""
    step = -(-len(history) // MOST_EPOCHS)
    return [*history[: -1 : step or 1], *history[-1:]]


def _loss_layout(epochs: int, chosen: int | None) -> dict[str, Any]:
    width = (1 - GAP * (len(PANELS) - 1)) / len(PANELS)
    axes: dict[str, object] = {}
    titles = []
    for panel, (_, title) in enumerate(PANELS):
        left = panel * (width + GAP)
        axes[f"xaxis{_number(panel)}"] = {
            "domain": [round(left, 6), round(left + width, 6)],
            "anchor": f"y{_number(panel)}",
            "title": {"text": "epoch"},
            **_epoch_axis(epochs),
        }
        unit = {"title": {"text": "nats per example"}} if panel == 0 else {}
        axes[f"yaxis{_number(panel)}"] = {"anchor": f"x{_number(panel)}", "nticks": 5, **unit}
        titles.append(_title(title, left))
    return {
        "template": TEMPLATE,
        "margin": {"t": 46, "l": 52, "r": 8, "b": 40},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.28},
        "hovermode": "x",
        "annotations": titles,
        "shapes": [] if chosen is None else [_line(panel, chosen) for panel in range(len(PANELS))],
        "uirevision": "losses",
        **axes,
    }


def _epoch_axis(epochs: int) -> dict[str, object]:
    step = {"dtick": 1} if epochs <= FEW_EPOCHS else {}
    return {"range": [0.5, epochs + 0.5], **step}


def _panel_layout(title: str) -> dict[str, Any]:
    """A small figure with its title on top and no room for titles of axes."""
    return {
        "template": TEMPLATE,
        "margin": {"t": 24, "l": 46, "r": 8, "b": 22},
        "annotations": [{**_title(title, 0), "xshift": -40}],
        "yaxis": {"nticks": 4},
    }


def _key() -> dict[str, object]:
    """Which line is which, in one line of text: Plotly's legend breaks in a narrow figure."""
    words = "  ".join(f'<span style="color:{colour}">━</span> {name}' for _, name, colour in SPLITS)
    return {**_title(words, 1), "xanchor": "right", "xshift": 4}


def _title(text: str, left: float) -> dict[str, object]:
    return {
        "text": text,
        "x": left,
        "y": 1.02,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _line(panel: int, epoch: int) -> dict[str, object]:
    return {
        "type": "line",
        "x0": epoch,
        "x1": epoch,
        "xref": f"x{_number(panel)}",
        "y0": 0,
        "y1": 1,
        "yref": f"y{_number(panel)} domain",
        "line": {"color": PALETTE[1], "width": 1.5, "dash": "dot"},
    }


def _number(panel: int) -> str:
    return str(panel + 1) if panel else ""
