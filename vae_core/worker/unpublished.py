"""What a finished training leaves whose export is wrong: no model, but all that was learned."""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from vae_core.artifacts.manifest import HISTORY, WEIGHTS, Epoch
from vae_core.datasets import Dataset
from vae_core.errors import ExportFailed
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Reason, Record, State, Verdict, new_job_id
from vae_core.training.fit import Trained
from vae_core.training.weights import save_weights
from vae_core.worker.recorder import EpochRecorder

VISITOR = "command line"


def keep_unpublished(
    error: ExportFailed,
    trained: Trained,
    dataset: Dataset,
    *,
    run: RunDirectory | None,
    command: str,
) -> ExportFailed:
    """The error, which now also says where weights and history are and how to use them.

    They are in the directory of `run`; without one, in that of a new run which the app lists.
    """
    try:
        if run is None:
            run = _run_of(trained, dataset, command)
        save_weights(trained.vae, run.path / WEIGHTS)
        write_history(run.path / HISTORY, trained.history)
        told = ExportFailed(f"{error} {_words(run, trained)}")
        if (record := run.record()).state is State.FAILED:
            run.write(record.model_copy(update={"verdict": Verdict.of(Reason.EXPORT, str(told))}))
    except OSError as failed:
        return ExportFailed(f"{error} Its weights could not be kept: {failed}")
    return told


def write_history(path: Path, history: Sequence[Epoch]) -> None:
    """Write the epochs of a training as JSON."""
    path.write_text(json.dumps([epoch.model_dump() for epoch in history]), encoding="utf-8")


def _run_of(trained: Trained, dataset: Dataset, command: str) -> RunDirectory:
    """The directory of a run that nobody followed, as if somebody had."""
    now = time.time()
    record = Record(
        job_id=new_job_id(),
        visitor=VISITOR,
        spec=trained.vae.spec,
        command=command,
        state=State.FAILED,
        started=now - trained.seconds,
        finished=now,
    )
    run = RunDirectory.create(record)
    with suppress(ExportFailed):  # where not even a film's decoder can be had, the weights stay
        EpochRecorder(run, dataset).retell(trained)
    return run


def _words(run: RunDirectory, trained: Trained) -> str:
    words = (
        f"No model was published, but nothing is lost: {WEIGHTS} and {HISTORY} are in {run.path}, "
        "for 30 days as all of a run."
    )
    if trained.best_epoch not in run.film.epochs:
        return words
    state = trained.vae.spec.state_after(trained.best_epoch)
    return (
        f"{words} “Keep the best epoch” on the run's page exports them again, as after an update; "
        f"train --start-from {state} goes on from them."
    )
