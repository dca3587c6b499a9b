"""Where a run begins that goes on from another one: a stored model, or an epoch of a film."""

from collections.abc import Sequence
from pathlib import Path

from vae_core.artifacts import registry
from vae_core.artifacts.manifest import WEIGHTS
from vae_core.errors import NotFound, SpecInvalid
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import Record
from vae_core.spec.training_spec import TrainingSpec


def find_start(
    start_from: str, *, within: Sequence[Path] | None = None
) -> tuple[Path, TrainingSpec]:
    """The weights that `start_from` names, and the specification that trained them.

    `model` is a stored model. `model@epoch` is the state of any run after that epoch whose
    specification, without what was changed later, has that name; its film must still hold the
    epoch. Raises `NotFound`, `SpecInvalid`, `ArtifactCorrupt` or `ArtifactTooNew`.
    """
    name, _, epoch = start_from.partition("@")
    if epoch:
        return _epoch_of(name, int(epoch), within)
    artifact = registry.open_model(name, within=within)
    if artifact.manifest.model_id != name:
        raise SpecInvalid(
            "Expected the whole name in `start_from`: its beginning may mean another model later. "
            f"Received: {start_from!r} for {artifact.manifest.model_id}"
        )
    return artifact.file(WEIGHTS), artifact.manifest.spec


def runs_of(name: str, epoch: int) -> list[RunDirectory]:
    """Runs that passed through the state `name@epoch`, whether their film holds it or not."""
    return [run for run, record in all_runs() if _passes(current_spec(run, record), name, epoch)]


def current_spec(run: RunDirectory, record: Record) -> TrainingSpec:
    """The specification of a run with all that was changed so far."""
    return run.feed().poll().spec or record.spec


def _epoch_of(name: str, epoch: int, within: Sequence[Path] | None) -> tuple[Path, TrainingSpec]:
    runs = runs_of(name, epoch)
    for run in runs:
        if epoch in run.film.epochs:
            return run.film.weights_path(epoch), current_spec(run, run.record())
    for entry in registry.models(within=within):
        manifest = entry.manifest
        if manifest and manifest.run.best_epoch == epoch and _passes(manifest.spec, name, epoch):
            return registry.open_model(entry.model_id, within=within).file(WEIGHTS), manifest.spec
    kept = sorted({number for run in runs for number in run.film.epochs})
    raise NotFound(
        f"Expected an epoch that a film still holds ({', '.join(map(str, kept)) or 'none'} of "
        f"{name}; old runs are pruned). Received: start_from={f'{name}@{epoch}'!r}. Start from "
        "another epoch or from the stored model, or train the first run again."
    )


def _passes(spec: TrainingSpec, name: str, epoch: int) -> bool:
    return epoch <= spec.last_epoch and spec.until(epoch).model_id == name
