"""The one place of a process that drives sweeps: it proposes, submits, prunes and rests.

A thread looks at each sweep several times a second and decides from what is on disk, so it may
end at any moment: whoever drives the sweep next reads the same.
"""

import logging
import os
import threading
import time
from collections.abc import Sequence
from math import ceil

from vae_core.errors import JobRefused
from vae_core.jobs.state import Record
from vae_core.jobs.supervisor import Supervisor, supervisor
from vae_core.sweeps.plan import SweepPlan
from vae_core.sweeps.proposer import further
from vae_core.sweeps.pruning import Judge
from vae_core.sweeps.results import SweepResults, is_stored, results_of
from vae_core.sweeps.settings import known_settings
from vae_core.sweeps.store import Sweep, SweepDirectory, all_sweeps
from vae_core.sweeps.trial import Standing, Trial, TrialState, standings, trials_of

log = logging.getLogger(__name__)

TICK = 0.15
PAUSES = 5
"""A look at very many trials takes a while, and at most one part in so many of a core."""
REFUSED_PAUSE = 5.0
"""Seconds until a job is asked for again that the supervisor refused."""


class SweepRunner:
    """Drives sweeps through a supervisor. Every method may be called from any thread.

    With `take_up` it goes on with all sweeps that nobody drives and nobody has stopped.
    """

    def __init__(self, supervisor: Supervisor, *, take_up: bool = True) -> None:
        self._supervisor = supervisor
        self._driven: dict[str, _Driver] = {}
        self._lock = threading.RLock()
        self._closed = threading.Event()
        if take_up:
            for directory in all_sweeps():
                if not directory.is_stopped:
                    self._take(directory)
        self._thread = threading.Thread(target=self._loop, name="sweeps", daemon=True)
        self._thread.start()

    def start(self, plan: SweepPlan) -> str:
        """Drive this plan's sweep, new or begun before; returns its name."""
        return self.resume(SweepDirectory.of(plan).sweep_id)

    def resume(self, sweep_id: str) -> str:
        """Go on with a sweep that was stopped or that nobody drives; returns its whole name.

        Trials that were lost or cancelled, or that failed, get another chance. Raises `NotFound`.
        """
        directory = SweepDirectory.open(sweep_id)
        with self._lock:
            directory.forget_stop()
            driver = self._take(directory)
            if driver is not None:
                driver.forget_endings()
                driver.advance()
        return directory.sweep_id

    def stop(self, sweep_id: str) -> None:
        """Ask for no further trials and end those that run; what is done stays.

        Raises `NotFound`.
        """
        directory = SweepDirectory.open(sweep_id)
        directory.ask_to_stop()
        with self._lock:
            if driver := self._driven.pop(directory.sweep_id, None):
                driver.rest()

    def results(self, sweep_id: str) -> SweepResults:
        """All that is known of a sweep now; raises `NotFound`."""
        directory = SweepDirectory.open(sweep_id)
        records = [job.record for job in self._supervisor.jobs()]
        return results_of(
            directory.read(),
            records,
            slots=self._supervisor.slots,
            is_stopped=directory.is_stopped,
            is_driven=directory.sweep_id in self._driven or directory.is_driven,
        )

    def is_driving(self, sweep_id: str) -> bool:
        """Whether this runner is at work on the sweep."""
        return sweep_id in self._driven

    def close(self) -> None:
        """Let go of all sweeps; their running trials count as taken back, not as lost."""
        self._closed.set()
        self._thread.join()
        with self._lock:
            for driver in self._driven.values():
                driver.rest()
            self._driven.clear()

    def _take(self, directory: SweepDirectory) -> "_Driver | None":
        """The driver of a sweep, None while another process drives it."""
        if directory.sweep_id not in self._driven:
            held = directory.lock()
            if held is None:
                return None
            self._driven[directory.sweep_id] = _Driver(directory, held, self._supervisor)
        return self._driven[directory.sweep_id]

    def _loop(self) -> None:
        pause = TICK
        while not self._closed.wait(pause):
            began = time.monotonic()
            for sweep_id in list(self._driven):
                with self._lock:
                    self._look_after(sweep_id)
            pause = max(TICK, PAUSES * (time.monotonic() - began))

    def _look_after(self, sweep_id: str) -> None:
        driver = self._driven.get(sweep_id)
        if driver is None:
            return
        try:
            ended = driver.directory.is_stopped or driver.advance()
        except Exception:  # one sweep's trouble must not end the others
            log.exception("the sweep %s rests, since it could not be looked after", sweep_id)
            ended = True
        if ended:
            self._driven.pop(sweep_id).rest()


class _Driver:
    """One sweep under way, in the process that holds its lock."""

    def __init__(self, directory: SweepDirectory, held: int, supervisor: Supervisor) -> None:
        self.directory, self._held, self._supervisor = directory, held, supervisor
        self._sweep = directory.read()
        self._judge = Judge()
        self._not_before = 0.0

    def advance(self) -> bool:
        """Do what is due; returns whether the sweep is finished."""
        records = [job.record for job in self._supervisor.jobs()]
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
        jobs = [job.record for job in self._supervisor.jobs()]
        spent = [r.job_id for r in jobs if self._is_mine(r) and not r.state.active]
        withdrawn = tuple(dict.fromkeys((*self._sweep.withdrawn, *spent)))
        self._save(self._sweep.model_copy(update={"ended": kept, "withdrawn": withdrawn}))

    def rest(self) -> None:
        """Take back the jobs that wait or run, and let the sweep go."""
        jobs = [job.record for job in self._supervisor.jobs()]
        active = [r.job_id for r in jobs if self._is_mine(r) and r.state.active]
        if active:
            withdrawn = (*self._sweep.withdrawn, *active)
            self._save(self._sweep.model_copy(update={"withdrawn": withdrawn}))
        for job_id in active:
            self._supervisor.cancel(job_id)
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
            wanted = min(wanted, ceil((self._supervisor.slots - unended) / plan.seeds))
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
                self._judge.learn(trial)
            elif found.state is TrialState.RUNNING and found.record and self._is_mine(found.record):
                feed = self._supervisor.feed(found.record.job_id)
                if ending := self._judge.verdict(trial, feed.history):
                    self._save(self._sweep.with_ending(trial.model_id, ending))
                    self._supervisor.cancel(found.record.job_id)
                    standing[trial.model_id] = Standing(TrialState.PRUNED, found.record, ending)

    def _submit(self, trials: Sequence[Trial], standing: dict[str, Standing]) -> None:
        """Keep as many trials in the queue as may run at once."""
        active = sum(found.record is not None and found.record.state.active
                     for found in standing.values() if not found.state.ended)  # fmt: skip
        for trial in trials:
            found = standing[trial.model_id]
            if active >= self._supervisor.slots or time.monotonic() < self._not_before:
                return
            queued = found.record is not None and found.record.state.active
            if found.state is TrialState.WAITING and not queued:
                active += self._submitted(trial)

    def _submitted(self, trial: Trial) -> bool:
        plan = self._sweep.plan
        try:
            self._supervisor.submit(
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


_only: SweepRunner | None = None
_creation = threading.Lock()


def runner() -> SweepRunner:
    """The runner of this process, on its supervisor, made at the first call."""
    global _only
    with _creation:
        if _only is None:
            _only = SweepRunner(supervisor())
        return _only
