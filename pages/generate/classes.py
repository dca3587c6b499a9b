"""One row a class: for models that were told the label, and the way to one for the others."""

import streamlit as st

from latent_plane.strips import Row
from pages.generate.sampling import Draw
from pages.shared.models import ServedModel, stored_models
from pages.shared.navigation import PAGES


def class_rows(model: ServedModel, draw: Draw) -> list[Row]:
    """One row a class, all with the same style z."""
    styles = len(draw.z) // len(model.classes)
    return [Row(name, "", draw.z[:styles], label=label) for label, name in enumerate(model.classes)]


def needs_classes(model: ServedModel) -> None:
    """What a model needs that can be asked for a class, and the way to one."""
    dataset = model.manifest.spec.dataset
    told = [
        e.model_id
        for e in stored_models()
        if e.manifest and e.manifest.spec.conditional and e.manifest.spec.dataset == dataset
    ]
    st.info(
        "This model was never told what the examples are, so it can't be asked for a class. That "
        "takes a model trained with the label (*conditional*)."
    )
    if told:
        if st.button(
            f"Take the {model.manifest.description.title} model that is told the label",
            icon=":material/label:",
            on_click=lambda: st.session_state.update({f"model of {dataset}": told[0]}),
        ):
            st.rerun()  # the box of models lies outside of this fragment
    else:
        st.page_link(PAGES["train"].script, label="Train one", icon=":material/model_training:")
