"""One worker process: started, watched, killed, and its end put into a verdict.

It knows nothing of queues, so it can be watched from a thread here or from a task elsewhere.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from vae_core import paths, systems
from vae_core.jobs import xla_cache
from vae_core.jobs.process import identity
from vae_core.jobs.run_directory import LOG, RunDirectory
from vae_core.jobs.state import EXIT_CODES, Process, Reason, State, Verdict

GRACE = 1.0
"""Seconds between SIGTERM and SIGKILL: a worker in the middle of an epoch hears no SIGTERM."""
LOOK_EVERY = 0.25
"""Seconds between two looks at the memory of a worker."""


@dataclass(frozen=True)
class Limits:
    """What one worker may use: wall-clock seconds, and bytes of resident memory."""

    seconds: float = 4 * 3600.0
    memory: int = 4 * 2**30

    @classmethod
    def default(cls, slots: int) -> "Limits":
        """Four hours, and an equal share of three quarters of the machine's memory."""
        share = psutil.virtual_memory().total * 3 // 4 // slots
        return cls(memory=max(int(share), 3 * 2**29))


@dataclass(frozen=True)
class Outcome:
    """How a job ended."""

    state: State
    verdict: Verdict | None = None
    model_id: str | None = None


class WorkerProcess:
    """A worker process in a session of its own, held by its standard input.

    While this object lives, the process lives; when the process that holds it goes away, however
    that happens, the pipe closes and the worker ends.
    """

    def __init__(
        self,
        *arguments: str,
        log: Path | None = None,
        out: int | None = None,
        home: Path | None = None,
    ) -> None:
        """Start `python -m vae_core.worker`; `home` is its `LATENT_HOME`, unless it is ours."""
        systems.require_supported()
        own = {} if home is None else {"LATENT_HOME": str(home)}
        with log.open("ab") if log else open(os.devnull, "ab") as errors:  # noqa: PTH123
            self.popen: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "vae_core.worker", *arguments],
                env={**os.environ, **xla_cache.environment(), "PYTHONPATH": _search_path(), **own},
                stdin=subprocess.PIPE,
                stdout=errors if out is None else out,
                stderr=errors,
                start_new_session=True,
            )

    @property
    def process(self) -> Process:
        """Number and birth of the process; the birth is 0 if it is gone already."""
        return identity(self.popen.pid) or Process(pid=self.popen.pid, created=0.0)

    def signal(self, number: int) -> None:
        """Send a signal to the worker and everything that it started."""
        if self.popen.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.popen.pid, number)

    def memory(self) -> int:
        """Resident bytes of the worker, 0 when it is gone."""
        try:
            return int(psutil.Process(self.popen.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def close(self) -> None:
        """Kill the worker if it still runs, and wait for it."""
        self.signal(signal.SIGKILL)
        self.popen.wait()
        for stream in (self.popen.stdin, self.popen.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()


class RunningJob:
    """A worker that does the job of one run directory."""

    def __init__(
        self,
        run: RunDirectory,
        limits: Limits,
        worker: WorkerProcess | None = None,
        home: Path | None = None,
    ) -> None:
        """Start the job in a fresh process, or in `worker`, which must wait for it."""
        self.run, self.limits = run, limits
        self.worker = worker or WorkerProcess(str(run.path), log=run.path / LOG, home=home)
        if worker is not None:
            _say_go(worker, run)
        self.process = self.worker.process
        self.started = time.monotonic()
        self._looked = 0.0
        self._asked_at: float | None = None
        self._verdict: Verdict | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def close(self) -> None:
        """Kill the worker, and wait for it."""
        self.worker.close()

    def cancel(self) -> None:
        """Ask the worker to end; `poll` kills it if it does not within `GRACE` seconds."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self.worker.signal(signal.SIGTERM)

    def poll(self) -> Outcome | None:
        """How the job ended, or None while it goes on; call it several times a second."""
        code = self.worker.popen.poll()
        if code is not None:
            self.worker.close()
            return self._outcome(code)
        if self._asked_at is not None:
            if time.monotonic() - self._asked_at > GRACE:
                self.worker.signal(signal.SIGKILL)
        elif verdict := self._exceeded():
            self._verdict = verdict
            self.worker.signal(signal.SIGKILL)
        elif self.run.is_cancelled():
            self.cancel()
        return None

    def _exceeded(self) -> Verdict | None:
        if self.elapsed > self.limits.seconds:
            allowed = f"({self.limits.seconds:,.0f} s are allowed.)"
            return Verdict.of(Reason.TIME, f"{Verdict.of(Reason.TIME).message} {allowed}")
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return None
        self._looked = now
        used = self.worker.memory()
        if used > self.limits.memory:
            allowed = f"(It took {used / 2**20:,.0f} MB of {self.limits.memory / 2**20:,.0f} MB.)"
            return Verdict.of(Reason.MEMORY, f"{Verdict.of(Reason.MEMORY).message} {allowed}")
        return None

    def _outcome(self, code: int) -> Outcome:
        model_id = self.run.feed().poll().model_id
        if code == 0 and model_id:
            return Outcome(State.DONE, model_id=model_id)
        if self._asked_at is not None or self.run.is_cancelled():
            return Outcome(State.CANCELLED)
        return Outcome(State.FAILED, self._verdict or self.run.verdict() or _verdict_of(code))


def _verdict_of(code: int) -> Verdict:
    """What can be said of a worker that left no word."""
    reasons = {exit_code: reason for reason, exit_code in EXIT_CODES.items()}
    if code in reasons:
        return Verdict.of(reasons[code])
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return Verdict.of(Reason.KILLED, f"{Verdict.of(Reason.KILLED).message} ({name}.)")
    return Verdict.of(Reason.CRASHED, f"{Verdict.of(Reason.CRASHED).message} (Exit code {code}.)")


def _say_go(worker: WorkerProcess, run: RunDirectory) -> None:
    """Hand the job to a waiting worker. One that is gone shows it at the next `poll`."""
    assert worker.popen.stdin is not None
    with suppress(OSError):
        worker.popen.stdin.write(b"go " + os.fsencode(run.path) + b"\n")
        worker.popen.stdin.flush()


def _search_path() -> str:
    """Our own source first, so that a worker finds `vae_core` wherever the app was started."""
    return os.pathsep.join(filter(None, (str(paths.source()), os.environ.get("PYTHONPATH"))))
