"""Fill gaps: missing cells filled with what is plausible given the rest of their row."""

import streamlit as st

from pages.gaps import downloads, filled, score
from pages.shared.dataset_download import offer_originals
from pages.shared.header import header, intro
from pages.shared.models import ServedModel, prefer
from pages.shared.navigation import PAGES
from pages.shared.train_form import train_on
from vae_core.artifacts.manifest import Manifest
from vae_core.datasets import has_test


def fills(manifest: Manifest) -> bool:
    """Whether a model reads rows with gaps."""
    return manifest.spec.likelihood == "mixed"


def show(model: ServedModel) -> None:
    """The filled cells, the way to a file of them, and the score."""
    description = model.manifest.description
    if not fills(model.manifest):
        _other_model()
        return
    if not has_test(description.name):
        offer_originals(description, "gaps")
        return
    found = filled.filled_rows(model)
    filled.say(model, found)
    if found.rows.size:
        if filled.is_whole(model):
            downloads.offer(model)
        filled.show(model, found)
    score.show(model)


def _other_model() -> None:
    st.info(
        "This model reads pictures, or rows without gaps, so it has nothing to fill. A model of a "
        "table whose columns have kinds of their own can: the penguins, or a table of yours."
    )
    with st.container(horizontal=True):
        if st.button("Add your own table", type="primary", icon=PAGES["data"].icon):
            st.switch_page(PAGES["data"].script)
        if st.button("Train on the penguins", icon=PAGES["train"].icon):
            train_on("penguins")


prefer(fills)
with header("Fill gaps") as chosen_model:
    pass
with intro():
    st.caption(
        "The encoder sees the known cells of a row and where its gaps are. Each gap is filled with "
        "the median, or the most probable category, over 100 draws from the posterior."
    )
show(chosen_model)
