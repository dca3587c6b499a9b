"""An example and what a model makes of it, as pieces of HTML that are made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from pages.shared.example.picker import Example
from pages.shared.example.scores import QUANTITIES, quantities_of
from pages.shared.models import ServedModel, served
from vae_core.arrays import Float32Array
from vae_core.artifacts.manifest import Manifest
from vae_core.figures import axis_title
from vae_core.figures.difference import css_scale, difference_picture, in_colours
from vae_core.figures.raster import data_uri
from vae_core.latent.sampling import posterior
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import scores

DRAWS = 5
SAMPLES = 32
"""Draws of z behind the numbers of the one example that is shown."""
FAR = 3
"""An error of so many noise scales has the colours' end."""
KEPT = 256
LARGE, SMALL = 116, 64
LEGEND = (
    '<div style="display:flex;gap:.5em;align-items:center;font-size:.75rem;max-width:'
    f'{3 * LARGE + 20}px"><span>−1 too little</span><i style="flex:1;height:8px;border-radius:4px;'
    f'background:{css_scale()}"></i><span>too much +1</span></div>'
)


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
    return _look(model.manifest.model_id, example.told(model), values, *codes)


@lru_cache(maxsize=KEPT)
def _look(
    model_id: str, told: int | None, values: bytes | None, mean: bytes, spread: bytes
) -> Look:
    """Kept by value, since a released drag looks at the same example again."""
    model = served(model_id)
    x = None if values is None else np.frombuffer(values, np.float32).reshape(model.codec.shape)
    z = np.frombuffer(mean, np.float32)
    made = model.codec.decode(z[None], told)[0]
    drawn = model.codec.decode(posterior(z, np.frombuffer(spread, np.float32), DRAWS), told)
    numbers = "" if x is None else _numbers(model, x, told)
    if model.manifest.description.kind == "table":
        return Look(_table(model.manifest, x, made, drawn), "", numbers)
    return Look(_triple(x, made), _pictures([(picture, "") for picture in drawn], SMALL), numbers)


def _numbers(model: ServedModel, x: Float32Array, told: int | None) -> str:
    label = None if told is None else [told]
    observation = observation_model(model.manifest)
    measured = scores(model.codec, x[None], label, observation, samples=SAMPLES)
    cells = "".join(
        f'<div><div style="font-size:.8rem;opacity:.75">{QUANTITIES[name].name}</div>'
        '<div style="font-size:1.15rem;white-space:nowrap">'
        f"{QUANTITIES[name].write(values[0])}</div></div>"
        for name, values in quantities_of(measured).items()
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.6rem">{cells}</div>'


def _triple(x: Float32Array | None, made: Float32Array) -> str:
    if x is None:
        return _pictures([(made, "Reconstruction")], LARGE)
    error = difference_picture(x, made)
    pairs: list[tuple[ArrayLike, str]] = [
        (x, "Original"),
        (made, "Reconstruction"),
        (error, "Error, signed"),
    ]
    return _pictures(pairs, LARGE, below=LEGEND)


def _table(
    manifest: Manifest, x: Float32Array | None, made: Float32Array, drawn: Float32Array
) -> str:
    """A line a feature: what it was, what the model makes of it, how far off in its unit."""
    original = np.full_like(made, np.nan) if x is None else x
    error = made - original
    noise = np.asarray(manifest.noise_scale, np.float64)
    colours = in_colours(np.nan_to_num(error / (FAR * noise)))
    draws = zip(drawn.min(axis=0), drawn.max(axis=0), strict=True)
    lines = (
        f"<tr><td>{escape(axis_title(feature))}</td>{_cell(f'{before:.4g}')}{_cell(f'{after:.4g}')}"
        + _cell(f"{off:+.3g}", f"rgb({' '.join(map(str, colour))})")
        + f"{_cell(f'{low:.4g} … {high:.4g}')}</tr>"
        for feature, before, after, off, colour, (low, high) in zip(
            manifest.description.features, original, made, error, colours, draws, strict=True
        )
    )
    heads = ("Feature", "Original", "Decoded", "Error", f"{DRAWS} draws")
    return (
        '<div style="overflow:auto;max-height:460px"><table style="font-size:.85rem;width:100%;'
        f'border-spacing:.5em .15em"><tr>{"".join(map(_head, heads))}</tr>{"".join(lines)}</table>'
        "</div>"
    )


def _head(text: str) -> str:
    side = "left" if text == "Feature" else "right"
    return f'<th style="text-align:{side};white-space:nowrap">{text}</th>'


def _cell(text: str, colour: str | None = None) -> str:
    mark = (
        f'<i style="display:inline-block;width:.7em;height:.7em;margin-right:.4em;'
        f'border-radius:2px;background:{colour}"></i>'
        if colour
        else ""
    )
    number = text.replace("-", "−").replace("nan", "–")
    return f'<td style="text-align:right;white-space:nowrap">{mark}{number}</td>'


def _pictures(pairs: Sequence[tuple[ArrayLike, str]], side: int, *, below: str = "") -> str:
    """Pictures side by side under their captions."""
    figures = "".join(
        f'<figure style="margin:0;flex:0 1 {side}px;min-width:0">'
        + (f'<figcaption style="font-size:.8rem">{caption}</figcaption>' if caption else "")
        + f'<img src="{data_uri(picture)}" alt="{caption or "Draw"}" '
        'style="image-rendering:pixelated;display:block;width:100%;border-radius:4px"></figure>'
        for picture, caption in pairs
    )
    return f'<div style="display:flex;gap:10px">{figures}</div>{below}'
