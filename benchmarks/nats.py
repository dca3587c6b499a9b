"""How good MNIST's map is after a minute and after three: test ELBO against time.

One run with the dataset's own settings, of a few epochs more than the Train page's preset "1 min"
proposes. The clock starts with `train` and includes compiling, not imports and reading the data.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from bench import Result, main, use_shared_data
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array

GOALS = {150.0: 60.0, 140.0: 180.0}
"""Nats per image that a two-dimensional map has to reach, and within how many seconds."""
BATCH = 1000


class KerasCodec:
    """The codec of a model in training: what `vae_core.metrics` measures, without an export."""

    def __init__(self, vae: Any, shape: tuple[int, ...]) -> None:
        from vae_core.training.backend import keras

        self.shape, self.latent_dim, self.classes = shape, vae.spec.latent_dim, 0
        self._vae, self._sigmoid = vae, keras.ops.sigmoid

    def encode(
        self,
        x: ArrayLike,
        label: ArrayLike | None = None,  # noqa: ARG002
    ) -> tuple[Float32Array, Float32Array]:
        mean, log_var = self._vae.encoder([np.asarray(x, np.float32)], training=False)
        return np.asarray(mean), np.asarray(log_var)

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:  # noqa: ARG002
        return np.asarray(self._sigmoid(self._vae.decoder([np.asarray(z)], training=False)))

    def parameters(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        return self.decode(z, label)


class Recorder:
    """Keeps the weights of each epoch with its second, so that measuring takes no training time."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.states: list[tuple[float, list[Float32Array]]] = []

    def __call__(self, progress: Any) -> None:
        seconds = time.perf_counter() - self.started
        self.states.append((seconds, progress.vae.get_weights()))

    def finish(self, kept_epoch: int, vae: Any, scaling: Any) -> None:
        """The last epoch is kept, and was seen already."""


def measure(epochs: int) -> Iterator[Result]:
    """One run; the first epoch that reaches each goal, and where the run ends."""
    use_shared_data()
    from vae_core.datasets import default_spec, load
    from vae_core.training.fit import train

    dataset = load("mnist")
    spec = default_spec("mnist", epochs=epochs)
    recorder = Recorder()
    trained = train(spec, dataset, on_epoch=lambda _: None, observer=recorder)
    curve = _curve(trained.vae, recorder, dataset)
    for nats, limit in GOALS.items():
        seconds = next((second for second, elbo in curve if elbo >= -nats), None)
        if seconds is None:
            raise SystemExit(f"Expected {nats:g} nats. Received: {-curve[-1][1]:.2f} at the end")
        yield Result(f"MNIST, 2 dimensions, to {nats:g} nats", seconds, "s", at_most=limit)
    yield Result(f"end of the run of {epochs} epochs", curve[-1][0], "s")
    yield Result("its test ELBO, nats per image", curve[-1][1], "nats")


def _curve(vae: Any, recorder: Recorder, dataset: Any) -> list[tuple[float, float]]:
    """Second and test ELBO (nats per image, one draw of z each) of every epoch."""
    from vae_core.metrics import ObservationModel, elbo_parts

    zero, one = np.zeros(1, np.float32), np.ones(1, np.float32)
    observation = ObservationModel(vae.spec.likelihood, zero, one, zero)
    codec, test = KerasCodec(vae, dataset.description.shape), dataset.test
    curve = []
    for second, weights in recorder.states:
        vae.set_weights(weights)
        parts = elbo_parts(codec, test.x, None, observation, batch=BATCH, scale=255.0)
        curve.append((second, float(parts.elbo.mean())))
    return curve


if __name__ == "__main__":
    main(
        "How soon MNIST is good: nats per image on its 10,000 test images",
        measure,
        epochs={"type": int, "default": 22, "help": "epochs of the run"},
    )
