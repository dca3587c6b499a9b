"""The records of all jobs that a supervisor knows, in memory and in their run directories."""

import os
from math import inf
from pathlib import Path

from vae_core.errors import NotFound
from vae_core.jobs.events import Feed
from vae_core.jobs.process import identity, is_alive
from vae_core.jobs.recovery import left_behind
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import Record


class RecordStore:
    """Records by job. Not safe for threads: its supervisor holds a lock.

    What the disk refuses stays in memory and is written by `retry` as soon as it can be.
    """

    def __init__(self, root: Path) -> None:
        """Take up what an earlier supervisor left, unless it still lives in another process."""
        self.root = root
        self.owner = identity(os.getpid())
        self._records: dict[str, Record] = {}
        self._feeds: dict[str, Feed] = {}
        self._unsaved: set[str] = set()
        for run, record in all_runs(root):
            if not record.state.active:
                self._records[record.job_id] = record
            elif not is_alive(record.owner):
                self.save(left_behind(run, record).model_copy(update={"owner": self.owner}))

    def create(self, record: Record) -> None:
        """Make the run directory of a new job; raises `OSError` where it can't be written."""
        RunDirectory.create(record, self.root)
        self._records[record.job_id] = record

    def save(self, record: Record) -> None:
        """Keep a record and write it, now or when the disk takes it."""
        self._records[record.job_id] = record
        try:
            self.run(record.job_id).write(record)
            self._unsaved.discard(record.job_id)
        except OSError:
            self._unsaved.add(record.job_id)

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
        return sorted(self._records.values(), key=lambda record: record.job_id)

    def run(self, job_id: str) -> RunDirectory:
        """The run directory of a job; raises `NotFound` for one that is not known."""
        return RunDirectory(self.root / self.record(job_id).job_id)

    def feed(self, job_id: str) -> Feed:
        """The one reader of a job's events."""
        run = self.run(job_id)
        return self._feeds.setdefault(job_id, run.feed())

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
