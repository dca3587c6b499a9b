"""Which old run directories go: a pure rule, and what carries it out.

A run is kept for 30 days after its end, and the newest ones as long as all together take at most
2 GB. A job that waits or runs is never pruned, nor is the run whose film another one starts from.
Stored models are no part of this.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from vae_core.jobs import xla_cache
from vae_core.jobs.lineage import runs_of
from vae_core.jobs.run_directory import all_runs
from vae_core.jobs.state import Record

KEEP_SECONDS = 30 * 24 * 3600.0
KEEP_BYTES = 2 * 2**30
EVERY_SECONDS = 3600.0


@dataclass(frozen=True)
class Old:
    """A run that could go: when it ended (s since 1970) and what it takes."""

    job_id: str
    ended: float
    bytes: int


def to_prune(
    runs: Sequence[Old], *, now: float, keep: Collection[str] = (), budget: int = KEEP_BYTES
) -> list[str]:
    """The runs to delete, oldest first; those in `keep` stay and take part of the `budget`."""
    budget -= sum(run.bytes for run in runs if run.job_id in keep)
    gone, full = [], False
    for run in sorted(runs, key=lambda run: run.ended, reverse=True):
        if run.job_id in keep:
            continue
        full = full or run.bytes > budget
        if full or now - run.ended > KEEP_SECONDS:
            gone.append(run.job_id)
        else:
            budget -= run.bytes
    return gone[::-1]


def prune(root: Path | None = None, *, now: float | None = None) -> list[str]:
    """Delete what `to_prune` says; returns the names of the jobs that are gone.

    `now` (s since 1970) is by the system's clock unless given.
    """
    runs = all_runs(root)
    old = [
        Old(record.job_id, record.finished or record.submitted, run.size()) for run, record in runs
    ]
    active = [record for _, record in runs if record.state.active]
    keep = {record.job_id for record in active} | _starts_of(active)
    gone = to_prune(old, now=time.time() if now is None else now, keep=keep)
    for run, record in runs:
        if record.job_id in gone:
            run.delete()
    return gone


class Pruner:
    """Prunes once an hour, by the time of day when it was made and what has passed since.

    A clock that is set wrong for a minute must not cost anybody a run.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ahead = time.time() - time.monotonic()
        self._next = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time again."""
        return time.monotonic() > self._next

    def prune(self) -> list[str]:
        """Delete what is too old; returns the names of the jobs that are gone."""
        self._next = time.monotonic() + EVERY_SECONDS
        xla_cache.sweep()
        return prune(self._root, now=self._ahead + time.monotonic())


def _starts_of(active: Sequence[Record]) -> set[str]:
    """Runs whose films active jobs start from."""
    starts = {record.spec.start_from for record in active}
    states = [start.partition("@") for start in starts if start and "@" in start]
    return {run.job_id for name, _, epoch in states for run in runs_of(name, int(epoch))}
