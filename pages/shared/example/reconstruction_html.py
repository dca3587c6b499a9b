"""An example and what a model makes of it, as pieces of HTML that are made once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pages.shared.cache import shared
from pages.shared.example.mixed_features import mixed_features
from pages.shared.example.picker import Example
from pages.shared.example.scores import QUANTITIES, quantities_of
from pages.shared.models import ServedModel, by_name
from pages.shared.templates import render
from vae_core.arrays import Float32Array
from vae_core.artifacts.manifest import Manifest
from vae_core.figures import axis_title
from vae_core.figures.difference import css_scale, difference_picture, in_colours
from vae_core.figures.raster import data_uri
from vae_core.latent.sampling import posterior
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import scores
from vae_core.text import number

DRAWS = 5
SAMPLES = 32
"""Draws of z behind the numbers of the one example that is shown."""
FAR = 3
"""An error of so many noise scales has the colours' end."""
KEPT = 256
LARGE, SMALL = 116, 64


@dataclass(frozen=True)
class Look:
    """`beside`: the example, its reconstruction and their difference; `draws`: of its posterior.

    `draws` is empty for a table, whose rows have them beside; `numbers` is without the original.
    """

    beside: str
    draws: str
    numbers: str


def look_at(model: ServedModel, example: Example) -> Look:
    """What the model makes of the example."""
    values = None if example.values is None else example.values.tobytes()
    codes = (example.mean.tobytes(), example.log_var.tobytes())
    return _look(model, example.label_for(model), values, *codes)


@shared(most=KEPT, key=by_name)
def _look(
    model: ServedModel, label: int | None, values: bytes | None, mean: bytes, spread: bytes
) -> Look:
    """Kept by value, since a released drag looks at the same example again."""
    x = None if values is None else np.frombuffer(values, np.float32).reshape(model.codec.shape)
    z = np.frombuffer(mean, np.float32)
    made = model.codec.decode(z[None], label)[0]
    drawn = model.codec.decode(posterior(z, np.frombuffer(spread, np.float32), DRAWS), label)
    numbers = "" if x is None else _numbers(model, x, label)
    if model.manifest.spec.likelihood == "mixed":
        return Look(mixed_features(model, x, z, label, drawn), "", numbers)
    if model.manifest.description.kind == "table":
        return Look(_features(model.manifest, x, made, drawn), "", numbers)
    return Look(_triple(x, made), _pictures([(picture, "") for picture in drawn], SMALL), numbers)


def _numbers(model: ServedModel, x: Float32Array, label: int | None) -> str:
    labels = None if label is None else [label]
    observation = observation_model(model.manifest)
    measured = scores(model.codec, x[None], labels, observation, samples=SAMPLES)
    written = [
        (QUANTITIES[name].name, QUANTITIES[name].write(values[0]))
        for name, values in quantities_of(measured).items()
    ]
    return render("shared/example/quantities.html", quantities=written)


def _triple(x: Float32Array | None, made: Float32Array) -> str:
    if x is None:
        return _pictures([(made, "Reconstruction")], LARGE)
    error = difference_picture(x, made)
    pairs: list[tuple[ArrayLike, str]] = [
        (x, "Original"),
        (made, "Reconstruction"),
        (error, "Error, signed"),
    ]
    return _pictures(pairs, LARGE, scale=css_scale())


def _features(
    manifest: Manifest, x: Float32Array | None, made: Float32Array, drawn: Float32Array
) -> str:
    """A line for each feature: its value, the decoded one, how far off that is in its unit."""
    original = np.full_like(made, np.nan) if x is None else x
    error = made - original
    noise = np.asarray(manifest.noise_scale, np.float64)
    colours = in_colours(np.nan_to_num(error / (FAR * noise)))
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    lines = [
        (
            axis_title(feature),
            number(original[i]),
            number(made[i]),
            number(error[i], "+.3g"),
            f"rgb({' '.join(map(str, colours[i]))})",
            number(low[i]),
            number(high[i]),
        )
        for i, feature in enumerate(manifest.description.features)
    ]
    return render("shared/example/features.html", draws=DRAWS, lines=lines)


def _pictures(pairs: Sequence[tuple[ArrayLike, str]], side: int, *, scale: str = "") -> str:
    """Pictures side by side under their captions, over a legend of the errors' colours."""
    pictures = [(data_uri(picture), caption) for picture, caption in pairs]
    return render("shared/example/pictures.html", pictures=pictures, side=side, scale=scale)
