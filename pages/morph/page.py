"""Morph: paths from anchor to anchor through the latent space, side by side."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent, PlanePath, plane_event
from pages.morph.anchors import anchor_controls, anchors_of, go_on, write_down
from pages.morph.attribute import attribute_arithmetic
from pages.morph.downloads import save_morph
from pages.morph.methods import MEASURES, METHODS, choose_methods, paths_of, verdict
from pages.morph.path_view import Walk, show_along
from pages.shared import query_params
from pages.shared.header import header, intro
from pages.shared.models import ServedModel
from pages.shared.plane_view import View, choose_view, model_plane
from pages.shared.templates import literal
from vae_core.arrays import Float32Array
from vae_core.errors import InvalidInput
from vae_core.morph import Path

HEIGHT = 480


@st.fragment
def morph(model: ServedModel, view: View) -> None:
    """Plane, paths and strips; only this runs when an anchor is let go."""
    key = f"morph-{model.model_id}"
    event = plane_event(key, z=np.zeros(model.codec.latent_dim), label=_label(model))
    anchors = anchors_of(model, event, key)
    write_down(model, anchors)
    if event.label is not None:
        st.query_params["label"] = str(event.label)
    with st.container(key="desk"):
        place, desk = st.columns(2, gap="medium")
    with desk:
        methods = choose_methods()
        paths, trouble = _paths(model, methods, anchors, event.label)
        with st.container(horizontal=True, gap="xsmall"):
            anchor_controls(model, event, anchors, key)
            save_morph(model, paths, event.label)
        _strips(model, view, event, anchors, paths, trouble, key)
    with place:
        _plane(model, view, event, anchors, paths, key)
    attribute_arithmetic(model, view, anchors, event.label, key)


def _label(model: ServedModel) -> int | None:
    return query_params.read_label(st.query_params.get("label", ""), len(model.classes))


def _paths(
    model: ServedModel, methods: list[str], anchors: Float32Array, label: int | None
) -> tuple[dict[str, Path], str]:
    """The paths, or none and why."""
    try:
        return paths_of(model, methods, anchors, label), ""
    except InvalidInput as error:
        return {}, str(error)


def _plane(
    model: ServedModel,
    view: View,
    event: PlaneEvent,
    anchors: Float32Array,
    paths: dict[str, Path],
    key: str,
) -> None:
    model_plane(
        model,
        view,
        key=key,
        z=event.z,
        label=event.label,
        anchors=anchors,
        paths=[
            PlanePath(METHODS[name].title, path.z, METHODS[name].colour)
            for name, path in paths.items()
        ],
        paths_follow=f"strips of {key}",
        height=HEIGHT,
    )


def _strips(
    model: ServedModel,
    view: View,
    event: PlaneEvent,
    anchors: Float32Array,
    paths: dict[str, Path],
    trouble: str,
    key: str,
) -> None:
    with st.container(key="verdict"):
        if trouble:
            st.warning(literal(trouble))
        elif paths:
            st.caption(verdict(paths), help=MEASURES)
    walks = [Walk(METHODS[name].title, METHODS[name].colour, path) for name, path in paths.items()]
    chosen = show_along(
        model, view, walks, label=event.label, key=f"strips of {key}", anchors=len(anchors)
    )
    if walks and model.manifest.description.kind == "image":
        go_on(model, walks, chosen, anchors, event.label, key)


with header("Morph") as served_model:
    shown_view = choose_view(served_model, backdrop=True)
with intro():
    st.caption(
        "Drag the numbered anchors. Each method connects them by a path of its own, and the strips "
        "show what the decoder makes of it. The darker the background, the more examples lie there."
    )
morph(served_model, shown_view)
