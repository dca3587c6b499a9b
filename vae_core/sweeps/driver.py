"""One sweep as it is driven: what is settled, proposed, pruned and submitted at each look."""

import os
import time
from collections.abc import Sequence
from math import ceil
from typing import Protocol

from vae_core.errors import JobRefused
from vae_core.jobs.events import Feed
from vae_core.jobs.state import Job, Record
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.proposer import further
from vae_core.sweeps.pruning import Judge
from vae_core.sweeps.results import history_of, is_stored
from vae_core.sweeps.settings import known_settings
from vae_core.sweeps.store import Sweep, SweepDirectory
from vae_core.sweeps.trial import Standing, Trial, TrialState, standings, trials_of

REFUSED_PAUSE = 5.0
"""Seconds until a job is asked for again that the supervisor refused."""


class Jobs(Protocol):
    """What a sweep needs of a `Supervisor`."""

    @property
    def slots(self) -> int: ...

    def submit(
        self, spec: TrainingSpec, *, visitor: str, download: bool = False, sweep: str = ""
    ) -> Job: ...

    def jobs(self) -> list[Job]: ...

    def feed(self, job_id: str) -> Feed: ...

    def cancel(self, job_id: str) -> None: ...


class Driver:
    """One sweep under way, in the process that `held` its lock. Not safe for threads."""

    def __init__(self, directory: SweepDirectory, held: int, jobs: Jobs) -> None:
        self.directory, self._held, self._jobs = directory, held, jobs
        self._sweep = directory.read()
        self._judge = Judge()
        self._not_before = 0.0

    def advance(self) -> bool:
        """Do what is due; returns whether the sweep is finished."""
        records = [job.record for job in self._jobs.jobs()]
        trials, standing = self._stand(records)
        self._settle(standing)
        if self._propose(trials, standing):
            trials, standing = self._stand(records)
        if self._sweep.plan.prune:
            self._prune(trials, standing)
        self._submit(trials, standing)
        ended = [standing[trial.model_id].state.ended for trial in trials]
        return all(ended) and len(trials) == self._sweep.plan.count

    def forget_endings(self) -> None:
        """Give what ended without a model another chance, except what was pruned."""
        kept = {name: e for name, e in self._sweep.ended.items() if e.state == "pruned"}
        jobs = [job.record for job in self._jobs.jobs()]
        spent = [r.job_id for r in jobs if self._is_mine(r) and not r.state.active]
        withdrawn = tuple(dict.fromkeys((*self._sweep.withdrawn, *spent)))
        self._save(self._sweep.model_copy(update={"ended": kept, "withdrawn": withdrawn}))

    def rest(self) -> None:
        """Take back the jobs that wait or run, and let the sweep go."""
        jobs = [job.record for job in self._jobs.jobs()]
        active = [r.job_id for r in jobs if self._is_mine(r) and r.state.active]
        if active:
            withdrawn = (*self._sweep.withdrawn, *active)
            self._save(self._sweep.model_copy(update={"withdrawn": withdrawn}))
        for job_id in active:
            self._jobs.cancel(job_id)
        os.close(self._held)

    def _stand(self, records: Sequence[Record]) -> tuple[list[Trial], dict[str, Standing]]:
        trials = trials_of(self._sweep)
        return trials, standings(self._sweep, trials, records, is_stored)

    def _settle(self, standing: dict[str, Standing]) -> None:
        """Write down how trials ended without a model: runs are deleted after a while."""
        settled = self._sweep
        for model_id, found in standing.items():
            if found.state.ended and found.ending and model_id not in settled.ended:
                settled = settled.with_ending(model_id, found.ending)
        if settled is not self._sweep:
            self._save(settled)

    def _propose(self, trials: Sequence[Trial], standing: dict[str, Standing]) -> bool:
        """Propose all settings that need no result, or as many as can be begun."""
        plan, proposed = self._sweep.plan, self._sweep
        wanted = plan.setting_count - len(proposed.settings)
        if plan.search == "tpe":
            unended = sum(not found.state.ended for found in standing.values())
            wanted = min(wanted, ceil((self._jobs.slots - unended) / plan.seeds))
        if wanted <= 0:
            return False
        known = known_settings(proposed, trials, standing)
        for values in further(plan, known, wanted):
            proposed = proposed.with_setting(values)
        self._save(proposed)
        return True

    def _prune(self, trials: Sequence[Trial], standing: dict[str, Standing]) -> None:
        """End running trials that the others have left behind."""
        for trial in trials:
            found = standing[trial.model_id]
            if found.state is TrialState.DONE:
                if not self._judge.knows(trial.model_id):
                    self._judge.learn(trial.model_id, history_of(trial.spec))
            elif found.state is TrialState.RUNNING and found.record and self._is_mine(found.record):
                feed = self._jobs.feed(found.record.job_id)
                if ending := self._judge.verdict(trial.spec, feed.history):
                    self._save(self._sweep.with_ending(trial.model_id, ending))
                    self._jobs.cancel(found.record.job_id)
                    standing[trial.model_id] = Standing(TrialState.PRUNED, found.record, ending)

    def _submit(self, trials: Sequence[Trial], standing: dict[str, Standing]) -> None:
        """Keep as many trials in the queue as may run at once."""
        active = sum(found.record is not None and found.record.state.active
                     for found in standing.values() if not found.state.ended)  # fmt: skip
        for trial in trials:
            found = standing[trial.model_id]
            if active >= self._jobs.slots or time.monotonic() < self._not_before:
                return
            queued = found.record is not None and found.record.state.active
            if found.state is TrialState.WAITING and not queued:
                active += self._submitted(trial)

    def _submitted(self, trial: Trial) -> bool:
        plan = self._sweep.plan
        try:
            self._jobs.submit(
                trial.spec, visitor=plan.visitor, download=plan.download,
                sweep=self._sweep.sweep_id,
            )  # fmt: skip
        except JobRefused:
            self._not_before = time.monotonic() + REFUSED_PAUSE
            return False
        return True

    def _is_mine(self, record: Record) -> bool:
        return record.sweep == self._sweep.sweep_id

    def _save(self, sweep: Sweep) -> None:
        self.directory.write(sweep)
        self._sweep = sweep
