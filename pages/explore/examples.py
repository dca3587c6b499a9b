"""The examples that the plane names: those nearest to the ring, and those in the lasso."""

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent
from pages.shared import links, thumbnails
from pages.shared.dataset_download import not_here
from pages.shared.models import ServedModel
from pages.shared.plane_view import View
from pages.shared.templates import literal
from vae_core.arrays import BoolArray, Float32Array, IndexArray, Int64Array
from vae_core.datasets import CATALOGUE, are_here
from vae_core.datasets.description import Description
from vae_core.latent.plane import nearest
from vae_core.metrics.statistics import typical_row
from vae_core.text import label_name

NEIGHBOURS = {"image": 8, "table": 5}
GALLERY = 36
DECODED = "*"
"""Marks what is decoded among originals."""


def show_nearest(model: ServedModel, view: View, event: PlaneEvent) -> None:
    """The examples nearest to the ring, of the label that a conditional decoder is given."""
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


def show_selection(model: ServedModel, view: View, selected: Int64Array) -> None:
    """How many of each label the lasso holds, and some of them, or their means in a table."""
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
    """The examples themselves; where they are not here, what the model decodes of them."""
    latents, description = model.artifact.latents, model.manifest.description
    labels = latents.label[rows]
    names = [label_name(int(label), description.labels) for label in labels]
    examples, here = _values(model, rows)
    if not here.all():
        _say_what_is_decoded(description, all_of_them=not here.any())
        marks = np.where(here | ~here.any(), "", DECODED)
        names = [f"{name} {mark}".strip() for name, mark in zip(names, marks, strict=True)]
    captions = [f"{name}\n{note}".strip() for name, note in zip(names, notes, strict=True)]
    if description.kind == "image":
        thumbnails.picture_row(examples, captions, labels.tolist())
    else:
        _table(model, view, examples, captions)


def _values(model: ServedModel, rows: IndexArray) -> tuple[Float32Array, BoolArray]:
    """Examples (n, *shape) of rows of the latents, and which are originals (n,); the others are
    decoded."""
    latents, description = model.artifact.latents, model.manifest.description
    here = are_here(description.name, latents.index[rows])
    values = np.empty((len(rows), *description.shape), np.float32)
    if here.any():
        values[here] = thumbnails.examples_of(description, latents.index[rows[here]])
    if not here.all():
        away = rows[~here]
        label = latents.label[away] if model.classes else None
        values[~here] = model.codec.decode(latents.mean[away], label)
    return values, here


def _say_what_is_decoded(description: Description, *, all_of_them: bool) -> None:
    which = "these are" if all_of_them else f"those with {DECODED} are"
    known = CATALOGUE.get(description.name)
    fetch = ""
    if known is not None and known.remote is not None:
        command = f"python -m vae_core datasets --download {description.name}"
        fetch = f" Fetch the originals with `{command}`."
    st.caption(f"{not_here(description)}, so {which} reconstructions.{fetch}")


def _averages(model: ServedModel, view: View, rows: IndexArray) -> None:
    chosen, here = _values(model, rows)
    everything, _ = _values(model, view.rows)
    if not here.all():
        _say_what_is_decoded(model.manifest.description, all_of_them=not here.any())
    features = model.manifest.description.features
    rows_of_two = np.stack([typical_row(values, features) for values in (chosen, everything)])
    what = "mean or most common" if any(f.categories for f in features) else "mean"
    _table(model, view, rows_of_two, [f"{what} of selection", f"{what} of all"])


def _table(model: ServedModel, view: View, values: Float32Array, heads: list[str]) -> None:
    """Examples of a table in the features that the page shows, all where none are chosen."""
    features = model.manifest.description.features
    columns = list(view.features) or list(range(len(features)))
    thumbnails.example_table(values[:, columns], heads, [features[column] for column in columns])
