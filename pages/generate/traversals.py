"""Traversals: what each latent dimension changes, and how much information it carries."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent
from latent_plane.strips import Row
from pages.generate.samples import offer_point, show_map, show_pictures
from pages.generate.sampling import Axes
from pages.shared import thumbnails
from pages.shared.models import BOX, BY_NAME, ServedModel
from vae_core.arrays import Float32Array
from vae_core.latent.traversals import Traversal, traversals
from vae_core.text import number

TRAVERSALS = "Traversals"
FRAMES = {"image": 13, "table": 7}
EXPLAINED = (
    "Each strip changes one latent dimension, from 3 standard deviations of the prior below zero "
    "to 3 above, and keeps the others where the ring is. The number is the KL of the dimension in "
    "nats, averaged over all examples: the information that it carries. The most informative "
    "dimension comes first; grey ones are unused, and the decoder has learned to ignore them."
)


def show(model: ServedModel, axes: Axes) -> None:
    """The map on which z is chosen, and a strip for each dimension through it."""
    beside, strips = st.columns(2, gap="large")
    with beside:
        event = show_map(model, axes)
        offer_point(model, event, None)
    with strips:
        found = through(model, tuple(event.z.tolist()))
        if model.manifest.description.kind == "table":
            _table(model, event, found)
        else:
            show_pictures(
                model, axes, [_row(traversal, event) for traversal in found], method=TRAVERSALS
            )


@st.cache_data(hash_funcs=BY_NAME, max_entries=256, show_spinner=False)
def through(model: ServedModel, z: tuple[float, ...]) -> tuple[Traversal, ...]:
    """The traversals through a point, the most informative dimension first."""
    latents, kind = model.artifact.latents, model.manifest.description.kind
    return traversals(np.array(z, np.float32), latents.mean, latents.log_var, frames=FRAMES[kind])


def _row(traversal: Traversal, event: PlaneEvent) -> Row:
    name = f"z{traversal.axis + 1}"
    return Row(name, _note(traversal), traversal.z, label=event.label, muted=traversal.collapsed)


def _note(traversal: Traversal) -> str:
    return number(traversal.kl, ".2f", unit="nats") + (", unused" if traversal.collapsed else "")


def _table(model: ServedModel, event: PlaneEvent, found: tuple[Traversal, ...]) -> None:
    """The rows of one dimension, features from top to bottom."""
    place = st.selectbox(
        "Latent dimension",
        range(len(found)),
        format_func=lambda place: f"z{found[place].axis + 1}, {_note(found[place])}",
        key=f"dimension of {model.model_id}",
        width=BOX,
    )
    traversal = found[place]
    values: Float32Array = traversal.z[:, traversal.axis]
    heads = [number(value, "+.0f" if value else ".0f", unit="σ") for value in values]
    decoded = model.codec.decode(traversal.z, event.label)
    thumbnails.example_table(decoded, heads, model.manifest.description.features)
