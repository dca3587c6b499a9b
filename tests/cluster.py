"""A Dask cluster of real processes on this machine, as the README starts one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from vae_core import paths

LOCAL = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
WORKER = ("--nthreads", "1", "--no-nanny", "--resources", "train=1")


@dataclass
class Cluster:
    """A scheduler and its workers, each of which has `home` as its `LATENT_HOME`."""

    home: Path
    port: int
    scheduler: psutil.Popen
    workers: list[psutil.Popen] = field(default_factory=list)

    @property
    def setting(self) -> str:
        """The value of `LATENT_ENGINE`."""
        return f"dask://127.0.0.1:{self.port}"

    def add_worker(self, home: Path | None = None) -> psutil.Popen:
        """One more worker."""
        address = f"tcp://127.0.0.1:{self.port}"
        worker = start("worker", address, *WORKER, home=home or self.home)
        self.workers.append(worker)
        return worker

    def restart_scheduler(self) -> None:
        """Another scheduler in the place of the one that is gone."""
        self.scheduler = start("scheduler", "--port", str(self.port), home=self.home)

    def worker_of(self, pid: int) -> psutil.Popen:
        """The worker whose child a process is."""
        parent = psutil.Process(pid).ppid()
        return next(worker for worker in self.workers if worker.pid == parent)

    def close(self) -> None:
        """Kill all of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def start(what: str, *arguments: str, home: Path) -> psutil.Popen:
    """A process of `dask`, which finds this clone's `vae_core`."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / f"{what}.log").open("ab") as log:
        return psutil.Popen(
            [sys.executable, "-m", "dask", what, *arguments, *LOCAL],
            cwd=paths.source(),
            env={**os.environ, "LATENT_HOME": str(home), "LATENT_ENGINE": "local"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def cluster(home: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster that has begun to listen; its workers may still be on their way."""
    scheduler = start("scheduler", "--port", "0", home=home)
    running = Cluster(home, port_of(scheduler, home), scheduler)
    try:
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        running.close()


def port_of(scheduler: psutil.Popen, home: Path) -> int:
    """The port on which a scheduler has begun to listen, as it writes."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends and scheduler.poll() is None:
        for line in (home / "scheduler.log").read_text(encoding="utf-8").splitlines():
            if "Scheduler at:" in line:
                return int(line.rpartition(":")[2])
        time.sleep(0.05)
    raise OSError(f"no scheduler began to listen: {home / 'scheduler.log'}")
