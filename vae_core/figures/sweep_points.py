"""What the figures of a sweep share: a dot per trial that names its model, and their axes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vae_core.figures.style import PALETTE, SHADES, TEMPLATE, plain
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.axis import Axis, value_text
from vae_core.sweeps.results import SettingResult, SweepResults, TrialResult

NATS = "nats per example"


def points(
    results: SweepResults,
    places: Sequence[tuple[float, float]],
    words: Callable[[TrialResult], str],
    *,
    shown: Sequence[TrialResult] | None = None,
) -> dict[str, Any]:
    """One dot per trial with its `model_id` as `customdata`, coloured along `numeric_axis`."""
    trials = results.done if shown is None else shown
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place[0] for place in places],
        "y": [place[1] for place in places],
        "customdata": [[trial.model_id] for trial in trials],
        "text": [f"{_values_words(trial)}<br>{words(trial)}" for trial in trials],
        "marker": {"size": 9, "opacity": 0.9, **_shades(results, trials)},
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def layout_of_axes(x: str, y: str) -> dict[str, Any]:
    return {
        "template": TEMPLATE,
        "xaxis": {"title": {"text": x}},
        "yaxis": {"title": {"text": y}},
        "margin": {"l": 64, "r": 20, "t": 16, "b": 52},
        "showlegend": False,
        "hovermode": "closest",
    }


def numeric_axis(results: SweepResults) -> Axis | None:
    """The first swept field whose values are numbers; beta wins."""
    numeric = [
        axis
        for axis in results.plan.axes
        if axis.is_range or all(isinstance(v, int | float) for v in axis.values)
    ]
    return min(numeric, key=lambda axis: axis.field != "beta", default=None)


def ticks(axis: Axis) -> dict[str, Any]:
    if axis.is_range or len(axis.values) > 13:
        return {}
    return {"tickvals": list(axis.values), "ticktext": [value_text(v) for v in axis.values]}


def title_of(axis: Axis) -> str:
    return field_title(axis.field)


def field_title(field: str) -> str:
    """What a swept field is called: 'latent dimensions'."""
    return str(TrainingSpec.model_fields[field].title).lower()


def metric_name(results: SweepResults) -> str:
    return "ELBO" if results.plan.metric == "elbo" else "importance-weighted bound"


def setting_words(setting: SettingResult) -> str:
    parts = [f"{field_title(k)} {value_text(v)}" for k, v in setting.values.items()]
    return plain(", ".join(parts))


def _values_words(trial: TrialResult) -> str:
    parts = [f"{field_title(k)} {value_text(v)}" for k, v in trial.values.items()]
    return plain(", ".join([*parts, f"seed {trial.seed}"]))


def _shades(results: SweepResults, trials: Sequence[TrialResult]) -> dict[str, Any]:
    axis = numeric_axis(results)
    if axis is None:
        return {"color": PALETTE[0]}
    values = np.array([float(trial.values[axis.field]) for trial in trials])
    shade = np.log10(values) if axis.is_log else values
    ticks = np.unique(values)
    ticks = ticks if len(ticks) <= 4 else ticks[[0, len(ticks) // 3, 2 * len(ticks) // 3, -1]]
    places = np.log10(ticks) if axis.is_log else ticks
    bar = {
        "title": {"text": title_of(axis), "side": "top", "font": {"size": 12}},
        "thickness": 10,
        "len": 0.6,
        "outlinewidth": 0,
        "tickvals": places.tolist(),
        "ticktext": [f"{tick:g}" for tick in ticks],
    }
    return {"color": shade.tolist(), "colorscale": SHADES, "colorbar": bar}
