"""The rate-distortion plane of a sweep (Alemi et al., 'Fixing a broken ELBO', 2018)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_core.figures.figure import Figure
from vae_core.figures.style import NEUTRAL, PALETTE
from vae_core.figures.sweep_points import NATS, layout_of_axes, points
from vae_core.sweeps.results import SweepResults, TrialResult
from vae_core.text import number

ISO_LINES = 16
LINE = {"color": "rgba(128, 139, 152, 0.4)", "width": 1}
ROOM = 0.08
"""Share of an axis that stays free beyond the points."""


def rate_distortion_figure(results: SweepResults) -> Figure | None:
    """Distortion over rate of each trial, on lines of equal ELBO at beta 1.

    Alemi et al., 'Fixing a broken ELBO' (2018): beta moves a model along the frontier, and what
    lies nearer to the lower left is better in both.
    """
    if not results.done:
        return None
    best = results.best
    traces = [points(results, [(t.rate, t.distortion) for t in results.done], _rd_hover)]
    if best:
        traces.append(_ring(best.rate, best.distortion, best, "best"))
    rate, distortion = ([getattr(t, name) for t in results.done] for name in ("rate", "distortion"))
    x, y = _range(rate, least=0.0), _range(distortion)
    layout = layout_of_axes(f"rate: KL ({NATS})", f"distortion: −E log p(x|z) ({NATS})")
    layout["xaxis"] |= {"range": x}
    layout["yaxis"] |= {"range": y}
    lines, words = _equal_elbo(x, y)
    layout |= {"shapes": lines, "annotations": words}
    return Figure(traces, layout)


def _ring(x: float, y: float, trial: TrialResult, words: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [x],
        "y": [y],
        "text": [words],
        "textposition": "middle right",
        "customdata": [[trial.model_id]],
        "marker": {"size": 17, "symbol": "circle-open", "color": PALETTE[1], "line": {"width": 2}},
        "hoverinfo": "skip",
    }


def _equal_elbo(x: list[float], y: list[float]) -> tuple[list[Any], list[Any]]:
    """Lines of slope −1 across the plane, each with its ELBO where it leaves below or right."""
    lines: list[Any] = []
    words: list[Any] = []
    for total in _round_steps(x[0] + y[0], x[1] + y[1]):
        start, end = max(x[0], total - y[1]), min(x[1], total - y[0])
        ends = {"x0": start, "y0": total - start, "x1": end, "y1": total - end}
        lines.append({"type": "line", **ends, "line": LINE, "layer": "below"})
        below = end < x[1]
        words.append(
            {
                "x": end,
                "y": total - end,
                "text": f"{'' if words else 'ELBO '}{number(-total, 'g')}",
                "showarrow": False,
                "font": {"size": 10, "color": NEUTRAL},
                "xanchor": "left" if below else "right",
                "yanchor": "bottom" if below else "top",
            }
        )
    return lines, words


def _round_steps(low: float, high: float) -> list[float]:
    """Round numbers between two ends, at most `ISO_LINES`."""
    rough = (high - low) / ISO_LINES
    power = 10 ** np.floor(np.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    first = np.ceil(low / step + 1e-9)
    return [float(n * step) for n in np.arange(first, np.floor(high / step - 1e-9) + 1)]


def _range(values: Sequence[float], *, least: float | None = None) -> list[float]:
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 1.0
    return [low - room if least is None else least - room / 2, high + room]


def _rd_hover(trial: TrialResult) -> str:
    rate, distortion, elbo = (
        number(value, ".2f") for value in (trial.rate, trial.distortion, trial.elbo)
    )
    return f"rate {rate}, distortion {distortion}<br>ELBO {elbo} nats"
