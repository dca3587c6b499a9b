"""From a specification to a published model, in one process of its own."""

import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from vae_core.arrays import Float32Array
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact, record_of, save_latents
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import (
    FILES,
    HISTORY,
    LATENTS,
    MANIFEST,
    SCHEMA_VERSION,
    WEIGHTS,
    Epoch,
    Manifest,
    Parity,
    Run,
    Tensor,
)
from vae_core.datasets import Dataset, Split, load
from vae_core.errors import ExportFailed, SpecInvalid
from vae_core.evaluation import encode_dataset, held_out_metrics
from vae_core.jobs.events import Stage
from vae_core.jobs.lineage import find_start
from vae_core.jobs.run_directory import RunDirectory
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.callback import Observer
from vae_core.training.export import export
from vae_core.training.fit import Trained, restored, train
from vae_core.training.weights import save_weights
from vae_core.worker.unpublished import keep_unpublished, write_history

LIBRARIES = ("keras", "tensorflow", "tf2onnx", "onnx", "onnxruntime", "numpy", "scikit-learn")


def train_model(
    spec: TrainingSpec,
    *,
    root: Path | None = None,
    download: bool = False,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_stage: Callable[[Stage], None] | None = None,
    observer: Callable[[Dataset], Observer] | None = None,
    run: RunDirectory | None = None,
    command: str = "",
) -> Artifact:
    """The published model of `spec`: the stored one, or one trained, checked and stored now.

    With `root` the model is in that folder afterwards, whatever is stored elsewhere; without it a
    stored model is looked for in all of them, and a new one goes to the user's. `observer`
    makes, from the dataset, what looks on and may change the run; the model is then that of the
    changed specification. Nothing of a run that fails or is interrupted stays, but where only the
    export is wrong: weights and history are then kept in `run`, or in a run of their own, and the
    error says so. Raises what `load`, `train`, `export` and `publish` raise.
    """
    within = [root] if root else None
    if registry.status(spec, within=within):
        return registry.open_model(spec.model_id, within=within)
    root = root or registry.user_root()
    tell = on_stage or _ignore
    tell("loading")
    weights = _first_weights(spec, (*registry.roots(), root))
    return train_on(
        _load_all(spec, download=download),
        spec,
        root=root,
        on_epoch=on_epoch,
        tell=tell,
        observer=observer,
        weights=weights,
        run=run,
        command=command,
    )


def train_on(
    dataset: Dataset,
    spec: TrainingSpec,
    *,
    root: Path,
    on_epoch: Callable[[Epoch], None] | None = None,
    tell: Callable[[Stage], None] | None = None,
    observer: Callable[[Dataset], Observer] | None = None,
    weights: Path | None = None,
    run: RunDirectory | None = None,
    command: str = "",
) -> Artifact:
    """As `train_model`, on data that are at hand; always trains, and publishes in `root`."""
    tell = tell or _ignore
    with registry.staging(root) as staged:
        tell("training")
        trained = train(
            spec,
            dataset,
            on_epoch=on_epoch or _ignore,
            observer=observer(dataset) if observer else None,
            weights=weights,
        )
        tell("exporting")
        return _publish(staged, trained, dataset, run=run, command=command)


def recover_model(
    spec: TrainingSpec,
    *,
    weights: Path,
    history: Sequence[Epoch],
    kept: int,
    root: Path | None = None,
    download: bool = False,
    run: RunDirectory | None = None,
    command: str = "",
) -> Artifact:
    """Publish the model of a run that ended early, from the weights of its epoch `kept`.

    `spec` must say where the run stopped, so that it trains to the same model anew.
    """
    root = root or registry.user_root()
    dataset = _load_all(spec, download=download)
    trained = restored(spec, dataset, weights=weights, history=history, kept=kept)
    with registry.staging(root) as staged:
        return _publish(staged, trained, dataset, run=run, command=command)


def _load_all(spec: TrainingSpec, *, download: bool) -> Dataset:
    """The data of a training, of which nothing may turn out missing later."""
    seed, without = spec.split_seed, spec.without
    return load(spec.dataset, seed=seed, without=without, download=download).read()


def _publish(
    staged: Path, trained: Trained, dataset: Dataset, *, run: RunDirectory | None, command: str
) -> Artifact:
    examples = in_units(dataset.validation, dataset)
    try:
        tensors, parity = export(trained, dataset.description, examples, staged)
    except ExportFailed as error:
        raise keep_unpublished(error, trained, dataset, run=run, command=command) from error
    save_weights(trained.vae, staged / WEIGHTS)
    write_history(staged / HISTORY, trained.history)
    _write_manifest(staged, trained, dataset, tensors, parity, command)
    return registry.publish(staged)


def in_units(split: Split, dataset: Dataset) -> Float32Array:
    """A split's data (n, *shape) in the graphs' units: images in [0, 1], tables as they are."""
    return np.asarray(split.x / np.float32(dataset.description.maximum), np.float32)


def _first_weights(spec: TrainingSpec, places: Sequence[Path]) -> Path | None:
    if spec.start_from is None:
        return None
    path, earlier = find_start(spec.start_from, within=places)
    if earlier.dataset == spec.dataset and earlier.split_seed != spec.split_seed:
        raise SpecInvalid(
            f"Expected `split_seed` {earlier.split_seed} as in {spec.start_from}: with another "
            "split it has seen what is held out now. "
            f"Received: split_seed={spec.split_seed}"
        )
    if earlier.dataset == spec.dataset and spec.without not in (None, earlier.without):
        raise SpecInvalid(
            f"Expected `without` {earlier.without!r} as in {spec.start_from}, which has seen that "
            f"class, or none. Received: without={spec.without!r}"
        )
    return path


def _noise_scale(trained: Trained) -> tuple[float, ...]:
    if trained.vae.spec.likelihood == "mixed":
        return tuple(trained.vae.noise_scale().tolist())
    if trained.vae.spec.likelihood != "gaussian":
        return ()
    width = trained.scaling.high - trained.scaling.low
    return tuple((trained.vae.noise_scale() * width).tolist())


def _write_manifest(
    staged: Path,
    trained: Trained,
    dataset: Dataset,
    tensors: dict[str, tuple[Tensor, ...]],
    parity: Parity,
    command: str,
) -> None:
    spec = trained.vae.spec
    draft = Manifest(
        schema_version=SCHEMA_VERSION,
        model_id=spec.model_id,
        digest=spec.digest,
        spec=spec,
        description=dataset.description,
        tensors=tensors,
        low=tuple(trained.scaling.low.tolist()),
        high=tuple(trained.scaling.high.tolist()),
        noise_scale=_noise_scale(trained),
        metrics=(),
        parity=parity,
        run=_run(trained, dataset, command),
        versions={"python": platform.python_version()} | {n: version(n) for n in LIBRARIES},
        files={},
    )
    codec = OnnxCodec(Artifact(staged, draft), threads=0)
    save_latents(staged / LATENTS, encode_dataset(codec, dataset))
    metrics = held_out_metrics(draft, codec, dataset)
    files = {name: record_of(staged / name) for name in FILES}
    whole = draft.model_copy(update={"metrics": metrics, "files": files})
    (staged / MANIFEST).write_text(whole.model_dump_json(indent=1), encoding="utf-8")


def _run(trained: Trained, dataset: Dataset, command: str) -> Run:
    return Run(
        epochs=len(trained.history),
        best_epoch=trained.best_epoch,
        seconds=round(trained.seconds, 2),
        examples={
            "train": trained.examples,
            "validation": len(dataset.validation.label),
            "test": len(dataset.test.label),
        },
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
    )


def _ignore(_: object) -> None:
    pass
