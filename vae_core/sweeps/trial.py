"""The trials of a sweep, and where each stands: pure, from records and stored models."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from vae_core.jobs.state import Reason, Record, State
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.plan import MOST_TRIALS, SweepPlan
from vae_core.sweeps.store import Ending, Sweep

ATTEMPTS = 2
"""A trial whose worker or supervisor went away is run again once."""


class TrialState(StrEnum):
    """Where a trial stands. `LOST`: its worker went away, again after it had been run anew."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PRUNED = "pruned"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self not in (TrialState.WAITING, TrialState.RUNNING)


@dataclass(frozen=True)
class Trial:
    """One training of a sweep: the setting `values` numbered `setting`, with one seed."""

    setting: int
    values: dict[str, Any]
    seed: int
    spec: TrainingSpec
    model_id: str


@dataclass(frozen=True)
class Standing:
    """Where a trial stands, by which job, if there is one, and in words if it went wrong."""

    state: TrialState
    record: Record | None = None
    ending: Ending | None = None


def trials_of(sweep: Sweep) -> list[Trial]:
    """The trials of all proposed settings, in the order in which they are run.

    A grid first goes through all settings with one seed, so that the picture fills early; a
    search finishes a setting first, since it learns from the mean.
    """
    plan, seeds = sweep.plan, range(sweep.plan.seeds)
    shared = plan.model_dump_json()
    if plan.search == "grid":
        order = [(setting, seed) for seed in seeds for setting in sweep.settings]
    else:
        order = [(setting, seed) for setting in sweep.settings for seed in seeds]
    return [_trial(shared, s.number, json.dumps(s.values), seed) for s, seed in order]


@lru_cache(maxsize=MOST_TRIALS)
def _trial(plan: str, setting: int, values: str, seed: int) -> Trial:
    """A trial by the JSON of plan and values: pages and runner ask for it again and again."""
    swept = json.loads(values)
    spec = SweepPlan.model_validate_json(plan).spec(swept, seed)
    return Trial(setting, swept, spec.seed, spec, spec.model_id)


def standings(
    sweep: Sweep,
    trials: Iterable[Trial],
    records: Sequence[Record],
    is_stored: Callable[[TrainingSpec], bool],
) -> dict[str, Standing]:
    """Where each trial stands, by `model_id`; `records` may be of all jobs, in any order.

    A model that is there decides, whoever trained it; then what the sweep has settled; then the
    newest job.
    """
    withdrawn, jobs = set(sweep.withdrawn), dict[str, list[Record]]()
    for record in sorted(records, key=lambda record: record.job_id):
        mine = record.sweep == sweep.sweep_id and record.job_id not in withdrawn
        if mine or record.state.active:
            jobs.setdefault(record.spec.model_id, []).append(record)
    found = {}
    for trial in trials:
        known = jobs.get(trial.model_id, [])
        if is_stored(trial.spec):
            found[trial.model_id] = Standing(TrialState.DONE, known[-1] if known else None)
        elif ending := sweep.ended.get(trial.model_id):
            found[trial.model_id] = Standing(TrialState(ending.state), None, ending)
        else:
            found[trial.model_id] = _by_jobs(known)
    return found


def _by_jobs(jobs: Sequence[Record]) -> Standing:
    """Where a trial without a model stands, by its jobs, the oldest first."""
    active = [record for record in jobs if record.state.active]
    if active:
        running = active[-1].state is State.RUNNING
        return Standing(TrialState.RUNNING if running else TrialState.WAITING, active[-1])
    if not jobs:
        return Standing(TrialState.WAITING)
    last = jobs[-1]
    if _went_away(last):
        gone = sum(map(_went_away, jobs)) >= ATTEMPTS
        words = "Its worker went away, and once more after it was run again."
        ending = Ending(state="lost", message=words)
        return Standing(TrialState.LOST, last, ending) if gone else Standing(TrialState.WAITING)
    if last.state is State.FAILED:
        message = last.verdict.message if last.verdict else ""
        return Standing(TrialState.FAILED, last, Ending(state="failed", message=message))
    words = "It was cancelled."
    if last.state is State.DONE:
        words = "It was changed on the way, so it became another model, or its model was deleted."
    return Standing(TrialState.CANCELLED, last, Ending(state="cancelled", message=words))


def _went_away(record: Record) -> bool:
    """Whether a job ended through no fault of its settings."""
    killed = record.verdict is not None and record.verdict.reason is Reason.KILLED
    return record.state is State.LOST or (record.state is State.FAILED and killed)
