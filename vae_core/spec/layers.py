"""The layers of a specified network with their shapes and parameters, known before it is built."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, prod
from typing import Literal

from vae_core.spec.network import Network

Kind = Literal["data", "convolution", "dense", "label", "latent", "Fourier"]
Shape = tuple[int, ...]

KERNEL = 3 * 3


@dataclass(frozen=True)
class Layer:
    """One layer: what kind, the `shape` of what it answers, and how many numbers it learns."""

    kind: Kind
    shape: Shape
    parameters: int = 0

    @property
    def units(self) -> int:
        """Numbers that it answers for one example."""
        return prod(self.shape)


@dataclass(frozen=True)
class Layers:
    """An encoder from the data on, the latent layer, and a decoder that ends in the data's shape.

    `latent` gives z; its parameters are those of mean and log variance. `noise` counts the learned
    scales of a Gaussian likelihood.
    """

    encoder: tuple[Layer, ...]
    latent: Layer
    decoder: tuple[Layer, ...]
    noise: int = 0

    @property
    def encoder_parameters(self) -> int:
        """All that the encoder learns, mean and log variance included."""
        return self.latent.parameters + sum(layer.parameters for layer in self.encoder)

    @property
    def decoder_parameters(self) -> int:
        """All that the decoder learns."""
        return sum(layer.parameters for layer in self.decoder)

    @property
    def parameters(self) -> int:
        """All that training adjusts."""
        return self.encoder_parameters + self.decoder_parameters + self.noise


def layers_of(network: Network, shape: Shape, classes: int, *, parameters: int = 0) -> Layers:
    """The layers that `network` has for examples of `shape` with so many `classes` of labels.

    The heads of a mixed table take so many `parameters` from the decoder; its encoder sees as many
    numbers, and for each column whether it is known.

    The twin of `vae_core.training.vae.build`, which needs TensorFlow; a test compares them.
    """
    given = classes if network.conditional else 0
    mixed = network.likelihood == "mixed"
    seen, said = ((shape[0] + parameters,), (parameters,)) if mixed else (shape, shape)
    encoder = tuple(_encoder(network, seen, given))
    latent = Layer(
        "latent", (network.latent_dim,), 2 * _dense(encoder[-1].units, network.latent_dim)
    )
    decoder = tuple(_decoder(network, said, given))
    # An image has one scale for all its values, a table one for each column.
    scales = shape[0] if len(shape) == 1 else 1
    learned = network.likelihood in ("gaussian", "mixed")
    return Layers(encoder, latent, decoder, scales if learned else 0)


def _encoder(network: Network, shape: Shape, given: int) -> Iterator[Layer]:
    yield Layer("data", shape)
    for count in network.filters:
        incoming, shape = shape[-1], (*_halved(shape), count)
        yield Layer("convolution", shape, _convolution(incoming, count))
    width = prod(shape)
    for units in network.hidden:
        yield Layer("dense", (units,), _dense(width, units))
        width = units
    if given:
        units = (*network.filters, *network.hidden)[-1]
        yield Layer("label", (units,), _dense(width + given, units))


def _decoder(network: Network, shape: Shape, given: int) -> Iterator[Layer]:
    seen = network.latent_dim
    if network.fourier:
        seen *= 1 + 2 * network.fourier
        yield Layer("Fourier", (seen,))
    seen += given
    if network.filters:
        yield from _decoder_of_filters(network, shape, seen)
        return
    widths = [(units,) for units in network.decoder_widths]
    yield from _stack(network, widths, seen)
    incoming = network.decoder_widths[-1] + (seen if network.skip_z else 0)
    yield Layer("data", shape, _dense(incoming, prod(shape)))


def _decoder_of_filters(network: Network, shape: Shape, seen: int) -> Iterator[Layer]:
    sizes = [shape[:2]]
    for _ in network.filters:
        sizes.append(_halved(sizes[-1]))
    start = (*sizes.pop(), network.filters[-1])
    yield from _stack(network, [*((units,) for units in network.decoder_widths), start], seen)
    incoming = start[-1]
    for count, size in zip(reversed(network.filters), reversed(sizes), strict=True):
        yield Layer("convolution", (*size, count), _convolution(incoming, count))
        incoming = count
    yield Layer("data", shape, _convolution(incoming, shape[-1]))


def _stack(network: Network, shapes: Sequence[Shape], seen: int) -> Iterator[Layer]:
    """The decoder's dense layers; with `skip_z` each sees z beside the layer before it."""
    incoming = seen
    for shape in shapes:
        yield Layer("dense", shape, _dense(incoming, prod(shape)))
        incoming = prod(shape) + (seen if network.skip_z else 0)


def _halved(shape: Shape) -> Shape:
    """Height and width after a convolution with stride 2."""
    return ceil(shape[0] / 2), ceil(shape[1] / 2)


def _dense(incoming: int, units: int) -> int:
    """Weights and biases."""
    return (incoming + 1) * units


def _convolution(incoming: int, filters: int) -> int:
    return (KERNEL * incoming + 1) * filters
