"""The Keras callback of a run: what is recorded, kept and changed between two epochs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Protocol

import numpy as np

from vae_core.artifacts.manifest import Epoch, Losses
from vae_core.datasets.scaling import Scaling
from vae_core.errors import TrainingDiverged
from vae_core.spec.intervention import Intervention, RunCommand
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.backend import keras
from vae_core.training.vae import VAE


@dataclass(frozen=True)
class Progress:
    """A run between two epochs.

    `spec` is the specification with all that was changed so far; `best_epoch` has the lowest
    validation loss since the KL warm-up, or since beta was last changed.
    """

    epoch: Epoch
    best_epoch: int
    vae: VAE
    scaling: Scaling
    spec: TrainingSpec


class Observer(Protocol):
    """Who looks on while a run goes, and may change it."""

    def __call__(self, progress: Progress) -> RunCommand | None:
        """See the model after an epoch's event; what is answered holds from the next epoch on."""
        ...

    def finish(self, kept_epoch: int, vae: VAE, scaling: Scaling) -> None:
        """See the model as it is kept, with the weights of `kept_epoch`."""
        ...


class TrainingCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Records epochs, applies changes, stops early and keeps the best.

    The last epoch's weights are kept, unless the specification has `patience` or the run was
    stopped: then the best so far by validation loss. A new beta makes losses incomparable, so
    the search for the best begins anew with it. Raises `TrainingDiverged` when a loss is no
    finite number.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        *,
        examples: int,
        on_epoch: Callable[[Epoch], None],
        scaling: Scaling,
        observer: Observer | None,
        set_rate: Callable[[float], None],
    ) -> None:
        super().__init__()
        self.spec = spec
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self._examples, self._on_epoch, self._observer = examples, on_epoch, observer
        self._scaling, self._set_rate = scaling, set_rate
        self._forget_best()
        self._best_weights: list[Any] | None = None

    @property
    def kept_epoch(self) -> int:
        """The epoch whose weights the model has after training."""
        return self.best_epoch if self._keeps_best else len(self.history)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        for change in self.spec.changes:
            if change.epoch == epoch + 1:
                self._apply(change)
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        self._trained = time.perf_counter()
        logs |= {f"val_{name}": value for name, value in self.model.judge().items()}
        for name in (name for name, value in logs.items() if not isfinite(value)):
            raise TrainingDiverged(
                f"Expected a finite loss. Received: {name}={logs[name]} in epoch {epoch + 1}. "
                "Lower the learning rate, or raise the learning-rate warm-up."
            )
        record = self._record(epoch, logs)
        self.history.append(record)
        self._judge(record.epoch, logs["val_loss"])
        self._on_epoch(record)
        command = self._observer(self._progress(record)) if self._observer else None
        if command and not self.model.stop_training and record.epoch < self.spec.epochs:
            self._execute(command, record.epoch)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._keeps_best and self._best_weights is not None:
            self.model.set_weights(self._best_weights)
        if self._observer:
            self._observer.finish(self.kept_epoch, self.model, self._scaling)

    @property
    def _keeps_best(self) -> bool:
        return bool(self.spec.patience or self.spec.stop_after)

    def _progress(self, record: Epoch) -> Progress:
        return Progress(record, self.best_epoch, self.model, self._scaling, self.spec)

    def _forget_best(self) -> None:
        self._best, self._waited = inf, 0

    def _judge(self, epoch: int, loss: float) -> None:
        """Keep the weights if they are the best, and end the run where its end is due."""
        if epoch == self.spec.stop_after:
            self.model.stop_training = True
        if epoch <= self.spec.kl_warmup_epochs:
            self.best_epoch = epoch
            return
        self._waited += 1
        if loss < self._best:
            self._best, self._waited, self.best_epoch = loss, 0, epoch
            if self._keeps_best or self._observer:
                self._best_weights = self.model.get_weights()
        elif self.spec.patience and self._waited >= self.spec.patience:
            self.model.stop_training = True

    def _apply(self, change: Intervention) -> None:
        if change.beta is not None:
            self.model.beta.assign(change.beta)
            self._forget_best()
        if change.learning_rate is not None:
            self._set_rate(change.learning_rate)

    def _execute(self, command: RunCommand, epoch: int) -> None:
        if command.stop:
            self.spec = self.spec.stopped(epoch)
            self.model.stop_training = True
        elif command.beta is not None or command.learning_rate is not None:
            self.spec = self.spec.changed(
                Intervention(
                    epoch=epoch + 1, beta=command.beta, learning_rate=command.learning_rate
                )
            )

    def _record(self, epoch: int, logs: dict[str, float]) -> Epoch:
        trained = self._trained - self._started
        return Epoch(
            epoch=epoch + 1,
            train=_losses(logs, ""),
            validation=_losses(logs, "val_"),
            beta=as_asked(self.model.current_beta()),
            learning_rate=as_asked(self.model.optimizer.learning_rate),
            seconds=time.perf_counter() - self._started,
            images_per_second=self._examples / trained if trained else 0.0,
        )


def as_asked(value: Any) -> float:
    """A single-precision setting as it was asked for: 2.2, not 2.200000047683716.

    The shortest number that it stands for, in the seven digits that single precision holds.
    """
    return float(f"{float(str(np.float32(value))):.7g}")


def _losses(logs: dict[str, float], prefix: str) -> Losses:
    return Losses(**{name: float(logs[prefix + name]) for name in ("reconstruction", "kl", "elbo")})
