"""How a training run went: losses epoch by epoch, and what each latent dimension carries."""

from collections.abc import Sequence

import plotly.graph_objects as go

from vae_core.artifact import Epoch
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE

PANELS = (("elbo", "ELBO"), ("reconstruction", "Reconstruction"), ("kl", "KL"))
SPLITS = (("train", "training", NEUTRAL), ("validation", "validation", PALETTE[0]))
GAP = 0.09


def loss_figure(history: Sequence[Epoch], *, epochs: int, chosen: int | None = None) -> go.Figure:
    """ELBO, reconstruction and KL side by side, nats per example over epochs 1 to `epochs`.

    Training is the running mean while the weights moved, validation is measured after the epoch.
    `chosen` marks an epoch with a line.
    """
    figure = go.Figure(layout=_loss_layout(epochs, chosen))
    x = [record.epoch for record in history]
    for panel, (field, _) in enumerate(PANELS):
        for split, name, colour in SPLITS:
            figure.add_trace(
                go.Scatter(
                    x=x,
                    y=[round(getattr(getattr(record, split), field), 3) for record in history],
                    mode="lines+markers" if len(x) < 3 else "lines",
                    name=name,
                    legendgroup=name,
                    showlegend=panel == 0,
                    line={"color": colour, "width": 2},
                    xaxis=f"x{_number(panel)}",
                    yaxis=f"y{_number(panel)}",
                    hovertemplate="%{y:.2f}",
                )
            )
    return figure


def kl_figure(kl: Sequence[float], *, dead: Sequence[int] = ()) -> go.Figure:
    """Mean KL of each latent dimension in nats; those in `dead` (counted from 0) are grey."""
    names = [f"z{number + 1}" for number in range(len(kl))]
    colours = [NEUTRAL if number in dead else PALETTE[0] for number in range(len(kl))]
    return go.Figure(
        go.Bar(x=names, y=[round(v, 4) for v in kl], marker={"color": colours}, hoverinfo="y"),
        layout={
            "template": TEMPLATE,
            "yaxis": {"title": {"text": "KL (nats)"}, "rangemode": "tozero"},
            "xaxis": {"type": "category"},
            "bargap": 0.3,
            "showlegend": False,
        },
    )


def _loss_layout(epochs: int, chosen: int | None) -> go.Layout:
    width = (1 - GAP * (len(PANELS) - 1)) / len(PANELS)
    axes: dict[str, object] = {}
    titles = []
    for panel, (_, title) in enumerate(PANELS):
        left = panel * (width + GAP)
        axes[f"xaxis{_number(panel)}"] = {
            "domain": [round(left, 6), round(left + width, 6)],
            "anchor": f"y{_number(panel)}",
            "range": [0.5, epochs + 0.5],
            "title": {"text": "epoch"},
        }
        unit = {"title": {"text": "nats per example"}} if panel == 0 else {}
        axes[f"yaxis{_number(panel)}"] = {"anchor": f"x{_number(panel)}", "nticks": 5, **unit}
        titles.append(_title(title, left))
    return go.Layout(
        template=TEMPLATE,
        margin={"t": 46, "l": 52, "r": 8, "b": 40},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.28},
        hovermode="x",
        annotations=titles,
        shapes=[] if chosen is None else [_line(panel, chosen) for panel in range(len(PANELS))],
        uirevision="losses",
        **axes,
    )


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
