"""A job on a cluster, as the supervisor's thread and the link's thread both see it."""

import threading
import time
from collections.abc import Callable

from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Process, Record, State
from vae_core.jobs.worker_process import Outcome

CANCELLED_AFTER = 1.9
"""Seconds after which a job counts as cancelled, whether its worker has answered or not."""


class DaskJob:
    """A job that is, or will be, on a worker. Its `Follower` fills it in from another thread."""

    def __init__(self, run: RunDirectory, record: Record) -> None:
        self.run, self.record = run, record
        self.process: Process | None = None
        self.outcome: Outcome | None = None
        self.wake: Callable[[], None] = lambda: None
        self._started = time.monotonic()
        self._asked_at: float | None = None
        self.closed = threading.Event()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked for its end."""
        return self._asked_at is not None

    def cancel(self) -> None:
        """Ask its worker to end."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self.wake()

    def poll(self) -> Outcome | None:
        """How it ended; a worker that can't be reached does not keep a cancelled job alive."""
        if self._asked_at is None and self.run.is_cancelled():
            self.cancel()
        late = self._asked_at is not None and time.monotonic() - self._asked_at > CANCELLED_AFTER
        if self.outcome is None and late:
            self.close()
            return Outcome(State.CANCELLED)
        return self.outcome

    def close(self) -> None:
        """Give it up; its task ends when it hears of it, or hears nothing more."""
        self.closed.set()
        self.wake()
