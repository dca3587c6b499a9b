"""What is known of a job: frozen records, and each way to end in plain words."""

import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from vae_core import disk
from vae_core.datasets.catalogue import description_of
from vae_core.datasets.description import Description
from vae_core.errors import NotFound
from vae_core.frozen import Tolerant
from vae_core.spec.training_spec import TrainingSpec

JOB_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{12}")
"""What a job can be called; anything else is no name and, above all, no path."""


class State(StrEnum):
    """Where a job stands. `LOST`: its worker or its supervisor went away without a word."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def active(self) -> bool:
        """Whether the job still waits or runs."""
        return self in (State.QUEUED, State.RUNNING)


class Reason(StrEnum):
    """Why a job failed."""

    DIVERGED = "diverged"
    MEMORY = "memory"
    TIME = "time"
    DISK = "disk"
    KILLED = "killed"
    SETTINGS = "settings"
    DATA = "data"
    EXPORT = "export"
    CRASHED = "crashed"
    FOLDER = "folder"
    CLUSTER = "cluster"


SENTENCES: Mapping[Reason, str] = {
    Reason.DIVERGED: "The loss became infinite or no number. Lower the learning rate.",
    Reason.MEMORY: "The training needed more memory than it may use. Train a smaller network or "
    "on a subset.",
    Reason.TIME: "The training took longer than it may. Train fewer epochs or a smaller network; "
    "its best epoch so far can be kept.",
    Reason.DISK: "The disk is full. Free some space, then train again; its best epoch so far "
    "can be kept.",
    Reason.KILLED: "Something outside this program killed the worker, as an operating system "
    "short of memory does. Train again, or keep its best epoch so far.",
    Reason.SETTINGS: "These settings do not fit the data or the model to start from.",
    Reason.DATA: "The training examples are not on this machine.",
    Reason.EXPORT: "The trained model could not be exported. Please report its settings.",
    Reason.CRASHED: "The worker stopped by an error of this program. Please report worker.log.",
    Reason.FOLDER: "The folder of runs and models can't be written. Let LATENT_HOME name one that "
    "can be, and train again.",
    Reason.CLUSTER: "The cluster's worker that trained it is gone. Train again, or keep its best "
    "epoch so far.",
}


EXIT_CODES: Mapping[Reason, int] = {reason: 10 + n for n, reason in enumerate(Reason)}
"""How a worker says why it failed when it can't write any more."""


class Verdict(Tolerant):
    """Why a job failed, and the sentence that a person reads."""

    reason: Reason
    message: str

    @classmethod
    def of(cls, reason: Reason, message: str = "") -> "Verdict":
        """The verdict with `message`, or with the reason's own sentence."""
        return cls(reason=reason, message=message or SENTENCES[reason])


def verdict_of(error: OSError, folder: Path) -> Verdict:
    """What an error of the operating system means for a job that writes in `folder`."""
    if error.errno in disk.FULL:
        return Verdict.of(Reason.DISK)
    place = Path(os.fsdecode(error.filename or folder))
    if error.errno in disk.CLOSED and place.is_relative_to(folder):
        return Verdict.of(Reason.FOLDER, disk.refusal(error, folder))
    crashed = Verdict.of(Reason.CRASHED).message
    return Verdict.of(Reason.CRASHED, f"{crashed} ({type(error).__name__}: {error})")


class Process(Tolerant):
    """A process that no later one can be taken for: its number and when it began (s since 1970).

    `host` is the machine, empty for this one.
    """

    pid: int
    created: float
    host: str = ""


class Record(Tolerant):
    """A job as `run.json` holds it. Times are seconds since 1970.

    `description` is of the data, so that the run can be shown where they are unknown later; runs
    of earlier versions have none. `task` is 'train', or 'recover' to publish the best epoch of a
    run that ended without a model.
    `expected` is the estimated duration in seconds, `command` a line for a shell that trains the
    same model, where there is one. `spec` is the specification as submitted; the published model's
    own says what was changed on the way. `epoch_seconds` is the median of the epochs after the
    first, known at the end. `sweep` names the sweep that the job is a trial of, '' for none.
    """

    job_id: str
    visitor: str
    spec: TrainingSpec
    description: Description | None = None
    task: str = "train"
    download: bool = False
    command: str = ""
    expected: float | None = None
    state: State = State.QUEUED
    submitted: float = Field(default_factory=time.time)
    started: float | None = None
    finished: float | None = None
    owner: Process | None = None
    worker: Process | None = None
    verdict: Verdict | None = None
    model_id: str | None = None
    epoch_seconds: float | None = None
    sweep: str = ""

    @property
    def data(self) -> Description | None:
        """What it learns from, by its own word or the catalogue's; None where neither says."""
        return self.description or description_of(self.spec.dataset)


@dataclass(frozen=True)
class Job:
    """A record with its place in the queue.

    `position` counts the waiting jobs from 1 and is 0 for others. `forecast` is what `wait` asks,
    since all who wait have to be gone through for it.
    """

    record: Record
    position: int = 0
    forecast: Callable[[], float | None] = field(default=lambda: 0.0, repr=False, compare=False)

    @property
    def wait(self) -> float | None:
        """Seconds until it is expected to start, 0 once it runs, None when nobody can tell."""
        return self.forecast()

    @property
    def job_id(self) -> str:
        return self.record.job_id

    @property
    def state(self) -> State:
        return self.record.state


def new_job_id() -> str:
    """A name that sorts by time and that nobody guesses."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    begun = time.strftime("%Y%m%d-%H%M%S", time.gmtime(seconds))
    return f"{begun}-{nanoseconds // 1000:05x}{secrets.token_hex(4)[:7]}"


def checked_job_id(job_id: str) -> str:
    """`job_id` if it is the name of a job; raises `NotFound`."""
    if not JOB_ID.fullmatch(job_id):
        raise NotFound(f"Expected the name of a job. Received: job_id={job_id!r}")
    return job_id
