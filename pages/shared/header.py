"""The row at the top of a page, with dataset and model in the same place on each.

On a narrow screen it is one line that names what is shown, and opens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.collapse import active, notice
from pages.shared.models import ServedModel, choose_model, title_of
from pages.shared.templates import render, show


@contextmanager
def header(page: str) -> Iterator[ServedModel]:
    """The model to show; what else a page lets people choose is put into the row after it.

    Under it stands whether the model's codes have collapsed.
    """
    with choosers(page) as name:
        model = choose_model()
        yield model
        name(title_of(model.manifest))
    if words := notice(active(model), model.codec.latent_dim):
        st.caption(words)


@contextmanager
def choosers(page: str) -> Iterator[Callable[[str], None]]:
    """The row of boxes at the top; tell what this yields the name of what they have chosen."""
    with st.container(key="header", gap=None):
        line = st.empty()
        with st.container(horizontal=True, vertical_alignment="bottom", key="choosers"):
            yield lambda chosen: _name(line, page, chosen)


def _name(line: DeltaGenerator, page: str, chosen: str) -> None:
    line.html(render("shared/header.html", page=page, model=chosen))


def intro() -> DeltaGenerator:
    """The place of the sentences that say what a page shows; narrow screens fold them as well."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="top", key="intro"
    )


def heading(page: str) -> None:
    """The name of a page that shows no model; the menu shows it, so only screen readers need it."""
    show("shared/header.html", page=page, model="")
