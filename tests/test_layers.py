"""A network's layers are counted from its specification as Keras counts them once it is built."""

from itertools import product
from typing import Any

import pytest

from vae_core.datasets import default_spec, entry
from vae_core.datasets.catalogue import ARCHITECTURES
from vae_core.spec.layers import layers_of
from vae_core.spec.training_spec import TrainingSpec

REFINED: dict[str, Any] = {"skip_z": True, "residual": True, "fourier": 2, "latent_dim": 5}
CASES = [
    (dataset, architecture, values)
    for dataset in ("iris", "digits", "mnist")
    for architecture in ARCHITECTURES[entry(dataset).description.kind]
    for values in ({}, {"conditional": True}, REFINED, {**REFINED, "conditional": True})
]


@pytest.mark.slow
@pytest.mark.parametrize(("dataset", "architecture", "values"), CASES)
def test_keras_learns_as_many_numbers(
    dataset: str, architecture: str, values: dict[str, Any]
) -> None:
    from vae_core.training.vae import build

    description = entry(dataset).description
    for decoder_hidden, likelihood in product(((), (9,)), {"gaussian", default(dataset)}):
        spec = default_spec(
            dataset,
            **{**values, "architecture": architecture},
            decoder_hidden=decoder_hidden,
            likelihood=likelihood,
        )
        vae = build(spec, description)
        layers = layers_of(spec, description.shape, len(description.labels))
        assert layers.encoder_parameters == vae.encoder.count_params()
        assert layers.decoder_parameters == vae.decoder.count_params()
        learned = sum(
            int(variable.value.shape.num_elements()) for variable in vae.trainable_variables
        )
        assert layers.parameters == learned
        by_keras = [n for layer in vae.decoder.layers if (n := layer.count_params())]
        assert [layer.parameters for layer in layers.decoder if layer.parameters] == by_keras


def default(dataset: str) -> str:
    return default_spec(dataset).likelihood


def test_shapes_shrink_to_z_and_grow_back() -> None:
    spec = TrainingSpec.create(dataset="mnist", architecture="conv", conditional=True, fourier=3)
    layers = layers_of(spec, (28, 28, 1), 10)
    assert [(layer.kind, layer.shape) for layer in layers.encoder] == [
        ("data", (28, 28, 1)),
        ("convolution", (14, 14, 32)),
        ("convolution", (7, 7, 64)),
        ("dense", (16,)),
        ("label", (16,)),
    ]
    assert layers.latent.shape == (2,)
    assert [(layer.kind, layer.shape) for layer in layers.decoder] == [
        ("Fourier", (14,)),
        ("dense", (16,)),
        ("dense", (7, 7, 64)),
        ("convolution", (14, 14, 64)),
        ("convolution", (28, 28, 32)),
        ("data", (28, 28, 1)),
    ]
