"""Train from Python: the stored model of these settings, or a training with a progress bar."""

import os
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vae_core import systems
from vae_core.api.model import Model, open_model
from vae_core.api.progress import training_progress
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import Epoch
from vae_core.datasets import default_spec
from vae_core.datasets.catalogue import description_of
from vae_core.errors import (
    DataUnavailable,
    ExportFailed,
    LatentError,
    SpecInvalid,
    TrainingDiverged,
)
from vae_core.jobs.process import identity
from vae_core.jobs.run_directory import LOG, RunDirectory
from vae_core.jobs.state import Reason, Record, State, Verdict, new_job_id
from vae_core.jobs.worker_process import Limits, Outcome, RunningJob
from vae_core.spec.training_spec import TrainingSpec

VISITOR = "python"
UNLIMITED = Limits(seconds=float("inf"), memory=sys.maxsize)
LOOK_EVERY = 0.05
ERRORS: Mapping[Reason, type[LatentError]] = {
    Reason.DIVERGED: TrainingDiverged,
    Reason.EXPORT: ExportFailed,
    Reason.DATA: DataUnavailable,
    Reason.SETTINGS: SpecInvalid,
}


def train(
    dataset: str,
    *,
    in_process: bool = False,
    download: bool = False,
    progress: bool = True,
    **settings: Any,
) -> Model:
    """The model of a dataset under these settings: the stored one, or one trained now.

    `settings` are fields of `TrainingSpec`; those not given are as the dataset likes. It trains in
    a child process, so that this one stays free of TensorFlow, and leaves a run that the app
    shows; `in_process` does without both. Raises `NotFound`, `SpecInvalid`, `DataUnavailable`,
    `TrainingDiverged`, `ExportFailed`, and `LatentError` for any other end of the child.
    """
    spec = default_spec(dataset, **settings)
    if registry.status(spec) is not None:
        return open_model(spec.model_id)
    command = _command(dataset, settings)
    if in_process:
        return Model(train_here(spec, download=download, command=command, progress=progress))
    with training_progress(spec.epochs, shown=progress) as on_epoch:
        return open_model(_train_in_child(spec, download, command, on_epoch))


def train_here(
    spec: TrainingSpec,
    *,
    root: Path | None = None,
    download: bool = False,
    command: str = "",
    progress: bool = True,
) -> Artifact:
    """Train in this process, which imports TensorFlow; arguments as for `train_model`."""
    from vae_core.worker.pipeline import train_model

    with training_progress(spec.epochs, shown=progress) as on_epoch:
        return train_model(spec, root=root, download=download, on_epoch=on_epoch, command=command)


def _command(dataset: str, settings: Mapping[str, Any]) -> str:
    """A line for a shell that trains the same model."""
    given = "".join(f", {name}={value!r}" for name, value in settings.items())
    return shlex.join(["python", "-c", f"import vae_core; vae_core.train({dataset!r}{given})"])


def _train_in_child(
    spec: TrainingSpec, download: bool, command: str, on_epoch: Callable[[Epoch], None]
) -> str:
    """The name of the model that a worker process has published."""
    systems.require_supported()
    record = Record(
        job_id=new_job_id(),
        visitor=VISITOR,
        spec=spec,
        description=description_of(spec.dataset),
        download=download,
        command=command,
        state=State.RUNNING,
        started=time.time(),
        owner=identity(os.getpid()),
    )
    run = RunDirectory.create(record)
    outcome = Outcome(State.CANCELLED)
    job = RunningJob(run, UNLIMITED)
    run.write(record.model_copy(update={"worker": job.worker.process}))
    try:
        outcome = _followed(job, on_epoch)
    finally:
        job.worker.close()
        _close(run, outcome)
    if outcome.model_id is None:
        raise _error_of(outcome, run)
    return outcome.model_id


def _followed(job: RunningJob, on_epoch: Callable[[Epoch], None]) -> Outcome:
    """How the job ended; `on_epoch` is told of each epoch meanwhile."""
    feed, told, outcome = job.run.feed(), 0, None
    while outcome is None:
        time.sleep(LOOK_EVERY)
        outcome = job.poll()
        for epoch in feed.poll().history[told:]:
            on_epoch(epoch)
        told = len(feed.history)
    return outcome


def _close(run: RunDirectory, outcome: Outcome) -> None:
    ending = {
        "state": outcome.state,
        "verdict": outcome.verdict,
        "model_id": outcome.model_id,
        "finished": time.time(),
    }
    run.write(run.record().model_copy(update=ending))
    if outcome.state is not State.DONE:
        registry.sweep(registry.user_root())


def _error_of(outcome: Outcome, run: RunDirectory) -> LatentError:
    if outcome.state is State.CANCELLED:
        return LatentError(f"Expected a model. Received: {run.job_id}, cancelled from outside.")
    verdict = outcome.verdict or Verdict.of(Reason.CRASHED)
    log = f" See {run.path / LOG}." if verdict.reason is Reason.CRASHED else ""
    return ERRORS.get(verdict.reason, LatentError)(verdict.message + log)
