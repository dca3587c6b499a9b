"""One row for each class from conditional models, and the way to such a model from others."""

import streamlit as st

from latent_plane.strips import Row
from pages.generate.sampling import Draw
from pages.shared.models import ServedModel, stored_models
from pages.shared.navigation import PAGES


def class_rows(model: ServedModel, draw: Draw) -> list[Row]:
    """One row for each class, all with the same styles z."""
    styles = len(draw.z) // len(model.classes)
    return [Row(name, "", draw.z[:styles], label=label) for label, name in enumerate(model.classes)]


def needs_classes(model: ServedModel) -> None:
    """What a model needs that can be asked for a class, and the way to one."""
    dataset = model.manifest.spec.dataset
    conditional = [
        e.model_id
        for e in stored_models()
        if e.manifest and e.manifest.spec.conditional and e.manifest.spec.dataset == dataset
    ]
    st.info(
        "This model was trained without labels, so it can't generate a chosen class. That takes a "
        "*conditional* model, whose decoder is given the label."
    )
    if conditional:
        if st.button(
            f"Use the conditional {model.manifest.description.title} model",
            icon=":material/label:",
            on_click=lambda: st.session_state.update({f"model of {dataset}": conditional[0]}),
        ):
            st.rerun()  # the box of models lies outside of this fragment
    else:
        st.page_link(PAGES["train"].script, label="Train one", icon=":material/model_training:")
