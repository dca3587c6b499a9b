"""A worker that has imported everything and waits: Train begins seconds sooner."""

import math
import os
import subprocess
import time

import psutil

from vae_core.jobs.worker_process import WorkerProcess

WORKER_BYTES = 640 * 2**20
"""What a waiting worker takes, most of it libraries."""
FREE_TO_START = 2 * 2**30
"""A warm worker is started only while so much memory stays available beside it."""
FREE_TO_KEEP = 2**29
"""A waiting worker is given up when less than this is available."""
PATIENCE = 15 * 60.0
"""Seconds that a worker waits for a job; it is started again with the next sign of interest."""


class WarmWorker:
    """At most one waiting worker. Not safe for threads: its supervisor's loop owns it."""

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self._worker: WorkerProcess | None = None
        self._ready = False
        self._interest = -math.inf
        self._not_before = 0.0

    def show_interest(self) -> None:
        """Somebody may train soon."""
        self._interest = time.monotonic()

    def tend(self, *, later: bool = False) -> None:
        """Start, drop or look after the worker; call it a few times a second.

        `later` puts off a start, which would take the processor from a job that has just begun.
        """
        now = time.monotonic()
        if self._worker is not None:
            gone = self._worker.popen.poll() is not None
            if gone or now - self._interest > PATIENCE or _available() < FREE_TO_KEEP:
                self.close()
            return
        affordable = _available() >= WORKER_BYTES + FREE_TO_START
        interested = now - self._interest <= PATIENCE
        if self.wanted and interested and affordable and not later and now >= self._not_before:
            self._start()

    def take(self) -> WorkerProcess | None:
        """The waiting worker, or one that still imports; the caller owns it then."""
        self.show_interest()
        if self._worker is None or self._worker.popen.poll() is not None:
            return None
        worker, self._worker, self._ready = self._worker, None, False
        return worker

    @property
    def is_ready(self) -> bool:
        """Whether a worker waits with everything imported."""
        if self._worker is None or self._worker.popen.poll() is not None:
            return False
        out = self._worker.popen.stdout
        if not self._ready and out is not None:
            os.set_blocking(out.fileno(), False)
            try:
                self._ready = b"ready" in os.read(out.fileno(), 64)
            except BlockingIOError:
                return False
        return self._ready

    def close(self) -> None:
        """End the waiting worker."""
        if self._worker is not None:
            self._worker.close()
        self._worker, self._ready = None, False

    def _start(self) -> None:
        try:
            self._worker = WorkerProcess("--wait", out=subprocess.PIPE)
        except OSError:
            self._not_before = time.monotonic() + 60


def _available() -> int:
    return int(psutil.virtual_memory().available)
