"""Reconstruct: what a model makes of an example, and how far that is from it."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent, move_plane, plane_event
from pages.reconstruct.comparison import show_comparison
from pages.reconstruct.contact_sheet import show_sheet
from pages.shared import links, query_params
from pages.shared.axes import choose_axes
from pages.shared.dataset_download import offer_originals
from pages.shared.example.picker import Example, choose_example, pick_row
from pages.shared.example.scores import held_out_rows
from pages.shared.header import header
from pages.shared.models import ServedModel
from pages.shared.plane_view import FEW, View, model_plane, view_of
from pages.shared.templates import literal
from vae_core.datasets import has_test
from vae_core.latent.plane import ellipse

KEY, DESK = "reconstruct", "reconstruct-desk"


@st.fragment
def reconstruct(model: ServedModel) -> None:
    """The example at the left, where the model puts it at the right."""
    desk, place = st.columns(2, gap="large")
    with desk, st.container(key=DESK):
        start = query_params.find_number(
            st.query_params.get("row", ""), len(model.artifact.latents.label)
        )
        example = choose_example(model, KEY, plane_key=f"{KEY}-{model.model_id}", start=start)
        if example is not None:
            _keep_address(example)
            _headline(model, example)
            show_comparison(model, example)
            if example.values is None:
                offer_originals(model.manifest.description, KEY)
    with place:
        _plane(model, example)
    if has_test(model.manifest.description.name):
        st.markdown("## Many examples at once")
        show_sheet(model, KEY, chosen=example.row if example else None, reveal=DESK)


def _headline(model: ServedModel, example: Example) -> None:
    """What the example is, and where one can go with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(example.title)}**", width="stretch")
        links.walk_from_here(model, example.mean, example.label_for(model))
        links.use_as_anchor(model, example.mean)


def _keep_address(example: Example) -> None:
    if example.row is not None:
        st.query_params["row"] = str(example.row)
    elif "row" in st.query_params:
        del st.query_params["row"]


def _plane(model: ServedModel, example: Example | None) -> PlaneEvent:
    """The map with the ring at the example's mean, until somebody moves it."""
    key = f"{KEY}-{model.model_id}"
    view = _view(model)
    start = np.zeros(model.codec.latent_dim) if example is None else example.mean
    label = 0 if model.classes else None
    if example is not None:
        label = example.label_for(model)
        _follow(key, example, label)
    outline = None
    if example is not None and not example.live:
        outline = ellipse(example.mean, example.log_var, view.plane, sigmas=2)
    return model_plane(
        model,
        view,
        key=key,
        z=start,
        label=label,
        ellipse=outline,
        height=480,
        on_change=lambda: _clicked(model, key),
    )


def _follow(key: str, example: Example, label: int | None) -> None:
    """Move the ring to an example that was not there at the last run."""
    slot = f"{key} example"
    new = (example.mean.tobytes(), label)
    if st.session_state.get(slot) != new:
        plane_event(key, z=example.mean, label=label)
        move_plane(key, z=example.mean, label=label, clicked=example.row)
        st.session_state[slot] = new


def _clicked(model: ServedModel, key: str) -> None:
    """A dot that was clicked becomes the example."""
    event = plane_event(key, z=np.zeros(model.codec.latent_dim))
    row = event.clicked
    if row is not None and row < len(model.artifact.latents.label):
        pick_row(model, KEY, row)


def _view(model: ServedModel) -> View:
    latent_dim = model.manifest.spec.latent_dim
    axes = choose_axes(latent_dim, principal=True, key=f" {KEY}")
    points = "all" if len(held_out_rows(model)) < FEW else "test"
    return view_of(model, points, axes, ())


with header("Reconstruct") as served_model:
    pass
reconstruct(served_model)
