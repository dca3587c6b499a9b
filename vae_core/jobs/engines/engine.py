"""What a supervisor asks of an engine, whichever it is, and the one setting that chooses it."""

import os
import re
from importlib.util import find_spec
from typing import Protocol

from vae_core.errors import InvalidInput
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Process, Record
from vae_core.jobs.worker_process import Limits, Outcome

VARIABLE = "LATENT_ENGINE"
LOCAL = "local"
_DASK = re.compile(r"dask(\+tls)?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")


class Handle(Protocol):
    """A job that an engine runs. No method waits, so that a supervisor may call it in its loop."""

    @property
    def process(self) -> Process | None:
        """The worker process, as soon as the engine knows it."""

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""

    def cancel(self) -> None:
        """Ask for its end, which comes within two seconds."""

    def poll(self) -> Outcome | None:
        """How the job ended, or None while it goes on."""

    def close(self) -> None:
        """End it now, whatever becomes of it."""


class Engine(Protocol):
    """Runs jobs. One thread at a time calls it: its supervisor holds a lock."""

    @property
    def slots(self) -> int:
        """How many jobs may run at once now; it may change at any time, and be 0."""

    @property
    def is_warm(self) -> bool:
        """Whether the next job starts without importing anything first."""

    def start(self, run: RunDirectory, record: Record) -> Handle:
        """Begin the job of a run directory. Raises `OSError` where it can't begin."""

    def prepare(self) -> None:
        """Somebody may train soon."""

    def tend(self, *, later: bool) -> None:
        """Look after itself; called several times a second. `later` puts off what takes time."""

    def close(self) -> None:
        """Give back all that it holds, after its jobs have ended."""


def address_of(setting: str) -> str | None:
    """The scheduler that a value of `LATENT_ENGINE` names, None for this machine.

    Raises `InvalidInput` for anything else.
    """
    if setting in ("", LOCAL):
        return None
    found = _DASK.fullmatch(setting)
    if found is None or not 0 < int(found[3]) < 2**16:
        raise InvalidInput(
            f"Expected {VARIABLE} to be '{LOCAL}', or the scheduler of a Dask cluster as in "
            f"'dask://127.0.0.1:8786' or 'dask+tls://127.0.0.1:8786'. "
            f"Received: {VARIABLE}={setting!r}"
        )
    return f"{'tls' if found[1] else 'tcp'}://{found[2]}:{found[3]}"


def check_setting() -> str | None:
    """The scheduler that `LATENT_ENGINE` names, None for this machine.

    Raises `InvalidInput` when it names no engine, or Dask where Dask is not installed.
    """
    setting = os.environ.get(VARIABLE, "")
    address = address_of(setting)
    if address is not None and find_spec("distributed") is None:
        raise InvalidInput(
            f"Expected the package `distributed` for {VARIABLE}={setting!r}. Received: a Python "
            "without it. Install it with `pip install -r requirements-dask.txt`."
        )
    return address


def chosen(*, slots: int | None = None, limits: Limits | None = None, warm: bool = True) -> Engine:
    """The engine that `LATENT_ENGINE` names; `slots` and `warm` are for this machine only.

    Raises what `check_setting` raises.
    """
    if (address := check_setting()) is None:
        from vae_core.jobs.engines.local import LocalEngine

        return LocalEngine(slots=slots, limits=limits, warm=warm)
    from vae_core.jobs.engines.dask_engine import DaskEngine

    return DaskEngine(address, limits=limits)
