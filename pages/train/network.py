"""The network of a specification as a drawing: its layers, their shapes, what they learn."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from pages.shared.templates import show
from vae_core.datasets.description import Description
from vae_core.datasets.heads import layout_of
from vae_core.spec.layers import Layer, Layers, layers_of
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import plural

KINDS = {
    "convolution": "convolution",
    "dense": "dense",
    "label": "dense, with label",
    "latent": "mean, variance",
    "Fourier": "sines of z",
}
THINNEST = 0.08
"""Of the drawing's height: a layer of one unit can still be seen."""


@dataclass(frozen=True)
class Drawn:
    """A layer in the drawing; `before` and `size` are shares of its height, `part` its colour."""

    part: str
    before: float
    size: float
    shape: str
    kind: str
    parameters: str


def network_of(spec: TrainingSpec, description: Description) -> Layers:
    """The layers that this training has on data of `description`."""
    parameters = layout_of(description.features).size
    return layers_of(spec, description.shape, len(description.labels), parameters=parameters)


def draw_network(spec: TrainingSpec, description: Description) -> None:
    """Encoder, z and decoder from left to right, or downwards where there is no room for that."""
    layers = network_of(spec, description)
    show(
        "train/network.html",
        layers=list(_drawn(layers, description)),
        parts=[
            ("encoder", "Encoder", len(layers.encoder), layers.encoder_parameters),
            ("latent", "z", 1, 0),
            ("decoder", "Decoder", len(layers.decoder), layers.decoder_parameters),
        ],
        words=in_words(layers),
    )


def in_words(layers: Layers) -> str:
    """The drawing for those who don't see it."""
    encoder, decoder = (
        ", ".join(f"{_shape(layer)} ({layer.kind})" for layer in half)
        for half in (layers.encoder, layers.decoder)
    )
    latent = plural(layers.latent.units, "latent dimension")
    return (
        f"The network. Encoder: {encoder}. Then z, {latent}. Decoder: {decoder}. "
        f"{layers.parameters:,} parameters."
    )


def notes(spec: TrainingSpec) -> list[str]:
    """What the drawing can't show of connections between layers that are no neighbours."""
    return [
        sentence
        for holds, sentence in (
            (spec.conditional, "Encoder and decoder are also given the label."),
            (spec.skip_z, "Each dense layer of the decoder is also given z."),
            (spec.residual, "A dense layer as wide as the one before it adds that one's output."),
        )
        if holds
    ]


def _drawn(layers: Layers, description: Description) -> Iterator[Drawn]:
    halves = (
        ("encoder", layers.encoder),
        ("latent", (layers.latent,)),
        ("decoder", layers.decoder),
    )
    largest = max(layer.units for _, half in halves for layer in half)
    before = 0.0
    for part, half in halves:
        for layer in half:
            size = THINNEST + (1 - THINNEST) * log(layer.units) / log(max(largest, 2))
            kind = KINDS.get(layer.kind) or _data_kind(description)
            parameters = f"{layer.parameters:,}" if layer.parameters else ""
            yield Drawn(part, before, round(size, 3), _shape(layer), kind, parameters)
            before = round(size, 3)


def _data_kind(description: Description) -> str:
    return "pixels" if description.kind == "image" else "measurements"


def _shape(layer: Layer) -> str:
    """'512', '14 × 14 × 32', and '28 × 28' of one channel."""
    sizes = layer.shape[:-1] if layer.shape[-1] == 1 and len(layer.shape) > 1 else layer.shape
    return "×".join(f"{size:,}" for size in sizes)
