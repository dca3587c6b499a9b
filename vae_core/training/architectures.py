"""Architectures as rows of a table: how features are made of data, and data of z."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.backend import keras

Tensor = Any
ops = keras.ops
layers = keras.layers


def gelu(x: Tensor) -> Tensor:
    """GELU by its tanh form (Hendrycks & Gimpel, 2016): ONNX has no operation for the exact one."""
    return keras.activations.gelu(x, approximate=True)


ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": keras.activations.relu,
    "silu": keras.activations.silu,
    "gelu": gelu,
}


class Fourier(keras.layers.Layer):  # type: ignore[misc]
    """z (n, d) with sin and cos of 2**k z beside it for each k < f: (n, d + 2 d f).

    Layers on z alone learn a fine map slowly (Tancik et al., 2020, 'Fourier Features Let Networks
    Learn High Frequency Functions in Low Dimensional Domains').
    """

    def __init__(self, frequencies: int, **options: Any) -> None:
        super().__init__(**options)
        self.frequencies = frequencies

    def call(self, z: Tensor) -> Tensor:
        waves = [wave(2.0**k * z) for k in range(self.frequencies) for wave in (ops.sin, ops.cos)]
        return ops.concatenate([z, *waves], axis=-1)


@dataclass(frozen=True)
class Architecture:
    """How to build the two halves, and whether XLA makes its training faster.

    `encode(x, spec)` maps scaled data (n, *shape) to features (n, width); `decode(z, spec, shape)`
    maps (n, width) to logits or means (n, *shape).
    """

    encode: Callable[[Tensor, TrainingSpec], Tensor]
    decode: Callable[[Tensor, TrainingSpec, tuple[int, ...]], Tensor]
    jit: bool


def _encode_dense(x: Tensor, spec: TrainingSpec) -> Tensor:
    h = _reshape(x, (prod(x.shape[1:]),))
    for number, width in enumerate(spec.hidden):
        h = _dense(h, h, width, spec, f"encoder_dense_{number}")
    return h


def _decode_dense(z: Tensor, spec: TrainingSpec, shape: tuple[int, ...]) -> Tensor:
    h = _stack(z, spec, spec.decoder_widths)
    if spec.skip_z:
        h = layers.Concatenate(name="decoder_skip_output")([h, z])
    output = layers.Dense(prod(shape), name="decoder_output")(h)
    return _reshape(output, shape)


def _stack(z: Tensor, spec: TrainingSpec, widths: tuple[int, ...]) -> Tensor:
    """The decoder's dense layers, each with z beside the layer before it where `skip_z` says so."""
    h = z
    for number, width in enumerate(widths):
        joined = h
        if spec.skip_z and number:
            joined = layers.Concatenate(name=f"decoder_skip_{number}")([h, z])
        h = _dense(joined, h, width, spec, f"decoder_dense_{number}")
    return h


def _dense(x: Tensor, before: Tensor, width: int, spec: TrainingSpec, name: str) -> Tensor:
    """A dense layer of x, added to the layer before it where the specification says so."""
    h = layers.Dense(width, ACTIVATIONS[spec.activation], name=name)(x)
    if spec.residual and before.shape[-1] == width:
        return layers.Add(name=f"{name}_residual")([before, h])
    return h


def _reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Each example of x in another shape.

    Keras's own layers compute the batch's size, and whether that vanishes from the exported graph
    is left to chance: the converter walks over sets of names.
    """
    return x if tuple(x.shape[1:]) == shape else keras.ops.reshape(x, (-1, *shape))


def _encode_conv(x: Tensor, spec: TrainingSpec) -> Tensor:
    for number, count in enumerate(spec.filters):
        x = layers.Conv2D(
            count,
            3,
            strides=2,
            padding="same",
            activation=ACTIVATIONS[spec.activation],
            name=f"encoder_conv_{number}",
        )(x)
    return _encode_dense(x, spec)


def _decode_conv(z: Tensor, spec: TrainingSpec, shape: tuple[int, ...]) -> Tensor:
    height, width, channels = shape
    sizes = [(height, width)]
    for _ in spec.filters:
        sizes.append((ceil(sizes[-1][0] / 2), ceil(sizes[-1][1] / 2)))
    start = (*sizes.pop(), spec.filters[-1])
    h = _stack(z, spec, (*spec.decoder_widths, prod(start)))
    h = _reshape(h, start)
    for number, (count, size) in enumerate(
        zip(reversed(spec.filters), reversed(sizes), strict=True)
    ):
        h = layers.Conv2DTranspose(
            count,
            3,
            strides=2,
            padding="same",
            activation=ACTIVATIONS[spec.activation],
            name=f"decoder_conv_{number}",
        )(h)
        crop = (h.shape[1] - size[0], h.shape[2] - size[1])
        if any(crop):
            h = layers.Cropping2D(((0, crop[0]), (0, crop[1])), name=f"decoder_crop_{number}")(h)
    return layers.Conv2D(channels, 3, padding="same", name="decoder_output")(h)


ARCHITECTURES: Mapping[str, Architecture] = {
    "dense": Architecture(_encode_dense, _decode_dense, jit=True),
    "conv": Architecture(_encode_conv, _decode_conv, jit=False),
    "table": Architecture(_encode_dense, _decode_dense, jit=False),
}
