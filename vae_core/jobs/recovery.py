"""What is left of a run after its end: its best epoch, its state, its speed."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from vae_core.artifacts.manifest import Epoch
from vae_core.jobs.process import is_alive
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, State
from vae_core.spec.training_spec import TrainingSpec


@dataclass(frozen=True)
class Recoverable:
    """The best state of an unfinished run that its film holds.

    `spec` says where the run stopped, so that it trains to these `weights` anew; `epoch` is the
    epoch that they belong to, `history` all epochs until the stop.
    """

    spec: TrainingSpec
    epoch: int
    weights: Path
    history: tuple[Epoch, ...]


def best_state(run: RunDirectory) -> Recoverable | None:
    """The best epoch that can be published, or None when not even one was filmed.

    A film leaves epochs out, so the run is taken to have stopped at the latest epoch whose best
    so far it holds.
    """
    feed = run.feed().poll()
    spec, filmed = feed.spec or run.record().spec, set(run.film.epochs)
    for stop in range(len(feed.history), 0, -1):
        ended, best = _ended(spec, stop), feed.best[stop - 1]
        if ended == spec and not (spec.patience or spec.stop_after):
            best = stop
        if best in filmed:
            return Recoverable(
                spec=ended,
                epoch=best,
                weights=run.film.weights_path(best),
                history=tuple(feed.history[:stop]),
            )
    return None


def _ended(spec: TrainingSpec, epoch: int) -> TrainingSpec:
    """The specification stopped after `epoch`; one that ends there by itself stays as it is."""
    return spec if epoch == spec.last_epoch else spec.stopped(epoch)


def left_behind(run: RunDirectory, record: Record) -> Record:
    """What became of a job whose supervisor is gone: it waits on, is done, or is lost."""
    if record.state is State.QUEUED:
        return record
    if record.worker is not None and is_alive(record.worker):
        os.killpg(record.worker.pid, signal.SIGKILL)
    model_id = run.feed().poll().model_id
    update = {"state": State.DONE if model_id else State.LOST, "model_id": model_id}
    return record.model_copy(update={**update, "finished": time.time()})


def measured(record: Record, run: RunDirectory) -> dict[str, float]:
    """What later estimates learn from a run; nothing from one without a second epoch."""
    epochs = [epoch.seconds for epoch in run.feed().poll().history]
    if record.task != "train" or len(epochs) < 2:
        return {}
    return {"epoch_seconds": median(epochs[1:])}
