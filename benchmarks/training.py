"""Images a second of our training path against plain Keras `fit` on NumPy arrays."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import Any

import numpy as np
from bench import Result, main, use_shared_data

TARGET = 1.7

Path = Callable[[Any, Any], list[float]]


def measure(epochs: int, rounds: int) -> Iterator[Result]:
    """Both paths in turns, each in a process of its own; the first epoch (compilation) is left
    out."""
    use_shared_data()
    rates: dict[Path, list[float]] = {_plain: [], _ours: []}
    for path in [_plain, _ours] * rounds:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            rates[path] += process.submit(_rates, path, epochs).result()
    plain, ours = (median(found) for found in rates.values())
    yield Result("plain Keras fit", plain, "images/s")
    yield Result("our path", ours, "images/s")
    yield Result("our path against plain Keras fit", ours / plain, "×", at_least=TARGET)


def _rates(path: Path, epochs: int) -> list[float]:
    from vae_core.datasets import load
    from vae_core.spec.training_spec import TrainingSpec

    spec = TrainingSpec.create(
        dataset="mnist", architecture="dense", hidden=(512, 256, 128), batch_size=128,
        learning_rate=1e-3, schedule="constant", epochs=1 + epochs,
    )  # fmt: skip
    return path(spec, load("mnist"))


def _ours(spec: Any, dataset: Any) -> list[float]:
    from vae_core.training.fit import train

    trained = train(spec, dataset, on_epoch=lambda _: None)
    return [epoch.images_per_second for epoch in trained.history[1:]]


def _plain(spec: Any, dataset: Any) -> list[float]:
    """The same model, as most would train it: everything at Keras's defaults."""
    from vae_core.training.backend import keras
    from vae_core.training.vae import build

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
            self.started = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
            rates.append(len(x) / (time.perf_counter() - self.started))

    rates: list[float] = []
    keras.utils.set_random_seed(spec.seed)
    vae = build(spec, dataset.description)
    x = np.asarray(dataset.train.x / np.float32(255), np.float32)
    vae.compile(keras.optimizers.Adam(spec.learning_rate))
    vae.fit(
        {"x": x}, batch_size=spec.batch_size, epochs=spec.epochs, verbose=0, callbacks=[Clock()]
    )
    return rates[1:]


if __name__ == "__main__":
    main(
        "Training throughput, dense 512-256-128, batch 128, MNIST",
        measure,
        epochs={"type": int, "default": 2, "help": "epochs to measure, after the first"},
        rounds={"type": int, "default": 3, "help": "turns of both paths"},
    )
