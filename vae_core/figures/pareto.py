"""What pays: the ELBO of each trial over what its decoder costs, and the front of the best."""

from collections.abc import Sequence
from math import isnan, nan

from vae_core.figures.figure import Figure
from vae_core.figures.style import NEUTRAL, PALETTE
from vae_core.figures.sweep_points import NATS, layout_of_axes, metric_name, points
from vae_core.sweeps.results import SweepResults, TrialResult

ALIKE = 1.2


def pareto_figure(results: SweepResults, *, cost: str = "decoder_bytes") -> Figure | None:
    """The ELBO over what a decoder costs: `decoder_bytes`, or `decode_ms`.

    Bright points are the front: no other trial is better and costs less. None where all cost the
    same: up to a fifth, times only say what else the machine did.
    """
    shown = [trial for trial in results.done if not isnan(_cost(trial, cost))]
    costs = [_cost(trial, cost) for trial in shown]
    if not costs or max(costs) < ALIKE * min(costs):
        return None
    front = set(pareto_front([(_cost(trial, cost), -trial.elbo) for trial in shown]))
    colours = [PALETTE[1] if place in front else NEUTRAL for place in range(len(shown))]
    words = {"decoder_bytes": "decoder (kB)", "decode_ms": "one decode (ms)"}
    places = [(_cost(trial, cost), trial.elbo) for trial in shown]
    trace = points(results, places, lambda t: f"{t.elbo:.2f} nats", shown=shown)
    trace["marker"] = {"size": 9, "color": colours, "opacity": 0.9}
    layout = layout_of_axes(words[cost], f"validation {metric_name(results)} ({NATS})")
    return Figure([trace], layout)


def pareto_front(costs: Sequence[tuple[float, ...]]) -> list[int]:
    """Positions of the points (n, k) that no other point beats: as small in each, smaller in one.

    Equal points are all kept.
    """
    return [
        place
        for place, mine in enumerate(costs)
        if not any(other != mine and all(map(float.__le__, other, mine)) for other in costs)
    ]


def _cost(trial: TrialResult, cost: str) -> float:
    if cost == "decode_ms":
        return trial.decode_ms
    return nan if trial.decoder_bytes is None else trial.decoder_bytes / 1000
