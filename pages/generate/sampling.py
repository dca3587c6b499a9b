"""What the Generate page draws from a model: computed once for all visitors."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from latent_plane import assets
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.plane_view import DAY, FEW, View, view_of
from vae_core.arrays import Float32Array, Int64Array
from vae_core.figures import samples_figure
from vae_core.latent import sampling
from vae_core.latent.mixture import MixtureFit, fit_mixture
from vae_core.latent.plane import limits_of
from vae_core.metrics.likelihood import drawn as drawn_values
from vae_core.metrics.likelihood import observation_model

PRIOR, POSTERIOR, NEAR, CLASSES = "Prior", "Where the data lie", "Near an example", "By class"
CONTEXT = 2_000
"""Examples that lie behind the samples on the map, at most."""
SAME = 1e-4
Axes = tuple[int, int] | None


@dataclass(frozen=True)
class Request:
    """What somebody asked for; the same request is the same draw, in all visits.

    `width` multiplies the standard deviations of the prior, of the mixture's components, or of
    the posterior with the mean and log_var of `around`. `label` is given to a conditional decoder;
    None gives it labels as often as the data have them. `noise` adds the model's noise to rows of
    a table.
    """

    method: str
    count: int
    seed: int = 0
    width: float = 1.0
    label: int | None = None
    around: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    noise: bool = False


@dataclass(frozen=True, eq=False)
class Draw:
    """Generated examples `x` (n, *shape) at `z` (n, d); `label` (n,) is what the decoder was given.

    -1 stands for no label.
    """

    z: Float32Array
    label: Int64Array
    x: Float32Array

    def label_at(self, place: int) -> int | None:
        """The label of one example, None where the decoder takes none."""
        return None if self.label[place] < 0 else int(self.label[place])

    def at(self, z: Float32Array, label: int | None) -> int | None:
        """The first example that was made of `z` (d,) and `label`, None for none."""
        same = self.label == (-1 if label is None else label)
        places = np.flatnonzero(same & (np.abs(self.z - z) < SAME).all(axis=1))
        return int(places[0]) if places.size else None


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner="Generating …")
def drawn(model: ServedModel, request: Request) -> Draw:
    """What the model generates for a request."""
    z = _points(model, request)
    label = _labels(model, request, len(z))
    if request.method == CLASSES:
        z = np.tile(z, (len(model.classes), 1))
    given = label if model.classes else None
    if not request.noise:
        return Draw(z, label, model.codec.decode(z, given))
    rng, observation = np.random.default_rng([request.seed, 2]), observation_model(model.manifest)
    return Draw(z, label, drawn_values(model.codec.parameters(z, given), observation, rng))


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=64, show_spinner="Fitting a mixture to the codes …"
)
def mixture_of(model: ServedModel, label: int | None) -> MixtureFit:
    """The mixture for the training examples' codes, those of one label only unless None."""
    latents = model.artifact.latents.of("train")
    rows = slice(None) if label is None else latents.label == label
    return fit_mixture(latents.mean[rows], latents.log_var[rows])


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, ttl=DAY, show_spinner=False)
def samples_url(model: ServedModel, request: Request, axes: Axes) -> str:
    """The served map of a draw over the examples, on the plane of `map_of`."""
    latents, draw = model.artifact.latents, drawn(model, request)
    plane = map_of(model, axes).plane
    classes = () if request.method == CLASSES else model.classes
    rows = np.linspace(0, len(latents.mean) - 1, min(CONTEXT, len(latents.mean))).astype(int)
    figure = samples_figure(
        plane.project(draw.z[: request.count]),
        labels=draw.label[: request.count],
        label_names=classes,
        context=plane.project(latents.mean[rows]),
        rows=rows,
        first=len(latents.mean),
        names=plane.names,
        limits=limits_of(plane.project(latents.mean)),
        prior_centre=plane.project(np.zeros((1, plane.latent_dim)))[0],
        revision=f"{model.model_id} {plane.names}",
    )
    return assets.serve(figure.to_json().encode(), suffix=".json")


def map_of(model: ServedModel, axes: Axes) -> View:
    """The examples' own map: the held-out ones, or all where these are few."""
    held_out = model.artifact.latents.of("test").label
    return view_of(model, "all" if len(held_out) < FEW else "test", axes, ())


def _points(model: ServedModel, request: Request) -> Float32Array:
    count, seed, width = request.count, request.seed, request.width
    if request.method == POSTERIOR:
        mixture = mixture_of(model, request.label).mixture
        return mixture.sample(count, seed=seed, temperature=width)
    if request.around:
        return sampling.posterior(*request.around, count, seed=seed, spread=width)
    return sampling.prior(count, model.codec.latent_dim, seed=seed, temperature=width)


def _labels(model: ServedModel, request: Request, count: int) -> Int64Array:
    if not model.classes:
        return np.full(count, -1, np.int64)
    if request.method == CLASSES:
        return np.repeat(np.arange(len(model.classes)), count)
    if request.label is not None:
        return np.full(count, request.label, np.int64)
    rng = np.random.default_rng([request.seed, 1])
    return rng.choice(model.artifact.latents.of("train").label, count).astype(np.int64)
