"""What a search may learn from: the proposed settings, and how their trials came out."""

from collections.abc import Mapping, Sequence

from vae_core.sweeps.proposer import Known
from vae_core.sweeps.results import measured
from vae_core.sweeps.store import Sweep
from vae_core.sweeps.trial import Standing, Trial, TrialState


def known_settings(
    sweep: Sweep, trials: Sequence[Trial], standing: Mapping[str, Standing]
) -> list[Known]:
    """The proposed settings; one counts when all of its trials have ended.

    Its value is the mean over the seeds that have a model. Without one it is the last word of a
    pruned trial, and otherwise it has failed. Nothing is measured for a search that learns nothing.
    """
    if sweep.plan.search != "tpe":
        return [Known(setting.number, setting.values) for setting in sweep.settings]
    grouped: dict[int, list[Trial]] = {}
    for trial in trials:
        grouped.setdefault(trial.setting, []).append(trial)
    return [
        _known(sweep, number, found, [standing[trial.model_id] for trial in found])
        for number, found in grouped.items()
    ]


def _known(sweep: Sweep, number: int, trials: list[Trial], standing: list[Standing]) -> Known:
    values = trials[0].values
    if not all(found.state.ended for found in standing):
        return Known(number, values)
    done = [
        numbers.objective(sweep.plan.metric)[0]
        for trial, found in zip(trials, standing, strict=True)
        if found.state is TrialState.DONE and (numbers := measured(trial.spec, sweep.plan))
    ]
    if done:
        return Known(number, values, sum(done) / len(done))
    for found in standing:
        if found.ending and found.ending.state == "pruned":
            return Known(number, values, found.ending.elbo, pruned_at=found.ending.epoch)
    return Known(number, values, failed=True)
