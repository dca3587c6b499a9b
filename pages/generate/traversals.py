"""Traversals: what each latent dimension changes, and how much it tells of an example."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent
from latent_plane.strips import Row
from pages.generate.samples import offer_point, show_map, show_pictures
from pages.generate.sampling import Axes
from pages.shared import thumbnails
from pages.shared.models import BOX, ServedModel, served
from vae_core.arrays import Float32Array
from vae_core.latent.traversals import Traversal, traversals

WAY = "Traversals"
FRAMES = {"image": 13, "table": 7}
TOLD = (
    "Each strip changes one latent dimension, from 3 standard deviations of the prior below its "
    "middle to 3 above, and holds the others where the ring stands. What a dimension tells of an "
    "example is its KL, in nats, averaged over all examples; the most telling comes first. A grey "
    "one tells nothing: the decoder has learned to pass over it."
)


def show(model: ServedModel, axes: Axes) -> None:
    """The map on which z is chosen, and a strip for each dimension through it."""
    beside, strips = st.columns(2, gap="large")
    with beside:
        event = show_map(model, axes)
        offer_point(model, event, None)
    with strips:
        found = through(model.manifest.model_id, tuple(event.z.tolist()))
        if model.manifest.description.kind == "table":
            _table(model, event, found)
        else:
            show_pictures(model, axes, [_row(one, event) for one in found], way=WAY)


@st.cache_data(max_entries=256, show_spinner=False)
def through(model_id: str, z: tuple[float, ...]) -> tuple[Traversal, ...]:
    """The traversals through a point, the most telling dimension first."""
    model = served(model_id)
    latents, kind = model.artifact.latents, model.manifest.description.kind
    return traversals(np.array(z, np.float32), latents.mean, latents.log_var, frames=FRAMES[kind])


def _row(one: Traversal, event: PlaneEvent) -> Row:
    return Row(f"z{one.axis + 1}", _note(one), one.z, label=event.label, muted=one.collapsed)


def _note(one: Traversal) -> str:
    return f"{one.kl:.2f} nats" + (", unused" if one.collapsed else "")


def _table(model: ServedModel, event: PlaneEvent, found: tuple[Traversal, ...]) -> None:
    """The rows of one dimension, features from top to bottom."""
    place = st.selectbox(
        "Latent dimension",
        range(len(found)),
        format_func=lambda place: f"z{found[place].axis + 1}, {_note(found[place])}",
        key=f"dimension of {model.manifest.model_id}",
        width=BOX,
    )
    one = found[place]
    values: Float32Array = one.z[:, one.axis]
    heads = [f"{value:+.0f} σ".replace("-", "−").replace("+0", "0") for value in values]
    decoded = model.codec.decode(one.z, event.label)
    thumbnails.example_table(decoded, heads, model.manifest.description.features)
