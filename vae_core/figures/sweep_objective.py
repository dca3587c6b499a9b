"""What a sweep says of its first setting with numbers: the ELBO and the active units over it."""

from math import isfinite

from vae_core.figures.figure import Figure
from vae_core.figures.style import FAINT, NEUTRAL, PALETTE
from vae_core.figures.sweep_points import (
    NATS,
    layout_of_axes,
    metric_name,
    numeric_axis,
    points,
    setting_words,
    ticks,
    title_of,
)
from vae_core.sweeps.results import SweepResults


def objective_figure(results: SweepResults) -> Figure | None:
    """The ELBO over the first swept field whose values are numbers, with one error bar a setting.

    Over seeds where there are several, else over examples.
    """
    axis = numeric_axis(results)
    if axis is None or not results.settings:
        return None
    shown = sorted(results.settings, key=lambda setting: float(setting.values[axis.field]))
    errors = [s.error if len(s.trials) > 1 else s.best.error for s in shown]
    trace = {
        "type": "scatter",
        "mode": "markers+lines" if len(results.plan.axes) == 1 else "markers",
        "x": [float(setting.values[axis.field]) for setting in shown],
        "y": [setting.elbo for setting in shown],
        "error_y": {"array": [e if isfinite(e) else 0.0 for e in errors], "color": NEUTRAL},
        "marker": {"size": 8, "color": PALETTE[0]},
        "line": {"width": 1, "color": FAINT},
        "customdata": [[setting.best.model_id] for setting in shown],
        "text": [setting_words(setting) for setting in shown],
        "hovertemplate": "%{text}<br>%{y:.2f} nats<extra></extra>",
    }
    layout = layout_of_axes(title_of(axis), f"validation {metric_name(results)} ({NATS})")
    layout["xaxis"] |= {"type": "log" if axis.is_log else "linear"} | ticks(axis)
    return Figure([trace], layout)


def active_units_figure(results: SweepResults) -> Figure | None:
    """Active latent units over the first swept field whose values are numbers, mostly beta."""
    axis = numeric_axis(results)
    if axis is None or not results.done:
        return None
    places = [(float(t.values[axis.field]), float(t.active_units or 0)) for t in results.done]
    trace = points(results, places, lambda t: f"{t.active_units} active of {t.spec.latent_dim}")
    layout = layout_of_axes(title_of(axis), "active units")
    layout["xaxis"] |= {"type": "log" if axis.is_log else "linear"} | ticks(axis)
    most = max(trial.spec.latent_dim for trial in results.done)
    layout["yaxis"] |= {"range": [-0.3, most + 0.3], "dtick": max(1, most // 8)}
    return Figure([trace], layout)
