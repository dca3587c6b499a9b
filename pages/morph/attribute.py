"""Arithmetic with attributes: an anchor, and what leads from one label to another added to it."""

import numpy as np
import streamlit as st

from pages.morph.anchors import labels_near, wish
from pages.morph.methods import paths_of, rounded
from pages.morph.path_view import Walk, show_along
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.plane_view import View
from pages.shared.query_params import MOST_ANCHORS
from vae_core.arrays import Float32Array
from vae_core.errors import InvalidInput
from vae_core.figures import NEUTRAL
from vae_core.morph import attribute_vector

PANELS = 4
HELP = """
The codes of each label have a mean in the latent space. The arrow from one label's mean to
another's, added to an example, should change the label and leave the rest of the example as it is.
Strength 1 is the whole arrow.
"""


def attribute_arithmetic(
    model: ServedModel, view: View, anchors: Float32Array, label: int | None, key: str
) -> None:
    """The strip from an anchor to the anchor plus an attribute's arrow."""
    st.markdown("**Add an attribute**", help=HELP)
    if model.classes:
        st.caption(
            "This decoder is given the label, so the latent space holds everything else about an "
            "example: choose another label beside the plane instead."
        )
        return
    present = present_labels(model)
    if len(present) < 2:
        st.caption("This needs data with at least two labels.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start, arrow = _chosen(model, anchors, present, key)
        end = (start + arrow).astype(np.float32)
        st.button(
            "Add the end as an anchor",
            icon=":material/anchor:",
            disabled=len(anchors) >= MOST_ANCHORS,
            on_click=wish,
            args=(key, np.concatenate([anchors, end[None]])),
        )
    try:
        paths = paths_of(model, ["straight"], np.stack([start, end]), label)
    except InvalidInput:
        st.caption("Choose two different labels and a strength other than 0.")
        return
    walk = Walk("Anchor + strength × arrow", NEUTRAL, paths["straight"])
    show_along(model, view, [walk], label=label, key=f"attribute of {key}", panels=PANELS)


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=256)
def arrow_between(model: ServedModel, plus: int, minus: int) -> Float32Array:
    """The middle of the training examples of label `plus` less that of `minus`, (d,)."""
    train = model.artifact.latents.of("train")
    return attribute_vector(train.mean, train.label, plus=plus, minus=minus)


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=64)
def present_labels(model: ServedModel) -> list[int]:
    """Labels of which there are training examples."""
    label = model.artifact.latents.of("train").label
    return [int(number) for number in np.unique(label) if number >= 0]


def _chosen(
    model: ServedModel, anchors: Float32Array, present: list[int], key: str
) -> tuple[Float32Array, Float32Array]:
    """The anchor (d,) and the arrow (d,) that the boxes name; at first from its own label."""
    names = model.manifest.description.labels
    near = labels_near(model, rounded(anchors))
    minus_at, plus_at = (
        present.index(near[i]) if near[i] in present else i % len(present) for i in (0, -1)
    )
    number = st.selectbox(
        "Anchor",
        range(len(anchors)),
        format_func=lambda i: str(i + 1),
        width=90,
        key=f"start {key}",
    )
    plus = st.selectbox(
        "plus", present, plus_at, format_func=names.__getitem__, width=160, key=f"plus {key}"
    )
    minus = st.selectbox(
        "minus", present, minus_at, format_func=names.__getitem__, width=160, key=f"minus {key}"
    )
    strength = st.slider("Strength", -2.0, 2.0, 1.0, 0.1, width=220, key=f"strength {key}")
    return anchors[number], strength * arrow_between(model, plus, minus)
