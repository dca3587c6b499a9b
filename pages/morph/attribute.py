"""Arithmetic with attributes: an anchor, and what leads from one label to another added to it."""

import numpy as np
import streamlit as st

from pages.morph.anchors import labels_near, wish
from pages.morph.methods import paths_of, rounded
from pages.morph.path_view import Walk, show_along
from pages.shared.models import ServedModel, served
from pages.shared.plane_view import View
from pages.shared.query_params import MOST_ANCHORS
from vae_core.arrays import Float32Array
from vae_core.errors import InvalidInput
from vae_core.figures import NEUTRAL
from vae_core.morph import attribute_vector

PANELS = 4
HELP = """
The examples of each label have a middle in the latent space. The arrow from one label's middle to
another's, added to an example, should change that and leave the rest of the example as it is.
Strength 1 is the whole arrow.
"""


def attribute_arithmetic(
    model: ServedModel, view: View, anchors: Float32Array, label: int | None, key: str
) -> None:
    """The strip from an anchor to the anchor plus an attribute's arrow."""
    st.markdown("**Add an attribute**", help=HELP)
    if model.classes:
        st.caption(
            "This decoder is told the label, so its latent space holds the rest of an example: "
            "choose another label beside the plane instead."
        )
        return
    known = known_labels(model.manifest.model_id)
    if len(known) < 2:
        st.caption("Needs data with two labels or more.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start, arrow = _chosen(model, anchors, known, key)
        end = (start + arrow).astype(np.float32)
        st.button(
            "Add the end as an anchor",
            icon=":material/anchor:",
            disabled=len(anchors) >= MOST_ANCHORS,
            on_click=wish,
            args=(key, np.concatenate([anchors, end[None]])),
        )
    try:
        paths = paths_of(model.manifest.model_id, ["straight"], np.stack([start, end]), label)
    except InvalidInput:
        st.caption("Choose two different labels and a strength other than 0.")
        return
    walk = Walk("Anchor + strength × arrow", NEUTRAL, paths["straight"])
    show_along(model, view, [walk], label=label, key=f"attribute of {key}", panels=PANELS)


@st.cache_data(show_spinner=False, max_entries=256)
def arrow_between(model_id: str, plus: int, minus: int) -> Float32Array:
    """The middle of the training examples of label `plus` less that of `minus`, (d,)."""
    train = served(model_id).artifact.latents.of("train")
    return attribute_vector(train.mean, train.label, plus=plus, minus=minus)


@st.cache_data(show_spinner=False, max_entries=64)
def known_labels(model_id: str) -> list[int]:
    """Labels of which there are training examples."""
    label = served(model_id).artifact.latents.of("train").label
    return [int(number) for number in np.unique(label) if number >= 0]


def _chosen(
    model: ServedModel, anchors: Float32Array, known: list[int], key: str
) -> tuple[Float32Array, Float32Array]:
    """The anchor (d,) and the arrow (d,) that the boxes name; at first from its own label."""
    names = model.manifest.description.labels
    near = labels_near(model.manifest.model_id, rounded(anchors))
    minus_at, plus_at = (
        known.index(near[i]) if near[i] in known else i % len(known) for i in (0, -1)
    )
    number = st.selectbox(
        "Anchor",
        range(len(anchors)),
        format_func=lambda i: str(i + 1),
        width=90,
        key=f"start {key}",
    )
    plus = st.selectbox(
        "plus", known, plus_at, format_func=names.__getitem__, width=160, key=f"plus {key}"
    )
    minus = st.selectbox(
        "minus", known, minus_at, format_func=names.__getitem__, width=160, key=f"minus {key}"
    )
    strength = st.slider("Strength", -2.0, 2.0, 1.0, 0.1, width=220, key=f"strength {key}")
    return anchors[number], strength * arrow_between(model.manifest.model_id, plus, minus)
