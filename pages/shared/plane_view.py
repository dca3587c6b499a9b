"""What of a model the plane shows: which examples, on which two axes, with which features."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane import ImageOutput, PlaneEvent, TableOutput, assets, latent_plane, plane_event
from pages.shared.axes import choose_axes
from pages.shared.colouring import choose_colour, colouring
from pages.shared.decoder_output import output_of
from pages.shared.models import BY_NAME, NARROW, ServedModel
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array, IndexArray
from vae_core.artifacts.artifact import Latents
from vae_core.artifacts.manifest import DECODER, SPLITS
from vae_core.figures import MAX_MATRIX_FEATURES, feature_matrix, latent_figure
from vae_core.latent.plane import Plane, density, ellipse, limits_of
from vae_core.metrics import correlation_ratio

POINTS = {"test": "Held-out", "train": "Training", "all": "All"}
FEW = 500
FEATURES_AT_FIRST = 4
MOST_DOTS = 70_000
"""Of more examples some are drawn, evenly spaced; the density is that of all."""
DAY = 24 * 3600


@dataclass(frozen=True, eq=False)
class View:
    """Everything that the browser fetches for a plane; computed once for all visitors.

    `rows` (n,) are the shown rows of the model's latents, `features` the shown columns of a
    table, `limits` (d, 2) the ends of the sliders.
    """

    plane: Plane
    rows: IndexArray
    features: tuple[int, ...]
    limits: Float32Array
    figure_url: str
    decoder_url: str
    matrix_url: str | None
    output: ImageOutput | TableOutput

    def ellipse(self, latents: Latents, row: int) -> Float32Array:
        """Outline of q(z|x) of a row at two sigma, on the plane."""
        return ellipse(latents.mean[row], latents.log_var[row], self.plane, sigmas=2)


def choose_view(model: ServedModel, *, backdrop: bool = False) -> View:
    """The boxes that decide what is shown, and the result; `backdrop` shades the density."""
    manifest = model.manifest
    points = _choose_points(manifest.spec.dataset, model.artifact.latents)
    axes = choose_axes(manifest.spec.latent_dim, principal=True)
    features: tuple[int, ...] = ()
    column = None
    if manifest.description.kind == "table":
        features = _choose_features(model)
        column = None if backdrop else choose_colour(model)
    return view_of(model, points, axes, features, backdrop=backdrop, column=column)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, ttl=DAY, show_spinner="Drawing the plane …")
def view_of(
    model: ServedModel,
    points: str,
    axes: tuple[int, int] | None,
    features: tuple[int, ...],
    *,
    backdrop: bool = False,
    column: int | None = None,
) -> View:
    """The view of a model; `axes` None shows the two principal ones, and `column` colours the dots
    by a feature instead of the label."""
    latents = model.artifact.latents
    every = _rows(latents, points)
    plane = _plane(latents.mean, axes)
    crowd = plane.project(latents.mean[every])
    limits = limits_of(crowd)
    shown = _evenly(len(every), MOST_DOTS)
    rows, coordinates = every[shown], crowd[shown]
    flat = model.codec.latent_dim == 1
    figure = latent_figure(
        coordinates[:, :1] if flat else coordinates,
        **colouring(model, rows, column),
        names=plane.names,
        limits=np.array([limits[0], [-1.6, 1.6]]) if flat else limits,
        rows=rows,
        density=None if flat else density(crowd, limits=limits),
        backdrop=backdrop,
        prior_centre=None if flat else plane.project(np.zeros((1, plane.latent_dim)))[0],
        revision=f"{model.model_id} {plane.names}",
    )
    return View(
        plane=plane,
        rows=rows,
        features=features,
        limits=limits_of(latents.mean),
        figure_url=_serve_figure(figure),
        decoder_url=assets.serve_file(model.artifact.file(DECODER)),
        matrix_url=_matrix_url(model, rows, features, column) if features else None,
        output=_output(model, rows, features),
    )


def model_plane(
    model: ServedModel,
    view: View,
    *,
    key: str,
    z: ArrayLike,
    label: int | None,
    **more: Any,
) -> PlaneEvent:
    """The plane of a stored model on which to walk; it starts at `z` (d,) and `label`.

    `more` is for `latent_plane`; a `figure_url` there goes before the view's.
    """
    event = plane_event(key, z=z, label=label)
    given = event.label if event.label in range(len(model.classes)) else label
    shown = {"figure_url": view.figure_url, **more}
    return latent_plane(
        key=key,
        decoder_url=view.decoder_url,
        plane=view.plane,
        output=view.output,
        z=event.z,
        label=given,
        decoded=model.codec.parameters(event.z[None], given)[0],
        limits=view.limits,
        classes=model.classes,
        **shown,
    )


def _choose_points(dataset: str, latents: Latents) -> str:
    counts = {name: len(_rows(latents, name)) for name in POINTS}
    few = counts["test"] < FEW
    return st.selectbox(
        "Dots",
        ["all", "test", "train"] if few else list(POINTS),
        format_func=lambda name: _counted(name, counts[name]),
        key=f"dots of {dataset}",
        width=NARROW,
        help="Held-out examples were not seen in training.",
    )


def _counted(name: str, count: int) -> str:
    shown = f"{MOST_DOTS:,} of " if count > MOST_DOTS else ""
    return f"{POINTS[name]} ({shown}{count:,})"


def _evenly(count: int, most: int) -> IndexArray:
    """Places of at most `most` among `count`, evenly spaced."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(np.intp)


def _choose_features(model: ServedModel) -> tuple[int, ...]:
    description = model.manifest.description
    if len(description.features) <= FEATURES_AT_FIRST:
        return tuple(range(len(description.features)))
    chosen = st.multiselect(
        "Features",
        range(len(description.features)),
        default=telling_features(model),
        max_selections=MAX_MATRIX_FEATURES,
        format_func=lambda column: description.features[column].name,
        key=f"features of {description.name}",
        help="Plotted against each other beside the plane; at first those that best separate the "
        "labels.",
    )
    return tuple(sorted(chosen)) if len(chosen) > 1 else ()


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=64)
def telling_features(model: ServedModel) -> list[int]:
    """The columns whose training values differ most between labels."""
    train = model.artifact.latents.of("train")
    values = examples_of(model.manifest.description, train.index)
    if values is None:
        return list(range(FEATURES_AT_FIRST))
    best = np.argsort(-correlation_ratio(values, train.label))[:FEATURES_AT_FIRST]
    return sorted(best.tolist())


def _plane(mean: Float32Array, axes: tuple[int, int] | None) -> Plane:
    return Plane.principal(mean) if axes is None else Plane.axes(*axes, latent_dim=mean.shape[1])


def _rows(latents: Latents, points: str) -> IndexArray:
    if points == "all":
        return np.arange(len(latents.split))
    return np.flatnonzero(latents.split == tuple(map(str, SPLITS)).index(points))


def _output(
    model: ServedModel, rows: IndexArray, first: tuple[int, ...]
) -> ImageOutput | TableOutput:
    manifest = model.manifest
    table = manifest.description.kind == "table"
    index = model.artifact.latents.index[rows]
    values = examples_of(manifest.description, index) if table else None
    low, high = manifest.low, manifest.high
    return output_of(manifest.description, low, high, first=first, values=values)


def _serve_figure(figure: object) -> str:
    return assets.serve(figure.to_json().encode(), suffix=".json")  # type: ignore[attr-defined]


def _matrix_url(
    model: ServedModel, rows: IndexArray, columns: tuple[int, ...], colour: int | None
) -> str | None:
    latents, description = model.artifact.latents, model.manifest.description
    values = examples_of(description, latents.index[rows])
    if values is None:
        return None
    figure = feature_matrix(
        values,
        features=description.features,
        columns=columns,
        **colouring(model, rows, colour),
        rows=rows,
        revision=f"{model.model_id} {columns}",
    )
    return _serve_figure(figure)
