"""Models of the same examples, made ready to be shown side by side, once for all visitors."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from cachetools.keys import hashkey
from numpy.typing import NDArray

from latent_plane import ImageOutput, TableOutput, assets
from latent_plane.comparison import serve_examples, serve_numbers
from pages.compare.choosing import Axes
from pages.shared.cache import shared
from pages.shared.collapse import active
from pages.shared.colouring import colouring
from pages.shared.decoder_output import output_of
from pages.shared.models import ServedModel
from pages.shared.plane_view import FEW, telling_features
from vae_core.arrays import Float32Array, IndexArray, Int64Array
from vae_core.artifacts.manifest import DECODER, SPLITS
from vae_core.datasets import are_here, originals
from vae_core.datasets.heads import layout_of
from vae_core.errors import DataInvalid
from vae_core.figures import latent_figure
from vae_core.latent.plane import Plane, limits_of
from vae_core.latent.procrustes import Alignment
from vae_core.text import plural

MOST_DOTS = 10_000
"""Of more examples some are shown, evenly spaced: the originals of all of them are sent."""
BARS = 8


@dataclass(frozen=True, eq=False)
class PlaneView:
    """One model's plane and where its examples' codes are served; `note` says how many latent
    dimensions are active, and how well it could be laid over the first plane."""

    plane: Plane
    figure_url: str
    codes_url: str
    decoder_url: str
    rows: IndexArray
    note: str


@dataclass(frozen=True, eq=False)
class LinkedView:
    """What the browser fetches for planes of the same examples.

    `index` (n,) are the examples' rows in the whole dataset, ascending; `originals` (n, ...) the
    examples as they are stored, None where they are not here.
    """

    index: Int64Array
    label: Int64Array
    planes: tuple[PlaneView, ...]
    output: ImageOutput | TableOutput
    examples_url: str
    originals_url: str | None
    originals: NDArray[Any] | None
    maximum: float

    def original(self, at: int) -> Float32Array | None:
        """The example at a place, as a decoder would answer it."""
        if self.originals is None:
            return None
        return np.asarray(self.originals[at] / np.float32(self.maximum), np.float32)

    def place_of(self, row: int) -> int | None:
        """Where the example of that row of the dataset is, None where it is not shown."""
        at = int(np.searchsorted(self.index, row))
        return at if at < len(self.index) and self.index[at] == row else None


def _key(models: Sequence[ServedModel], axes: Sequence[Axes], *, overlay: bool) -> Hashable:
    return hashkey(tuple(model.model_id for model in models), tuple(axes), overlay)


@shared(most=32, key=_key)
def linked_view(
    models: Sequence[ServedModel], axes: Sequence[Axes], *, overlay: bool
) -> LinkedView:
    """The planes of models of one dataset; with `overlay` each lies over the first one's."""
    first, description = models[0], models[0].manifest.description
    index = _shared_examples(models)
    rows = [_rows(model, index) for model in models]
    label = first.artifact.latents.label[rows[0]]
    means = [m.artifact.latents.mean[own] for m, own in zip(models, rows, strict=True)]
    planes = [_plane(mean, own) for mean, own in zip(means, axes, strict=True)]
    target = planes[0].project(means[0]) if overlay else None
    views = tuple(
        _plane_view(model, own, plane, mean, None if number == 0 else target)
        for number, (model, own, plane, mean) in enumerate(
            zip(models, rows, planes, means, strict=True)
        )
    )
    stored, maximum = _originals(first, index)
    return LinkedView(
        index=index,
        label=label,
        planes=views,
        output=_output(first),
        examples_url=serve_examples(index, label, description.labels),
        originals_url=None if stored is None else serve_numbers(stored, maximum=maximum),
        originals=stored,
        maximum=maximum,
    )


def _shared_examples(models: Sequence[ServedModel]) -> Int64Array:
    """Rows of the dataset that all models have encoded: held-out ones of the first, all if few."""
    latents = models[0].artifact.latents
    held = latents.index[latents.split == SPLITS.index("test")]
    known = (model.artifact.latents.index for model in models)
    index = reduce(np.intersect1d, known, held if len(held) >= FEW else latents.index)
    if len(index) > MOST_DOTS:
        index = index[np.linspace(0, len(index) - 1, MOST_DOTS).astype(np.intp)]
    return np.asarray(index, np.int64)


def _rows(model: ServedModel, index: Int64Array) -> IndexArray:
    """Where a model's latents have the examples."""
    own = model.artifact.latents.index
    order = np.argsort(own, kind="stable")
    return np.asarray(order[np.searchsorted(own[order], index)])


def _plane(mean: Float32Array, axes: Axes) -> Plane:
    dim = mean.shape[1]
    if axes is None and len(mean) > 1:
        return Plane.principal(mean)
    return Plane.axes(*(axes or (0, 1)), latent_dim=dim)


def _plane_view(
    model: ServedModel,
    rows: IndexArray,
    plane: Plane,
    mean: Float32Array,
    target: Float32Array | None,
) -> PlaneView:
    plane, underlay, note = _laid(plane, mean, target)
    places, flat = plane.project(mean), plane.latent_dim == 1
    both = places if underlay is None else np.concatenate([places, underlay])
    limits = limits_of(both)
    figure = latent_figure(
        places[:, :1] if flat else places,
        **colouring(model, rows, None),
        names=plane.names,
        limits=np.array([limits[0], [-1.6, 1.6]]) if flat else limits,
        rows=np.arange(len(rows)),
        prior_centre=None if flat else plane.project(np.zeros((1, plane.latent_dim)))[0],
        underlay=underlay,
        small=True,
        revision=f"{model.model_id} {plane.names}",
    )
    return PlaneView(
        plane=plane,
        figure_url=assets.serve(figure.to_json().encode(), suffix=".json"),
        codes_url=serve_numbers(mean),
        decoder_url=assets.serve_file(model.artifact.file(DECODER)),
        rows=rows,
        note=f"{_activity(model)} {note}".strip(),
    )


def _activity(model: ServedModel) -> str:
    count = active(model)
    words = f"{count} of {plural(model.codec.latent_dim, 'latent dimension')} active."
    return words if count else f"{words} The codes have collapsed."


def _laid(
    plane: Plane, mean: Float32Array, target: Float32Array | None
) -> tuple[Plane, Float32Array | None, str]:
    """The plane turned towards `target` (n, 2), which lies under it, and how well that fits."""
    if target is None:
        return plane, None, ""
    if plane.latent_dim == 1 or not np.ptp(target[:, 1]):
        return plane, None, "A line can't be laid over a plane."
    try:
        found = Alignment.of(plane.project(mean), target)
    except DataInvalid:
        return plane, None, "All its examples lie in one place, so it can't be laid over."
    shared_variance = (
        f"{100 - 100 * found.disparity:.0f} % of the spread of plane 1 is found again (R²)."
    )
    return found.turned(plane), found.underlay(target), shared_variance


def _originals(model: ServedModel, index: Int64Array) -> tuple[NDArray[Any] | None, float]:
    """The examples as decoders answer them, and what they are to be divided by."""
    description = model.manifest.description
    if not are_here(description.name, index).all():
        return None, 1.0
    stored = originals(description.name, index)
    if description.kind == "table":
        return layout_of(description.features).indicators(stored), 1.0
    return stored, description.maximum


def _output(model: ServedModel) -> ImageOutput | TableOutput:
    """Of a table the few features that tell most: four models are to fit beside each other."""
    manifest = model.manifest
    first = telling_features(model) if manifest.description.kind == "table" else ()
    output = output_of(manifest.description, manifest.low, manifest.high, first=tuple(first))
    if isinstance(output, TableOutput):
        return replace(output, bars=output.bars[:BARS])
    return output
