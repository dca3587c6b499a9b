"""What runs on a worker of a Dask cluster: a thin task for each job, and how an app leads it.

Dask can't stop a running task, so the task only holds the worker process of its job, as a
supervisor does on its own machine. The app calls it with `lead` through the scheduler; when no
call comes for `LEASE` seconds, the app is gone, and the job ends with it.
"""

import asyncio
import logging
import os
import platform
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_core import paths
from vae_core.artifacts import registry
from vae_core.errors import NotFound
from vae_core.jobs.engines.transfer import PIECE, Known, News, dialect, model_files, news
from vae_core.jobs.run_directory import CONTROL, RunDirectory, write_whole
from vae_core.jobs.state import Process
from vae_core.jobs.worker_process import GRACE, Limits, Outcome, RunningJob

LEASE = 10.0
"""Seconds without a call after which a job ends."""
TICK = 0.05
SHARED_WITH_CACHE = ("cache", "data")
"""What jobs with a home of their own have in common: downloads and inflated pictures."""

_tasks: dict[str, "Task"] = {}


@dataclass(frozen=True)
class Order:
    """What a task is told as it begins.

    `name` is the attempt's, `token` a file in the app's home: who finds it shares that home.
    Without `limits` the worker's own memory decides.
    """

    name: str
    job_id: str
    topic: str
    token: str
    limits: Limits | None = None


@dataclass(frozen=True)
class Look:
    """How a job stands; its news where no folder is shared."""

    process: Process | None
    outcome: Outcome | None
    news: News | None


class _Looks(logging.Filter):
    """Leaves out of a worker's log that an app has looked at a job, some times a second."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "out-of-band" not in str(record.msg) or lead.__name__ not in record.getMessage()


_LOOKS = _Looks()


def work(order: Order) -> None:
    """Hold the worker process of one job until the app has got everything, or is gone."""
    from distributed import get_worker

    worker = get_worker()
    logging.getLogger("distributed.worker").addFilter(_LOOKS)
    task = Task(order, Path(worker.local_directory), order.limits or _limits(worker))
    _tasks[order.name] = task
    about = {"name": order.name, "shared": task.shared, "dialect": dialect()}
    worker.log_event(order.topic, {**about, "worker": worker.address})
    try:
        task.hold()
    finally:
        _tasks.pop(order.name, None)
        task.clear()


async def lead(name: str, what: str, *arguments: Any) -> Any:
    """Call a method of a task on this worker; raises `NotFound` when it is not here any more."""
    task = _tasks.get(name)
    if task is None:
        raise NotFound(f"Expected a task that runs on this worker. Received: {name!r}")
    return await asyncio.to_thread(task.called, what, *arguments)


class Task:
    """A job on this worker. `called` comes from other threads than `hold`."""

    def __init__(self, order: Order, scratch: Path, limits: Limits) -> None:
        self.shared = (paths.home() / order.token).is_file()
        self._limits = limits
        self._home = paths.home() if self.shared else scratch / order.name
        self.run = RunDirectory(self._home / "runs" / order.job_id)
        self._job: RunningJob | None = None
        self._outcome: Outcome | None = None
        self._heard = time.monotonic()
        self._released = False
        self._lock = threading.RLock()

    def called(self, what: str, *arguments: Any) -> Any:
        """One of `deliver`, `begin`, `look`, `model`, `piece` and `release`."""
        with self._lock:
            self._heard = time.monotonic()
            return getattr(self, what)(*arguments)

    def hold(self) -> None:
        """Return when the task is released or its app is gone; nothing runs on then."""
        while not self._released:
            time.sleep(TICK)
            with self._lock:
                if self._job is not None and self._outcome is None:
                    self._outcome = self._job.poll()
                if time.monotonic() - self._heard > LEASE:
                    return

    def deliver(self, place: str, offset: int, content: bytes) -> None:
        """Write a part of what the job needs into its own home."""
        path = self._home / place
        if self.shared or not path.resolve().is_relative_to(self._home.resolve()):
            raise NotFound(f"Expected a place in the job's own home. Received: {place!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if offset else "wb") as stream:
            stream.write(content)

    def begin(self) -> None:
        """Start the worker process."""
        if self._job is not None:
            return
        if not self.shared:
            for name in SHARED_WITH_CACHE:
                (paths.home() / name).mkdir(parents=True, exist_ok=True)
                (self._home / name).symlink_to(paths.home() / name)
        self._job = RunningJob(self.run, self._limits, home=None if self.shared else self._home)

    def look(self, control: bytes, cancel: bool, known: Known) -> Look:
        """Hand over the commands so far and the wish to end, and hear how the job stands."""
        if self._job is None:
            return Look(None, None, None)
        if cancel:
            self._job.cancel()
        told = None
        if not self.shared:
            if control:
                write_whole(self.run.path / CONTROL, control)
            outcome = self._outcome
            told = news(self.run.path, known)
        else:
            outcome = self._outcome
        process = self._job.process.model_copy(update={"host": platform.node()})
        return Look(process, outcome, told)

    def model(self, model_id: str) -> dict[str, int]:
        """The files of the published model with their sizes."""
        return model_files(self._home / "models", model_id)

    def piece(self, model_id: str, name: str, offset: int) -> bytes:
        """A part of one of those files."""
        with (self._home / "models" / model_id / name).open("rb") as stream:
            stream.seek(offset)
            return stream.read(PIECE)

    def release(self) -> None:
        """The app has all that it wants: end at once."""
        self._released = True

    def clear(self) -> None:
        """Leave nothing behind: no process, no staging, no home."""
        if self._job is not None:
            self._job.cancel()
            ends = time.monotonic() + GRACE
            while self._job.poll() is None and time.monotonic() < ends:
                time.sleep(TICK)
            self._job.close()
        if self.shared:
            registry.sweep(registry.user_root())
        else:
            shutil.rmtree(self._home, ignore_errors=True)


def _limits(worker: Any) -> Limits:
    """The default limits, with the memory that Dask grants this worker."""
    granted = worker.memory_manager.memory_limit
    default = Limits.default(os.cpu_count() or 1)
    return Limits(memory=max(int(granted or 0), default.memory))
