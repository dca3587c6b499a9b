"""The records of all jobs that a supervisor knows, in memory and in their run directories."""

import os
import time
from bisect import insort
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any

from vae_core.errors import NotFound
from vae_core.jobs.estimate import RECOVERY_SECONDS
from vae_core.jobs.events import Feed
from vae_core.jobs.process import identity, is_alive
from vae_core.jobs.recovery import left_behind, measured
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import Process, Record, State
from vae_core.jobs.worker_process import Outcome

ASKED = 100
FEEDS = 256
"""Readers of ended jobs are dropped beyond so many; who asks again has the events read again."""


class RecordStore:
    """Records by job. Not safe for threads: its supervisor holds a lock.

    What the disk refuses stays in memory and is written by `retry` as soon as it can be.
    """

    def __init__(self, root: Path) -> None:
        """Take up what an earlier supervisor left, unless it still lives in another process."""
        self.root = root
        self.owner = identity(os.getpid())
        self._records: dict[str, Record] = {}
        self._names: list[str] = []
        self._done: list[str] = []
        self._asked = 0
        self._feeds: dict[str, Feed] = {}
        self._unsaved: set[str] = set()
        for run, record in all_runs(root):
            if not record.state.active:
                self._keep(record)
            elif not is_alive(record.owner):
                self.save(left_behind(run, record).model_copy(update={"owner": self.owner}))

    def create(self, record: Record) -> None:
        """Make the run directory of a new job; raises `OSError` where it can't be written."""
        RunDirectory.create(record, self.root)
        self._keep(record)

    def save(self, record: Record) -> None:
        """Keep a record and write it, now or when the disk takes it."""
        self._keep(record)
        try:
            self.run(record.job_id).write(record)
            self._unsaved.discard(record.job_id)
        except OSError:
            self._unsaved.add(record.job_id)

    def change(self, job_id: str, **values: Any) -> None:
        """Keep a record with some values changed."""
        self.save(self.record(job_id).model_copy(update=values))

    def finish(self, job_id: str, outcome: Outcome) -> None:
        """Keep how a job ended, and what later estimates learn from it."""
        ending = {"state": outcome.state, "verdict": outcome.verdict, "model_id": outcome.model_id}
        learned = measured(self.record(job_id), self.run(job_id))
        self.change(job_id, finished=time.time(), **ending, **learned)

    def queue_recovery(self, job_id: str) -> None:
        """Keep that a job which ended waits once more, for its best epoch to be published."""
        waits = {"state": State.QUEUED, "owner": self.owner, "expected": RECOVERY_SECONDS}
        self.change(job_id, task="recover", verdict=None, finished=None, **waits)

    def keep_process(self, job_id: str, process: Process | None) -> None:
        """Keep which process does a job, so that a later supervisor can end it."""
        if process is not None and process != self.record(job_id).worker:
            self.change(job_id, worker=process)

    def cancelled(self, waiting: Sequence[str]) -> list[str]:
        """Which of the waiting jobs another process has cancelled.

        Of many, only `ASKED` are looked at, the next ones with the next call.
        """
        self._asked = self._asked + ASKED if self._asked + ASKED < len(waiting) else 0
        asked = waiting[self._asked : self._asked + ASKED]
        return [job_id for job_id in asked if self.run(job_id).is_cancelled()]

    def retry(self) -> None:
        """Write what the disk refused before."""
        for job_id in tuple(self._unsaved):
            self.save(self._records[job_id])

    def record(self, job_id: str) -> Record:
        """The record of a job; raises `NotFound`."""
        if job_id not in self._records:
            raise NotFound(f"Expected a job that is not pruned. Received: job_id={job_id!r}")
        return self._records[job_id]

    def records(self) -> list[Record]:
        """All records, the oldest first."""
        return [self._records[name] for name in self._names]

    def done(self) -> Iterator[Record]:
        """The records of jobs that ended with a model, the newest first."""
        return (self._records[name] for name in reversed(self._done))

    def run(self, job_id: str) -> RunDirectory:
        """The run directory of a job; raises `NotFound` for one that is not known."""
        return RunDirectory(self.root / self.record(job_id).job_id)

    def feed(self, job_id: str) -> Feed:
        """The one reader of a job's events."""
        feed = self._feeds.pop(job_id, None) or self.run(job_id).feed()
        self._feeds[job_id] = feed
        for name in tuple(self._feeds)[:-FEEDS]:
            if not self._records[name].state.active:
                del self._feeds[name]
        return feed

    def left(self, job_id: str, elapsed: float) -> float:
        """Seconds that a job which runs since `elapsed` still needs: as its epochs tell, or as was
        expected."""
        record, remaining = self.record(job_id), None
        if record.task == "train":
            remaining = self.feed(job_id).seconds_left(record.spec)
        expected = inf if record.expected is None else record.expected
        return expected - elapsed if remaining is None else remaining

    def forget(self, job_id: str) -> None:
        """Drop a job whose directory is gone."""
        self._records.pop(job_id, None)
        self._feeds.pop(job_id, None)
        self._unsaved.discard(job_id)
        for names in (self._names, self._done):
            with suppress(ValueError):
                names.remove(job_id)

    def _keep(self, record: Record) -> None:
        """Have a record in its place by age, and among those that are done."""
        before = self._records.get(record.job_id)
        self._records[record.job_id] = record
        if before is None:
            insort(self._names, record.job_id)
        if record.state is State.DONE and (before is None or before.state is not State.DONE):
            insort(self._done, record.job_id)
