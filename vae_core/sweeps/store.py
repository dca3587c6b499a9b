"""What is remembered of a sweep: `LATENT_HOME/sweeps/<sweep_id>/sweep.json`.

A trial is known by its specification, so what became of it is read off the stored models and the
jobs' records. The file holds only what they can't tell: what was proposed, and which trials ended
without a model. One process at a time drives a sweep: the kernel's lock on `lock` tells, and goes
with the process. Anybody may touch `stop`.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from vae_core import paths
from vae_core.errors import NotFound
from vae_core.frozen import Tolerant
from vae_core.jobs.run_directory import write_whole
from vae_core.sweeps.plan import SweepPlan

RECORD = "sweep.json"
STOP = "stop"
LOCK = "lock"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,199}")
"""What a sweep can be called; anything else is no name and, above all, no path."""


class Setting(Tolerant):
    """One proposed combination: the swept fields' `values`, and its number from 0."""

    number: int
    values: dict[str, Any]


class Ending(Tolerant):
    """How a trial ended that left no model. `elbo` is the last one known of a pruned trial, on
    the validation split at beta 1 in nats per example, after `epoch`."""

    state: Literal["pruned", "failed", "cancelled", "lost"]
    message: str
    epoch: int = 0
    elbo: float | None = None


class Sweep(Tolerant):
    """A sweep as its file holds it. Times are seconds since 1970.

    `ended` is by the name of the model that a trial would have become; `withdrawn` are jobs that
    the sweep itself took back or that no longer count, so that their trials are open again.
    """

    plan: SweepPlan
    created: float = Field(default_factory=time.time)
    settings: tuple[Setting, ...] = ()
    ended: dict[str, Ending] = Field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()

    @property
    def sweep_id(self) -> str:
        return self.plan.sweep_id

    def with_setting(self, values: dict[str, Any]) -> "Sweep":
        """With one more setting proposed."""
        setting = Setting(number=len(self.settings), values=values)
        return self.model_copy(update={"settings": (*self.settings, setting)})

    def with_ending(self, model_id: str, ending: Ending) -> "Sweep":
        """With a trial that left no model."""
        return self.model_copy(update={"ended": {**self.ended, model_id: ending}})


def sweeps_root() -> Path:
    """Where sweeps lie."""
    return (paths.home() / "sweeps").absolute()


@dataclass(frozen=True)
class SweepDirectory:
    """The directory of one sweep."""

    path: Path

    @classmethod
    def of(cls, plan: SweepPlan) -> "SweepDirectory":
        """The directory of this plan's sweep, made if it is new. Raises `OSError`."""
        directory = cls(sweeps_root() / plan.sweep_id)
        directory.path.mkdir(parents=True, exist_ok=True)
        if not (directory.path / RECORD).exists():
            directory.write(Sweep(plan=plan))
        return directory

    @classmethod
    def open(cls, sweep_id: str) -> "SweepDirectory":
        """The directory of that sweep, or of the only one whose name begins so; `NotFound`."""
        if NAME.fullmatch(sweep_id) and (sweeps_root() / sweep_id / RECORD).is_file():
            return cls(sweeps_root() / sweep_id)
        known = [directory.path.name for directory in all_sweeps()]
        found = [name for name in known if sweep_id and name.startswith(sweep_id)]
        if len(found) != 1:
            raise NotFound(
                f"Expected the name of a sweep ({', '.join(known) or 'none yet'}). "
                f"Received: {sweep_id!r}"
            )
        return cls(sweeps_root() / found[0])

    @property
    def sweep_id(self) -> str:
        return self.path.name

    def read(self) -> Sweep:
        """What `sweep.json` says; raises `NotFound` when it is missing or damaged."""
        try:
            return Sweep.model_validate_json((self.path / RECORD).read_bytes())
        except (OSError, ValidationError) as error:
            raise NotFound(f"{self.path / RECORD}: not a readable sweep ({error!r})") from error

    def write(self, sweep: Sweep) -> None:
        """Replace `sweep.json`."""
        write_whole(self.path / RECORD, sweep.model_dump_json(indent=1).encode())

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked it to rest."""
        return (self.path / STOP).exists()

    def ask_to_stop(self) -> None:
        """Leave the wish to rest where whoever drives the sweep looks for it."""
        (self.path / STOP).touch()

    def forget_stop(self) -> None:
        """Let the sweep go on."""
        (self.path / STOP).unlink(missing_ok=True)

    @property
    def is_driven(self) -> bool:
        """Whether some process drives it now."""
        held = self.lock(tries=1)
        if held is not None:
            os.close(held)
        return held is None

    def lock(self, *, tries: int = 5) -> int | None:
        """Take the right to drive it: a descriptor to close afterwards, None if another has it.

        Who only looks whether it is driven holds the lock for an instant, so one try proves little.
        """
        import fcntl

        held = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        for left in reversed(range(tries)):
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return held
            except OSError:
                time.sleep(0.02 if left else 0)
        os.close(held)
        return None


def all_sweeps() -> list[SweepDirectory]:
    """Every sweep that can be read, the oldest first."""
    return [directory for directory, _ in sorted(_read_all(), key=lambda pair: pair[1].created)]


def _read_all() -> Iterator[tuple[SweepDirectory, Sweep]]:
    for path in sweeps_root().glob(f"*/{RECORD}"):
        with suppress(NotFound):
            directory = SweepDirectory(path.parent)
            yield directory, directory.read()
