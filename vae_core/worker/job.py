"""One job from its run directory to a published model, every way to fail put into words."""

import logging
import os
import shutil
from pathlib import Path

from vae_core import disk, paths
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.datasets import Dataset
from vae_core.errors import (
    ArtifactError,
    DataUnavailable,
    ExportFailed,
    InvalidInput,
    LatentError,
    NotFound,
    TrainingDiverged,
)
from vae_core.jobs.events import PublishedEvent, SpecEvent, Stage, StageEvent
from vae_core.jobs.recovery import best_state
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import EXIT_CODES, Reason, Verdict
from vae_core.jobs.state import verdict_of as of_system
from vae_core.training.callback import Observer
from vae_core.worker.pipeline import recover_model, train_model
from vae_core.worker.recorder import EpochRecorder

log = logging.getLogger(__name__)

REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (TrainingDiverged, Reason.DIVERGED),
    (ExportFailed, Reason.EXPORT),
    (DataUnavailable, Reason.DATA),
    (InvalidInput, Reason.SETTINGS),
    (ArtifactError, Reason.SETTINGS),
    (MemoryError, Reason.MEMORY),
)
FREE_BYTES = 2**20


def run_job(path: Path) -> int:
    """Do the job of a run directory; the exit code of the process tells how it ended.

    The verdict goes to `error.json`. On a full disk only the exit code can carry it.
    """
    run = RunDirectory(path)
    try:
        artifact = _publish(run)
        run.tell(SpecEvent(spec=artifact.manifest.spec))
        run.tell(PublishedEvent(model_id=artifact.manifest.model_id))
        run.tell(StageEvent(stage="done"))
        return 0
    except Exception as error:
        verdict = verdict_of(error, run)
        if verdict.reason is Reason.CRASHED:
            log.exception("the worker stopped by an error of this program")
        try:
            run.fail(verdict)
        except OSError as problem:
            verdict = of_system(problem, run.path)
        return EXIT_CODES[verdict.reason]


def verdict_of(error: BaseException, run: RunDirectory) -> Verdict:
    """Why a run failed: from the error, or from the disk it was working on."""
    if (refused := _refused(error)) is not None:
        return of_system(refused, paths.home())
    if not isinstance(error, LatentError) and _is_full(run):
        return Verdict.of(Reason.DISK)
    reason = next((r for kind, r in REASONS if isinstance(error, kind)), Reason.CRASHED)
    if "ResourceExhausted" in type(error).__name__:
        reason = Reason.MEMORY
    spoken = isinstance(error, LatentError)
    if reason is Reason.CRASHED:
        return Verdict.of(reason, f"{Verdict.of(reason).message} ({type(error).__name__}: {error})")
    return Verdict.of(reason, str(error) if spoken else "")


def _publish(run: RunDirectory) -> Artifact:
    record = run.record()
    command = record.command or f"job {run.job_id}"

    def tell(stage: Stage) -> None:
        run.tell(StageEvent(stage=stage))

    if record.task == "recover":
        tell("exporting")
        state = best_state(run)
        if state is None:
            raise NotFound("Expected a film with at least one epoch. Received: an empty one.")
        return recover_model(
            state.spec,
            weights=state.weights,
            history=state.history,
            kept=state.epoch,
            download=record.download,
            run=run,
            command=command,
        )

    def recorder(dataset: Dataset) -> Observer:
        return EpochRecorder(run, dataset)

    return train_model(
        record.spec,
        download=record.download,
        on_stage=tell,
        observer=recorder,
        run=run,
        command=command,
    )


def _refused(error: BaseException | None) -> OSError | None:
    """The disk's refusal to write that the error is, or that caused it.

    An error of ours that something else than a full disk caused has said it in its own words.
    """
    numbers = disk.FULL if isinstance(error, LatentError) else disk.FULL | disk.CLOSED
    while error is not None:
        if isinstance(error, OSError) and error.errno in numbers:
            return error
        error = error.__cause__ or error.__context__
    return None


def _is_full(run: RunDirectory) -> bool:
    """Whether a disk to write to is full, which native libraries report in words of their own."""
    places = (place for place in (run.path, registry.user_root()) if place.exists())
    open_ones = (place for place in places if os.access(place, os.W_OK))
    return any(shutil.disk_usage(place).free < FREE_BYTES for place in open_ones)
