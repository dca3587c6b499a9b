"""Fit a VAE to a dataset by the fast path of its architecture, one event an epoch."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from vae_core.artifact import Epoch
from vae_core.backend import keras, tf
from vae_core.codec import one_hot
from vae_core.course import Course, Watch
from vae_core.datasets import Dataset, Split, subset
from vae_core.description import Description
from vae_core.errors import ArtifactCorrupt
from vae_core.metrics import binarised
from vae_core.models import ARCHITECTURES, VAE, build
from vae_core.scaling import Scaling as Scaling
from vae_core.spec import TrainingSpec

STEP_GROUP = 16
EVALUATION_BATCH = 1000
GRADIENT_LIMIT = 100.0
"""Largest entry of a gradient, nats per example. Entries on MNIST stay far below it, but one batch
had an infinite one and ended a run in its 16th epoch; a limit on the norm is no help against that,
and cost a fifth of the throughput."""


@dataclass(frozen=True)
class Trained:
    """A fitted VAE with the record of how it got there."""

    vae: VAE
    scaling: Scaling
    history: tuple[Epoch, ...]
    best_epoch: int
    seconds: float
    examples: int


def train(
    spec: TrainingSpec,
    dataset: Dataset,
    *,
    on_epoch: Callable[[Epoch], None],
    watch: Watch | None = None,
    weights: Path | None = None,
) -> Trained:
    """Fit `spec` to `dataset`, starting from the safetensors file `weights` if given.

    `on_epoch` hears of each epoch as it ends; `watch` sees the model then and may change the
    rest of the run. What it changed is in the specification of the model that comes back, and
    training that specification anew gives the same weights. Raises `TrainingDiverged` when a
    loss stops being finite, `ArtifactCorrupt` when `weights` do not fit the model.
    """
    keras.utils.set_random_seed(spec.seed)
    description = dataset.description
    examples = _examples(spec, dataset)
    scaling = Scaling.of(examples.x, description)
    vae = build(spec, description)
    if weights is not None:
        load_weights(vae, weights)
    steps = _steps(spec, len(examples.label))
    vae.kl_warmup_steps = spec.kl_warmup_epochs * steps
    rate, set_rate = _learning_rate(spec, steps)
    vae.compile(
        keras.optimizers.Adam(rate, clipvalue=GRADIENT_LIMIT),
        jit_compile=ARCHITECTURES[spec.architecture].jit,
        steps_per_execution=steps,  # nobody asks between two epochs
    )
    # Otherwise the first step makes Adam's variables, and all is traced once more.
    vae.optimizer.build(vae.trainable_variables)
    course = Course(
        spec,
        examples=steps * _batch_size(spec, len(examples.label)),
        on_epoch=on_epoch,
        scaling=scaling,
        watch=watch,
        set_rate=set_rate,
    )
    started = time.perf_counter()
    vae.fit(
        _training_batches(spec, examples, description, scaling),
        steps_per_epoch=steps,
        epochs=spec.epochs,
        validation_data=_validation_batches(spec, dataset.validation, description, scaling),
        callbacks=[course],
        shuffle=False,
        verbose=0,
    )
    seconds = time.perf_counter() - started
    vae.spec = course.spec
    return Trained(
        vae, scaling, tuple(course.history), course.kept_epoch, seconds, len(examples.label)
    )


def restored(
    spec: TrainingSpec, dataset: Dataset, *, weights: Path, history: Sequence[Epoch], kept: int
) -> Trained:
    """What `train` would have given back, from the weights that it had after the epoch `kept`.

    Raises `ArtifactCorrupt` when `weights` do not fit.
    """
    examples = _examples(spec, dataset)
    vae = build(spec, dataset.description)
    load_weights(vae, weights)
    seconds = sum(epoch.seconds for epoch in history)
    scaling = Scaling.of(examples.x, dataset.description)
    return Trained(vae, scaling, tuple(history), kept, seconds, len(examples.label))


def save_weights(vae: VAE, path: Path) -> None:
    """Write all weights as safetensors."""
    path.write_bytes(weight_bytes(vae))


def weight_bytes(vae: VAE) -> bytes:
    """All weights in the safetensors format."""
    return save({name: np.asarray(weight) for name, weight in _named_weights(vae).items()})


def load_weights(vae: VAE, path: Path) -> None:
    """Read weights into `vae`; raises `ArtifactCorrupt` when names or shapes do not fit."""
    try:
        values = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ArtifactCorrupt(f"{path}: not a safetensors file ({error})") from error
    weights = _named_weights(vae)
    expected = {name: tuple(weight.shape) for name, weight in weights.items()}
    found = {name: value.shape for name, value in values.items()}
    if expected != found:
        name = min(key for key in expected | found if expected.get(key) != found.get(key))
        raise ArtifactCorrupt(
            f"{path}: expected `{name}` with shape {expected.get(name)} for this specification. "
            f"Received: shape={found.get(name)}. Continue only a model of the same architecture."
        )
    for name, weight in weights.items():
        weight.assign(values[name])


def _named_weights(vae: VAE) -> dict[str, Any]:
    halves = {"encoder": vae.encoder, "decoder": vae.decoder}
    names = {
        f"{half}.{layer.name}.{weight.name}": weight
        for half, model in halves.items()
        for layer in model.layers
        for weight in layer.weights
    }
    return {**names, "log_scale": vae.log_scale}


def _examples(spec: TrainingSpec, dataset: Dataset) -> Split:
    if spec.subset is None:
        return dataset.train
    return subset(dataset.train, spec.subset, spec.seed)


def _batch_size(spec: TrainingSpec, count: int) -> int:
    return min(spec.batch_size, count)


def _steps(spec: TrainingSpec, count: int) -> int:
    """Steps an epoch: about one for each batch, in equal groups of about `STEP_GROUP`.

    The groups once ran one by one; they stay because the number of steps is part of what a
    specification means.
    """
    steps = max(1, round(count / _batch_size(spec, count)))
    groups = max(1, round(steps / STEP_GROUP))
    return groups * max(1, round(steps / groups))


def _learning_rate(spec: TrainingSpec, steps: int) -> tuple[Any, Callable[[float], None]]:
    """The learning rate or its schedule, and how to set its largest value between two epochs."""
    warmup = spec.warmup_epochs * steps
    total = spec.epochs * steps
    if spec.schedule == "constant" and not warmup:
        fixed = _Fixed(spec.learning_rate)
        return fixed, fixed.rate.assign
    schedule = _Adjustable(
        keras.optimizers.schedules.CosineDecay(
            0.0 if warmup else spec.learning_rate,
            decay_steps=max(1, total - warmup),
            alpha=1.0 if spec.schedule == "constant" else 0.0,
            warmup_target=spec.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
    )
    return schedule, lambda rate: schedule.factor.assign(rate / spec.learning_rate)


class _Adjustable(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule times a factor that can change while a compiled step runs."""

    def __init__(self, schedule: Any) -> None:
        super().__init__()
        self.schedule = schedule
        self.factor = keras.Variable(1.0, trainable=False, name="rate_factor")

    def __call__(self, step: Any) -> Any:
        return self.schedule(step) * self.factor


class _Fixed(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """One learning rate, which can be set while a compiled step runs."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = keras.Variable(rate, trainable=False, name="rate")

    def __call__(self, step: Any) -> Any:  # noqa: ARG002
        return keras.ops.convert_to_tensor(self.rate)


def _training_batches(
    spec: TrainingSpec, split: Split, description: Description, scaling: Scaling
) -> Any:
    """Endless shuffled batches of one size: a rest at the end would compile the step again."""
    count = len(split.label)
    rows = tf.data.Dataset.range(count).shuffle(count, seed=spec.seed).repeat()
    rows = rows.batch(_batch_size(spec, count), drop_remainder=True)
    return _gathered(rows, spec, split.x, split.label, description, scaling)


def _validation_batches(
    spec: TrainingSpec, split: Split, description: Description, scaling: Scaling
) -> Any:
    x = split.x
    if spec.likelihood == "bernoulli_dynamic":
        rng = np.random.default_rng(spec.seed)
        sampled = binarised(x / np.float32(description.maximum), spec.likelihood, rng)
        x = (sampled * description.maximum).astype(x.dtype)
    rows = tf.data.Dataset.range(len(split.label)).batch(EVALUATION_BATCH)
    return _gathered(rows, spec, x, split.label, description, scaling)


def _gathered(
    rows: Any,
    spec: TrainingSpec,
    x: NDArray[Any],
    label: NDArray[np.int64],
    description: Description,
    scaling: Scaling,
) -> Any:
    """Batches for the VAE, made from row numbers; images stay uint8 until their batch."""
    if description.kind == "table":
        x = (x - scaling.low) / (scaling.high - scaling.low)
    stored = {"x": tf.constant(x)}
    if spec.conditional:
        stored["y"] = tf.constant(one_hot(label, len(description.labels)))

    def gather(row: Any) -> dict[str, Any]:
        batch = {name: tf.gather(values, row) for name, values in stored.items()}
        return {**batch, "x": tf.cast(batch["x"], tf.float32) / description.maximum}

    return rows.map(gather, num_parallel_calls=2).prefetch(4)
