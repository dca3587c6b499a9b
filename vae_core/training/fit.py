"""Fit a VAE to a dataset by the fast path of its architecture, one event an epoch."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_core.artifacts.manifest import Epoch
from vae_core.datasets import Dataset, Split, subset
from vae_core.datasets.scaling import Scaling as Scaling
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.architectures import ARCHITECTURES
from vae_core.training.backend import keep_freed_memory, keras
from vae_core.training.batches import Examples, epochs_of_rows, validation_examples
from vae_core.training.callback import Observer, TrainingCallback
from vae_core.training.vae import VAE, build
from vae_core.training.weights import load_weights

STEP_GROUP = 16
EAGER_STEPS = 4
"""Steps of a whole run up to which tracing its graph takes longer than it saves."""
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
    observer: Observer | None = None,
    weights: Path | None = None,
) -> Trained:
    """Fit `spec` to `dataset`, starting from the safetensors file `weights` if given.

    `on_epoch` hears of each epoch as it ends; `observer` sees the model then and may change the
    rest of the run. What it changed is in the specification of the model that comes back, and
    training that specification anew gives the same weights. Raises `TrainingDiverged` when a
    loss stops being finite, `ArtifactCorrupt` when `weights` do not fit the model.
    """
    keep_freed_memory()
    keras.utils.set_random_seed(spec.seed)
    description = dataset.description
    examples = _examples(spec, dataset)
    scaling = Scaling.of(examples.x, description, mixed=spec.likelihood == "mixed")
    vae = build(spec, description, scaling)
    if weights is not None:
        load_weights(vae, weights)
    batch = min(spec.batch_size, len(examples.label))
    steps = _steps(len(examples.label), batch)
    vae.kl_warmup_steps = spec.kl_warmup_epochs * steps
    rate, set_rate = _learning_rate(spec, steps)
    _compile(vae, rate, eagerly=spec.epochs * steps <= EAGER_STEPS)
    vae.examples = Examples.of(examples, spec, description, scaling)
    vae.validation = validation_examples(spec, dataset.validation, description, scaling)
    callback = TrainingCallback(
        spec,
        examples=steps * batch,
        on_epoch=on_epoch,
        scaling=scaling,
        observer=observer,
        set_rate=set_rate,
    )
    started = time.perf_counter()
    vae.fit(
        epochs_of_rows(len(examples.label), batch=batch, steps=steps, seed=spec.seed),
        steps_per_epoch=1,  # one execution: nobody asks between two epochs
        epochs=spec.epochs,
        callbacks=[callback],
        shuffle=False,
        verbose=0,
    )
    seconds = time.perf_counter() - started
    vae.spec, history = callback.spec, tuple(callback.history)
    return Trained(vae, scaling, history, callback.kept_epoch, seconds, len(examples.label))


def _compile(vae: VAE, rate: Any, *, eagerly: bool) -> None:
    vae.compile(
        keras.optimizers.Adam(rate, clipvalue=GRADIENT_LIMIT),
        run_eagerly=eagerly,
        jit_compile=ARCHITECTURES[vae.spec.architecture].jit and not eagerly,
    )
    vae.optimizer.build(vae.trainable_variables)


def restored(
    spec: TrainingSpec, dataset: Dataset, *, weights: Path, history: Sequence[Epoch], kept: int
) -> Trained:
    """What `train` would have given back, from the weights that it had after the epoch `kept`.

    Raises `ArtifactCorrupt` when `weights` do not fit.
    """
    examples = _examples(spec, dataset)
    scaling = Scaling.of(examples.x, dataset.description, mixed=spec.likelihood == "mixed")
    vae = build(spec, dataset.description, scaling)
    load_weights(vae, weights)
    seconds = sum(epoch.seconds for epoch in history)
    return Trained(vae, scaling, tuple(history), kept, seconds, len(examples.label))


def _examples(spec: TrainingSpec, dataset: Dataset) -> Split:
    if spec.subset is None:
        return dataset.train
    return subset(dataset.train, spec.subset, spec.seed)


def _steps(count: int, batch: int) -> int:
    """Steps an epoch: about one for each batch, in equal groups of about `STEP_GROUP`.

    The groups once ran one by one; they stay because the number of steps is part of what a
    specification means.
    """
    steps = max(1, round(count / batch))
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
