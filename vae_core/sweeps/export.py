"""A sweep's results as one JSON and as CSV: what `sweep --json` prints and pages offer."""

import csv
import json
from io import StringIO
from math import isfinite
from typing import Any

from vae_core.sweeps.axis import value_text
from vae_core.sweeps.results import SettingResult, SweepResults, TrialResult
from vae_core.text import readable

GREY = (
    "A Bernoulli on grey values is not a proper likelihood of the data: do not compare these "
    "numbers with results on binarised images."
)
METRIC_WORDS = {
    "elbo": "ELBO at beta 1, nats per example of the validation split, one draw of z each",
    "importance_bound": "importance-weighted bound of 100 draws, nats per example, of the first "
    "500 examples of the validation split",
}
NUMBERS = (
    *("elbo", "error", "rate", "distortion", "test_elbo", "test_error"),
    *("active_units", "decoder_bytes", "decode_ms"),
)


def caveat(results: SweepResults) -> str:
    """What has to be said of the likelihood wherever its number stands, '' for nothing."""
    return GREY if results.likelihood.endswith("grey values") else ""


def as_json(results: SweepResults) -> dict[str, Any]:
    """All that is known as values for JSON; what is not known is null."""
    best, setting = results.best, results.best_setting
    return {
        "sweep": results.sweep_id,
        "plan": results.plan.model_dump(mode="json"),
        "metric": METRIC_WORDS[results.plan.metric],
        "likelihood": results.likelihood,
        "caveat": caveat(results),
        "trials": [_trial(trial) for trial in results.trials],
        "settings": [_setting(setting) for setting in results.settings],
        "best": _trial(best) if best else None,
        "best_setting": _setting(setting) if setting else None,
        "finished": results.is_finished,
        "stopped": results.is_stopped,
        "seconds_left": results.seconds_left,
    }


def to_json(results: SweepResults) -> str:
    """`as_json` as text."""
    return readable(json.dumps(as_json(results), ensure_ascii=False, indent=1))


def to_csv(results: SweepResults) -> str:
    """One row per trial, one column per swept field; what is not known is empty."""
    fields = [axis.field for axis in results.plan.axes]
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["model_id", "state", "setting", *fields, "seed", *NUMBERS, "message"])
    for trial in results.trials:
        values = [value_text(trial.values[field]) for field in fields]
        numbers = [_known(getattr(trial, name)) for name in NUMBERS]
        row = [trial.model_id, trial.state.value, trial.setting, *values, trial.seed]
        writer.writerow([*row, *("" if n is None else n for n in numbers), trial.message])
    return readable(stream.getvalue())


def _trial(trial: TrialResult) -> dict[str, Any]:
    return {
        "model_id": trial.model_id,
        "spec": trial.spec.model_dump(mode="json"),
        "values": dict(trial.values),
        "setting": trial.setting,
        "seed": trial.seed,
        "state": trial.state.value,
        **{name: _known(getattr(trial, name)) for name in NUMBERS},
        "message": trial.message,
    }


def _setting(setting: SettingResult) -> dict[str, Any]:
    names = ("elbo", "error", "rate", "distortion", "active_units")
    return {
        "setting": setting.number,
        "values": dict(setting.values),
        "seeds": len(setting.trials),
        "complete": setting.is_complete,
        **{name: _known(getattr(setting, name)) for name in names},
        "best": setting.best.model_id,
    }


def _known(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
