"""Jobs as child processes on this machine, with one of them warm."""

import os

from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record
from vae_core.jobs.warm_worker import WarmWorker
from vae_core.jobs.worker_process import Limits, RunningJob


class LocalEngine:
    """At most `slots` worker processes at once (default: the processors but one).

    `warm` keeps a worker ready while the machine has memory for it, see `WarmWorker`.
    """

    def __init__(
        self, *, slots: int | None = None, limits: Limits | None = None, warm: bool = True
    ) -> None:
        self.slots = slots or max(1, (os.cpu_count() or 2) - 1)
        self._limits = limits or Limits.default(self.slots)
        self._warm_worker = WarmWorker(wanted=warm)

    @property
    def is_warm(self) -> bool:
        """Whether a waiting worker is ready."""
        return self._warm_worker.is_ready

    def start(self, run: RunDirectory, record: Record) -> RunningJob:  # noqa: ARG002
        """A process of its own for the job: the warm worker, or a fresh one."""
        return RunningJob(run, self._limits, self._warm_worker.take())

    def prepare(self) -> None:
        """Have a warm worker soon."""
        self._warm_worker.show_interest()

    def tend(self, *, later: bool) -> None:
        """Start, drop or look after the warm worker."""
        self._warm_worker.tend(later=later)

    def close(self) -> None:
        """End the warm worker."""
        self._warm_worker.close()
