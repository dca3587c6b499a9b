"""Explore: walk over the latent plane of a stored model."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent, plane_event
from pages.shared import captions, links, query_params, thumbnails
from pages.shared.models import ServedModel, choose_model
from pages.shared.plane_view import View, choose_view, model_plane
from pages.shared.templates import literal
from vae_core.arrays import Float32Array, IndexArray, Int64Array
from vae_core.latent.plane import nearest
from vae_core.text import label_name

NEIGHBOURS = {"image": 8, "table": 5}
GALLERY = 36


@st.fragment
def walk(model: ServedModel, view: View) -> None:
    """The plane and what lies at its cursor; only this runs when the pointer is let go."""
    event = _plane(model, view)
    st.query_params["z"] = query_params.write_point(event.z)
    if event.label is not None:
        st.query_params["label"] = str(event.label)
    near, chosen = st.columns(2, gap="large")
    with near:
        _nearest(model, view, event)
    with chosen:
        _chosen(model, view, event.selected)


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


def _nearest(model: ServedModel, view: View, event: PlaneEvent) -> None:
    latents, description = model.artifact.latents, model.manifest.description
    rows, title = view.rows, "Nearest examples"
    if event.label is not None:
        rows = rows[latents.label[rows] == event.label]
        title = f"Nearest examples labelled {literal(description.labels[event.label])}"
    count = NEIGHBOURS[description.kind]
    places, distances = nearest(event.z, latents.mean[rows], count=count)
    st.markdown(
        f"**{title}**", help="The number below each is its distance from z in the latent space."
    )
    _show(model, view, rows[places], [f"{distance:.2f} away" for distance in distances])
    with st.container(horizontal=True):
        links.use_as_anchor(model, event.z)
        if len(places):
            links.reconstruct_this(model, int(rows[places[0]]), what="the nearest")


def _chosen(model: ServedModel, view: View, selected: Int64Array) -> None:
    rows = np.intersect1d(selected, view.rows) if selected.size else selected
    if not rows.size:
        st.markdown("**Your selection**")
        st.caption("Choose Lasso above the plane and draw around some dots to see them here.")
        return
    latents, description = model.artifact.latents, model.manifest.description
    st.markdown(f"**Your selection: {len(rows):,} examples**")
    thumbnails.label_counts(latents.label[rows], description.labels)
    if description.kind == "table":
        _averages(model, view, rows)
        return
    shown = rows[np.linspace(0, len(rows) - 1, min(GALLERY, len(rows))).astype(int)]
    _show(model, view, shown, [""] * len(shown))


def _show(model: ServedModel, view: View, rows: IndexArray, notes: list[str]) -> None:
    """The examples themselves; where their data is not here, what the model decodes of them."""
    latents, description = model.artifact.latents, model.manifest.description
    labels = latents.label[rows]
    names = [label_name(int(label), description.labels) for label in labels]
    examples = thumbnails.examples_of(description, latents.index[rows])
    if examples is None:
        st.caption(
            f"{description.title} is not on this machine, so these are reconstructions. Fetch it "
            f"with `python -m vae_core datasets --download {description.name}`."
        )
        examples = model.codec.decode(latents.mean[rows], labels)
    captions = [f"{name}\n{note}".strip() for name, note in zip(names, notes, strict=True)]
    if description.kind == "image":
        thumbnails.picture_row(examples, captions, labels.tolist())
    else:
        _table(model, view, examples, captions)


def _averages(model: ServedModel, view: View, rows: IndexArray) -> None:
    latents, description = model.artifact.latents, model.manifest.description
    chosen = thumbnails.examples_of(description, latents.index[rows])
    everything = thumbnails.examples_of(description, latents.index[view.rows])
    if chosen is not None and everything is not None:
        means = np.stack([chosen.mean(axis=0), everything.mean(axis=0)])
        _table(model, view, means, ["mean of selection", "mean of all"])


def _table(model: ServedModel, view: View, values: Float32Array, heads: list[str]) -> None:
    """Examples of a table in the features that the page shows, all where none are chosen."""
    features = model.manifest.description.features
    columns = list(view.features) or list(range(len(features)))
    thumbnails.example_table(values[:, columns], heads, [features[column] for column in columns])


with st.container(horizontal=True, vertical_alignment="bottom"):
    st.markdown("### Latent Explorer", width="content")
    served_model = choose_model()
    shown_view = choose_view(served_model)
    links.model_card(served_model)
manifest = served_model.manifest
line, small_print = captions.held_out_elbo(manifest)
with st.container(horizontal=True, horizontal_alignment="distribute"):
    st.caption(captions.what_one_sees(manifest.description, conditional=manifest.spec.conditional))
    st.caption(line, help=small_print, width="content")
walk(served_model, shown_view)
