"""A network's layers are counted from its specification as Keras counts them once it is built."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from vae_core.datasets import default_spec, entry
from vae_core.datasets.catalogue import architectures_for
from vae_core.datasets.heads import layout_of
from vae_core.datasets.scaling import Scaling
from vae_core.spec.layers import layers_of
from vae_core.spec.training_spec import TrainingSpec

REFINED: dict[str, Any] = {"skip_z": True, "residual": True, "fourier": 2, "latent_dim": 5}
CASES = [
    (dataset, architecture, values)
    for dataset in ("iris", "penguins", "digits", "mnist")
    for architecture in architectures_for(entry(dataset).description)
    for values in ({}, {"conditional": True}, REFINED, {**REFINED, "conditional": True})
]


@pytest.mark.slow
@pytest.mark.parametrize(("dataset", "architecture", "values"), CASES)
def test_keras_learns_as_many_numbers(
    dataset: str, architecture: str, values: dict[str, Any]
) -> None:
    from vae_core.training.vae import build

    description = entry(dataset).description
    for decoder_hidden, likelihood in product(((), (9,)), {plain(dataset), default(dataset)}):
        spec = default_spec(
            dataset,
            **{**values, "architecture": architecture},
            decoder_hidden=decoder_hidden,
            likelihood=likelihood,
        )
        rows = np.zeros((2, description.size), np.float32)
        vae = build(spec, description, Scaling.of(rows, description, mixed=description.is_mixed))
        layers = layers_of(
            spec,
            description.shape,
            len(description.labels),
            parameters=layout_of(description.features).size,
        )
        assert layers.encoder_parameters == vae.encoder.count_params()
        assert layers.decoder_parameters == vae.decoder.count_params()
        learned = sum(
            int(variable.value.shape.num_elements()) for variable in vae.trainable_variables
        )
        assert layers.parameters == learned
        by_keras = [n for layer in vae.decoder.layers if (n := layer.count_params())]
        assert [layer.parameters for layer in layers.decoder if layer.parameters] == by_keras


def plain(dataset: str) -> str:
    return "mixed" if entry(dataset).description.is_mixed else "gaussian"


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
