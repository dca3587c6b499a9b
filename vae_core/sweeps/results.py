"""What came of a sweep: one row per trial, settings averaged over seeds, the best, and progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isnan, nan, sqrt
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import MANIFEST, Epoch
from vae_core.errors import ArtifactError
from vae_core.jobs.estimate import estimate
from vae_core.jobs.state import Record
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.measurement import Measurement, measure
from vae_core.sweeps.plan import MOST_TRIALS, Objective, SweepPlan
from vae_core.sweeps.store import Sweep
from vae_core.sweeps.trial import Standing, Trial, TrialState, standings, trials_of


@dataclass(frozen=True)
class TrialResult:
    """One trial. Numbers are NaN, and `decoder_bytes` and `active_units` None, until it is done.

    `elbo` is what decides, on the validation split in nats per example: at beta 1 whatever the
    trial's beta, or the importance-weighted bound if the plan says so; `error` is its standard
    error over examples. `rate` and `distortion` are the KL and -E log p(x|z) of the same split.
    `test_elbo` is reported and decides nothing. `message` says why a trial has no model.
    """

    model_id: str
    spec: TrainingSpec
    values: Mapping[str, Any]
    setting: int
    seed: int
    state: TrialState
    elbo: float = nan
    error: float = nan
    rate: float = nan
    distortion: float = nan
    test_elbo: float = nan
    test_error: float = nan
    active_units: int | None = None
    decoder_bytes: int | None = None
    decode_ms: float = nan
    job_id: str = ""
    message: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it has a model that was measured."""
        return self.state is TrialState.DONE and not isnan(self.elbo)


@dataclass(frozen=True)
class SettingResult:
    """A setting, averaged over its `trials` that are done.

    `error` is the standard error over seeds, NaN for a single one; the other numbers are means.
    """

    number: int
    values: Mapping[str, Any]
    trials: tuple[TrialResult, ...]
    is_complete: bool

    @cached_property
    def elbo(self) -> float:
        return _mean([trial.elbo for trial in self.trials])

    @cached_property
    def error(self) -> float:
        elbos = [trial.elbo for trial in self.trials]
        return stdev(elbos) / sqrt(len(elbos)) if len(elbos) > 1 else nan

    @cached_property
    def rate(self) -> float:
        return _mean([trial.rate for trial in self.trials])

    @cached_property
    def distortion(self) -> float:
        return _mean([trial.distortion for trial in self.trials])

    @cached_property
    def active_units(self) -> float:
        return _mean([trial.active_units or 0 for trial in self.trials])

    @cached_property
    def test_elbo(self) -> float:
        return _mean([trial.test_elbo for trial in self.trials])

    @cached_property
    def best(self) -> TrialResult:
        """Its trial with the highest ELBO."""
        return max(self.trials, key=lambda trial: trial.elbo)


@dataclass(frozen=True)
class SweepResults:
    """All that is known of a sweep now.

    `seconds_left` is None when nobody can tell; `likelihood` says in words what the ELBO is
    measured by, '' before the first model.
    """

    sweep_id: str
    plan: SweepPlan
    trials: tuple[TrialResult, ...]
    is_stopped: bool = False
    is_driven: bool = False
    seconds_left: float | None = None
    likelihood: str = ""

    @property
    def count(self) -> int:
        """How many trials there will be."""
        return self.plan.count

    @property
    def ended(self) -> int:
        """How many trials have ended, with a model or without."""
        return sum(trial.state.ended for trial in self.trials)

    @property
    def done(self) -> tuple[TrialResult, ...]:
        """The trials that have a model."""
        return tuple(trial for trial in self.trials if trial.is_done)

    @property
    def is_finished(self) -> bool:
        """Whether every trial has ended."""
        return self.ended == self.count

    @cached_property
    def settings(self) -> tuple[SettingResult, ...]:
        """Settings that have a model, in the order in which they were proposed."""
        grouped: dict[int, list[TrialResult]] = {}
        for trial in self.done:
            grouped.setdefault(trial.setting, []).append(trial)
        return tuple(
            SettingResult(number, found[0].values, tuple(found), len(found) == self.plan.seeds)
            for number, found in sorted(grouped.items())
        )

    @property
    def best_setting(self) -> SettingResult | None:
        """The setting with the highest mean among those of which every seed is there.

        Until there is one, among all: a single lucky seed must not win over a mean.
        """
        whole = [setting for setting in self.settings if setting.is_complete]
        return max(whole or self.settings, key=lambda setting: setting.elbo, default=None)

    @property
    def best(self) -> TrialResult | None:
        """The best trial of the best setting."""
        return self.best_setting.best if self.best_setting else None


def results_of(
    sweep: Sweep, records: Sequence[Record], *, slots: int = 1, is_stopped: bool = False,
    is_driven: bool = False,
) -> SweepResults:  # fmt: skip
    """What came of a sweep, from its file, the jobs' records and the stored models.

    Measures each new model once. `slots` trials run at once, for the time left.
    """
    trials = trials_of(sweep)
    standing = standings(sweep, trials, records, is_stored)
    rows, likelihood = [], ""
    for trial in trials:
        row, words = _result(trial, standing[trial.model_id], sweep.plan)
        rows.append(row)
        likelihood = likelihood or words
    return SweepResults(
        sweep.sweep_id,
        sweep.plan,
        tuple(rows),
        is_stopped=is_stopped,
        is_driven=is_driven,
        seconds_left=_seconds_left(sweep, trials, standing, records, slots),
        likelihood=likelihood,
    )


def is_stored(spec: TrainingSpec) -> bool:
    """Whether the model of a specification is there."""
    return registry.status(spec) is not None


def history_of(spec: TrainingSpec) -> tuple[Epoch, ...]:
    """The epochs of the stored model of a specification, none where it can't be opened."""
    path = registry.status(spec)
    try:
        return Artifact.open(path).history if path else ()
    except ArtifactError:
        return ()


def measured(spec: TrainingSpec, plan: SweepPlan) -> Measurement | None:
    """The numbers of a stored model, None where it can't be opened."""
    path = registry.status(spec)
    if path is None:
        return None
    try:
        return _measured(path, (path / MANIFEST).stat().st_mtime_ns, plan.metric)
    except (ArtifactError, OSError):
        return None


@lru_cache(maxsize=MOST_TRIALS)
def _measured(path: Path, changed: int, metric: Objective) -> Measurement:  # noqa: ARG001
    """The numbers of the model at `path`, whose manifest was written at `changed`."""
    return measure(Artifact.open(path), metric)


def _result(trial: Trial, standing: Standing, plan: SweepPlan) -> tuple[TrialResult, str]:
    row: dict[str, Any] = {
        "model_id": trial.model_id,
        "spec": trial.spec,
        "values": trial.values,
        "setting": trial.setting,
        "seed": trial.seed,
        "state": standing.state,
        "job_id": standing.record.job_id if standing.record else "",
        "message": standing.ending.message if standing.ending else "",
    }
    found = measured(trial.spec, plan) if standing.state is TrialState.DONE else None
    if found is None:
        return TrialResult(**row), ""
    elbo, error = found.objective(plan.metric)
    row |= {
        "elbo": elbo,
        "error": error,
        "rate": found.rate,
        "distortion": found.distortion,
        "test_elbo": nan if found.test_elbo is None else found.test_elbo,
        "test_error": nan if found.test_error is None else found.test_error,
        "active_units": found.active_units,
        "decoder_bytes": found.decoder_bytes,
        "decode_ms": found.decode_ms,
    }
    return TrialResult(**row), found.likelihood


def _seconds_left(
    sweep: Sweep,
    trials: Sequence[Trial],
    standing: Mapping[str, Standing],
    records: Sequence[Record],
    slots: int,
) -> float | None:
    """What is open, by what the finished trials took, or else by an estimate."""
    open_trials = [t for t in trials if not standing[t.model_id].state.ended]
    unknown = sweep.plan.count - len(trials)
    if not open_trials and not unknown:
        return 0.0
    mine = [record for record in records if record.sweep == sweep.sweep_id]
    took = [r.finished - r.started for r in mine if r.model_id and r.finished and r.started]
    if took:
        each = median(took)
    else:
        some = open_trials or trials
        each = estimate(some[0].spec, records).seconds if some else 0.0
    return (len(open_trials) + unknown) * each / max(slots, 1)


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else nan
