"""Which recipe makes the better model: comparable runs, judged without the test split.

`mnist`: what each refinement of the network does to two-dimensional MNIST. `iris`: how well a
Gaussian mixture on the latent means of all 150 flowers finds the species, over five seeds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from bench import Result, main, use_shared_data
from nats import BATCH, KerasCodec

DRAWS = 5
TRAINING_EXAMPLES = 10_000
"""The gap between training and validation is measured on so many training images."""
SEEDS = 5
SKIP = {"drawn_input": True, "skip_z": True}
DEEP = {**SKIP, "residual": True, "decoder_hidden": (256, 512, 512, 512)}
MNIST: Mapping[str, Mapping[str, Any]] = {
    "the dataset's own settings": {},
    "drawn input": {"drawn_input": True},
    "z to every layer": {"skip_z": True},
    "drawn input, z to every layer, 3 Fourier frequencies": {**SKIP, "fourier": 3},
    "the same with a residual decoder 256-512-512-512, no frequencies": DEEP,
    "the same with 2 Fourier frequencies": {**DEEP, "fourier": 2},
}
IRIS: Mapping[str, Mapping[str, Any]] = {
    "the dataset's own settings": {},
}


def measure(dataset: str, epochs: int) -> Iterator[Result]:
    """All recipes of a dataset, one after the other."""
    use_shared_data()
    yield from _iris() if dataset == "iris" else _mnist(epochs)


def _mnist(epochs: int) -> Iterator[Result]:
    from vae_core.datasets import default_spec, load
    from vae_core.training.fit import train

    dataset = load("mnist")
    for name, recipe in MNIST.items():
        spec = default_spec("mnist", epochs=epochs, **recipe)
        trained = train(spec, dataset, on_epoch=lambda _: None)
        codec = KerasCodec(trained.vae, dataset.description.shape)
        validation = _elbo(codec, dataset.validation.x)
        gap = _elbo(codec, dataset.train.x[:TRAINING_EXAMPLES]) - validation
        yield Result(f"{name}: validation ELBO", validation, "nats")
        yield Result(f"{name}: training ELBO above it", gap, "nats")
        yield Result(f"{name}: time", trained.seconds, "s")


def _elbo(codec: KerasCodec, x: Any) -> float:
    from vae_core.metrics import ObservationModel, elbo_parts

    zero, one = np.zeros(1, np.float32), np.ones(1, np.float32)
    observation = ObservationModel("bernoulli", zero, one, zero)
    parts = elbo_parts(codec, x, None, observation, samples=DRAWS, batch=BATCH, scale=255.0)
    return float(parts.elbo.mean())


def _iris() -> Iterator[Result]:
    from vae_core.datasets import default_spec

    for name, recipe in IRIS.items():
        found = [_mixture(default_spec("iris", seed=seed, **recipe)) for seed in range(SEEDS)]
        mean, spread = float(np.mean(found)), float(np.std(found, ddof=1))
        yield Result(f"{name}: ARI, mean of {SEEDS} seeds", mean, "", at_least=0.9)
        yield Result(f"{name}: standard deviation of one seed", spread, "")
        yield Result(f"{name}: lowest", min(found), "")


def _mixture(spec: Any) -> float:
    """Adjusted Rand index against the species, of a mixture on all latent means."""
    from vae_core.datasets import load
    from vae_core.metrics.representation import LabelledCodes, mixture_ari
    from vae_core.training.fit import train

    dataset = load(spec.dataset, seed=spec.split_seed)
    trained = train(spec, dataset, on_epoch=lambda _: None)
    parts = (dataset.train, dataset.validation, dataset.test)
    x = trained.scaling.apply(np.concatenate([part.x for part in parts]), dataset.description)
    mean, _ = trained.vae.encoder([x], training=False)
    label = np.concatenate([part.label for part in parts])
    return mixture_ari(LabelledCodes.of(np.asarray(mean), label))


if __name__ == "__main__":
    main(
        "Recipes compared",
        measure,
        dataset={"choices": ["mnist", "iris"], "default": "mnist", "help": "whose recipes"},
        epochs={"type": int, "default": 20, "help": "epochs of each MNIST run"},
    )
