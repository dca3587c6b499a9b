"""Explore: walk over the latent plane of a stored model."""

import streamlit as st

from latent_plane import PlaneEvent, plane_event
from pages.explore.examples import show_nearest, show_selection
from pages.shared import captions, links, query_params
from pages.shared.header import header, intro
from pages.shared.models import ServedModel
from pages.shared.plane_view import View, choose_view, model_plane


@st.fragment
def walk(model: ServedModel, view: View) -> None:
    """The plane and what lies at its cursor; only this runs when the pointer is let go."""
    beside = view.matrix_url is None
    with st.container(horizontal=beside, gap="medium", key="walk"):
        with st.container(key="walk plane"):
            event = _plane(model, view)
        with st.container(horizontal=not beside, key="walk examples"):
            _examples(model, view, event)
    st.query_params["z"] = query_params.write_point(event.z)
    if event.label is not None:
        st.query_params["label"] = str(event.label)


def _examples(model: ServedModel, view: View, event: PlaneEvent) -> None:
    with st.container():
        show_nearest(model, view, event)
    with st.container():
        show_selection(model, view, event.selected)


def _plane(model: ServedModel, view: View) -> PlaneEvent:
    key = f"plane-{model.model_id}"
    start = query_params.read_point(st.query_params.get("z", ""), model.codec.latent_dim)
    label = query_params.read_label(st.query_params.get("label", ""), len(model.classes))
    clicked, latents = plane_event(key, z=start, label=label).clicked, model.artifact.latents
    is_example = clicked is not None and clicked < len(latents.label)
    return model_plane(
        model,
        view,
        key=key,
        z=start,
        label=label,
        ellipse=view.ellipse(latents, int(clicked or 0)) if is_example else None,
        feature_matrix_url=view.matrix_url,
        lasso=True,
    )


with header("Explore") as served_model:
    shown_view = choose_view(served_model)
    links.model_card(served_model)
manifest = served_model.manifest
line, small_print = captions.held_out_elbo(manifest)
with intro():
    st.caption(captions.what_one_sees(manifest.description, conditional=manifest.spec.conditional))
    st.caption(line, help=small_print, width="content")
walk(served_model, shown_view)
