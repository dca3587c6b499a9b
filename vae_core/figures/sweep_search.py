"""How a search went: the best so far, settings as lines to their ELBO, and which of them matter."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_core.figures.figure import Figure
from vae_core.figures.style import NEUTRAL, PALETTE, SHADES, TEMPLATE, plain
from vae_core.figures.sweep_points import (
    NATS,
    field_title,
    layout_of_axes,
    metric_name,
    points,
    title_of,
)
from vae_core.sweeps.axis import Axis, value_text
from vae_core.sweeps.proposer import Known, frozen_trial, new_study
from vae_core.sweeps.results import SweepResults, TrialResult

FEW_TRIALS = 20
"""Up to so many each has its tick."""
FEWEST_SETTINGS = 8
"""A forest of fewer settings tells nothing; each swept field asks for so many more, too."""


def best_so_far_figure(results: SweepResults) -> Figure | None:
    """Each trial's ELBO in the order in which they were asked for, and the best until then."""
    if len(results.done) < 2:
        return None
    number = {trial.model_id: place for place, trial in enumerate(results.trials, 1)}
    numbers = [number[trial.model_id] for trial in results.done]
    elbos = [trial.elbo for trial in results.done]
    best = {
        "type": "scatter",
        "mode": "lines",
        "x": numbers,
        "y": np.maximum.accumulate(elbos).tolist(),
        "line": {"color": PALETTE[1], "width": 2, "shape": "hv"},
        "hovertemplate": "best until trial %{x}: %{y:.2f} nats<extra></extra>",
    }
    places = list(zip(map(float, numbers), elbos, strict=True))
    dots = points(results, places, lambda trial: f"{trial.elbo:.2f} nats")
    layout = layout_of_axes("trial", f"validation {metric_name(results)} ({NATS})")
    if len(results.trials) <= FEW_TRIALS:
        layout["xaxis"] |= {"dtick": 1}
    return Figure([best, dots], layout)


def parallel_figure(results: SweepResults) -> Figure | None:
    """Each trial as a line through its settings to its ELBO; needs two swept fields."""
    if len(results.plan.axes) < 2 or len(results.done) < 2:
        return None
    elbos = [trial.elbo for trial in results.done]
    dimensions = [_dimension(axis, results.done) for axis in results.plan.axes]
    dimensions.append({"label": f"{metric_name(results)} (nats)", "values": elbos})
    trace = {
        "type": "parcoords",
        "dimensions": dimensions,
        "customdata": [[trial.model_id] for trial in results.done],
        "line": {"color": elbos, "colorscale": SHADES, "showscale": False},
        "labelfont": {"size": 12, "color": NEUTRAL},
        "tickfont": {"size": 11, "color": NEUTRAL},
        "rangefont": {"size": 11, "color": NEUTRAL},
    }
    return Figure([trace], {"template": TEMPLATE, "margin": {"l": 70, "r": 50, "t": 60, "b": 24}})


def _dimension(axis: Axis, trials: Sequence[TrialResult]) -> dict[str, Any]:
    """An axis of parallel coordinates: numbers, their logarithms, or names one by one."""
    values, label = [trial.values[axis.field] for trial in trials], title_of(axis)
    if axis.is_log:
        shown = sorted(set(values))
        shown = shown if len(shown) <= 8 else [shown[0], shown[len(shown) // 2], shown[-1]]
        return {
            "label": label,
            "values": np.log10(values).tolist(),
            "tickvals": np.log10(shown).tolist(),
            "ticktext": [f"{value:g}" for value in shown],
        }
    if axis.is_range or all(isinstance(value, int | float) for value in values):
        return {"label": label, "values": [float(value) for value in values]}
    names = list(map(value_text, axis.values))
    places = [names.index(value_text(value)) for value in values]
    return {
        "label": label,
        "values": places,
        "tickvals": list(range(len(names))),
        "ticktext": [plain(name) for name in names],
    }


def importances(results: SweepResults) -> dict[str, float] | str:
    """The share of the ELBO's variance over settings that each swept field explains alone or with
    others, or a sentence that says why that can't be told.

    fANOVA (Hutter, Hoos & Leyton-Brown, 2014) as Optuna computes it, on a random forest.
    """
    needed = FEWEST_SETTINGS * max(1, len(results.plan.axes))
    if len(results.plan.axes) < 2:
        return "Importances need two settings that vary or more."
    if len(results.settings) < needed:
        return f"Importances need {needed} settings with a model. So far: {len(results.settings)}."
    if len({setting.elbo for setting in results.settings}) < 2:
        return "All settings came out alike, so none of them matters more than another."
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    study = new_study()
    for setting in results.settings:
        known = Known(setting.number, setting.values, setting.elbo)
        study.add_trial(frozen_trial(results.plan, known))
    found = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    return {field: float(share) for field, share in found.items()}


def importances_figure(results: SweepResults) -> Figure | str:
    """`importances` as bars, or its sentence."""
    found = importances(results)
    if isinstance(found, str):
        return found
    fields = sorted(found, key=lambda field: found[field])
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [found[field] for field in fields],
        "y": [field_title(field) for field in fields],
        "marker": {"color": PALETTE[0]},
        "hovertemplate": "%{y}: %{x:.0%}<extra></extra>",
    }
    layout = layout_of_axes("share of the variance of the ELBO (fANOVA)", "")
    layout["xaxis"] |= {"range": [0, 1], "tickformat": ".0%"}
    layout["margin"] |= {"l": 120}
    return Figure([trace], layout)
