"""What a visitor has just added, and the way on from there."""

import streamlit as st

from pages.shared.navigation import PAGES
from pages.shared.templates import literal
from pages.shared.train_form import train_on
from vae_core.datasets.own import store
from vae_core.text import plural

SLOT = "data added"


def remember(key: str) -> None:
    """Show this dataset as the one just added."""
    st.session_state[SLOT] = key


def say() -> None:
    """A line about the dataset just added, with a button that goes on to training."""
    own = store.find(st.session_state.get(SLOT, "")) if SLOT in st.session_state else None
    if own is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/check_circle: **{literal(own.manifest.description.title)}** is added: "
            f"{plural(own.manifest.rows, 'row')}, "
            f"{plural(own.manifest.description.size, 'feature')}."
        )
        if st.button("Train on it", type="primary", icon=PAGES["train"].icon):
            train_on(own.key)
