"""How training went, what each latent dimension tells, where codes lie, how labels show in them."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from latent_plane.live_figures import live_figure
from pages.shared.models import BY_NAME, ServedModel
from vae_core.artifacts.card import CONDITIONAL
from vae_core.figures import Figure, kl_figure, loss_figure
from vae_core.figures.aggregated import aggregated_figure
from vae_core.figures.confusion import confusion_figure
from vae_core.latent.aggregated_posterior import AggregatedPosterior
from vae_core.latent.posterior import collapsed_dimensions, dimension_kl
from vae_core.metrics.representation import LabelledCodes, confusion, neighbour_labels

NEIGHBOURS = 5
PLACES = 72
"""Points along each axis at which the aggregated posterior is taken."""
MOST_POSTERIORS = 5_000
SQUARE = 420


def show_course(model: ServedModel) -> None:
    """Losses over epochs, and the KL of each latent dimension."""
    losses, dimensions = st.columns([3, 2], gap="large")
    history = model.artifact.history
    with losses:
        st.markdown(
            "**How training went**",
            help="In nats per example. The training loss is the running mean during each epoch, "
            "while the weights change; the validation loss is measured after each epoch, on "
            "examples that were not trained on.",
        )
        if history:
            live_figure(_losses(model), key=f"card losses {model.model_id}")
        else:
            st.caption("No epochs were recorded.")
    with dimensions:
        st.markdown(
            "**How much each latent dimension encodes**",
            help="KL divergence between the posterior and the prior of each dimension, in nats, "
            "averaged over held-out examples.",
        )
        kl = _kl(model)
        collapsed = collapsed_dimensions(kl)
        live_figure(kl_figure(kl, collapsed=collapsed), key=f"card kl {model.model_id}")
        names = ", ".join(f"z{number + 1}" for number in collapsed)
        st.caption(f"Unused dimensions: {names}" if collapsed else "All dimensions are in use.")


def show_codes(model: ServedModel) -> DeltaGenerator:
    """The aggregated posterior against the prior; the answer is the place beside it."""
    place, beside = st.columns(2, gap="large")
    with place:
        st.markdown(
            "**Aggregated posterior and prior**",
            help="Blue: the aggregated posterior q(z), the average of the posteriors of the "
            f"held-out examples (of {MOST_POSTERIORS:,} at most). Dashed: the prior p(z). Where "
            "there is no blue inside the circles, samples from the prior land in places that the "
            "decoder has not learned.",
        )
        figure = _aggregated(model)
        live_figure(figure, key=f"card codes {model.model_id}", height=SQUARE)
        if model.codec.latent_dim > 1:
            st.caption("The dashed circles contain 10, 50, 90 and 99 % of the prior.")
    return beside


def show_labels(model: ServedModel) -> None:
    """Which labels nearest neighbours take for which; nothing for data with fewer than two."""
    latents = model.artifact.latents
    if len(np.unique(latents.of("test").label)) < 2:
        return
    st.markdown(
        f"**Do the codes separate the labels?** The {NEIGHBOURS} nearest neighbours vote",
        help="Each held-out example is given the most frequent label among the "
        f"{NEIGHBOURS} training examples whose posterior means are nearest to its own. "
        f"{'' if model.classes else 'The model itself never saw a label.'}",
    )
    figure, right, count = _confusion(model)
    live_figure(figure, key=f"card labels {model.model_id}", height=SQUARE)
    st.caption(
        f"**{right / count:.1%}** of {count:,} held-out examples are given their true label."
        + (f" {CONDITIONAL}" if model.classes else "")
    )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def _losses(model: ServedModel) -> Figure:
    history = model.artifact.history
    return loss_figure(history, epochs=history[-1].epoch)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def _kl(model: ServedModel) -> tuple[float, ...]:
    held = model.artifact.latents.of("test")
    return tuple(dimension_kl(held.mean, held.log_var).tolist())


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=32, show_spinner="Computing the aggregated posterior …"
)
def _aggregated(model: ServedModel) -> Figure:
    """On the two dimensions that tell most; posteriors are diagonal, so marginals are exact."""
    held = model.artifact.latents.of("test")
    axes = sorted(np.argsort(_kl(model))[::-1][:2].tolist())
    rows = np.random.default_rng(0).permutation(len(held.mean))[:MOST_POSTERIORS]
    mean, log_var = (values[rows][:, axes] for values in (held.mean, held.log_var))
    reach = max(3.2, 1.05 * float(np.abs(mean).max()))
    places = np.linspace(-reach, reach, PLACES, dtype=np.float32)
    across = np.meshgrid(*[places] * len(axes))
    points = np.stack([values.ravel() for values in across], axis=1)
    values = np.exp(AggregatedPosterior.of(mean, log_var).log_density(points))
    names = [f"z{axis + 1}" for axis in axes]
    return aggregated_figure(values.reshape((PLACES,) * len(axes)), places, names=names)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner="Finding nearest neighbours …")
def _confusion(model: ServedModel) -> tuple[Figure, int, int]:
    """The figure, how many are right, and of how many."""
    latents, names = model.artifact.latents, model.manifest.description.labels
    train, held = (
        LabelledCodes.of(p.mean, p.label) for p in (latents.of("train"), latents.of("test"))
    )
    voted = neighbour_labels(train, held.z, neighbours=NEIGHBOURS)
    counts = confusion(held.label, voted, classes=len(names))
    return confusion_figure(counts, label_names=names), int(counts.trace()), len(held.label)
