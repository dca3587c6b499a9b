"""Some held-out examples of a dataset, to see what there is to learn before anything is trained."""

import numpy as np
import streamlit as st

from pages.shared.models import ServedModel, served, stored_models
from pages.shared.thumbnails import example_table, examples_of, picture_row
from vae_core.arrays import Float32Array, Int64Array
from vae_core.artifacts import registry
from vae_core.datasets import Split, entry, has_test, load
from vae_core.datasets.description import Description
from vae_core.errors import ArtifactError, NotFound
from vae_core.text import label_name, plural

FEW = 10
COLUMNS = 6
ROWS = 6
HELD_OUT = "Held-out examples: no model learns from them, every model is measured on them."


def show_examples(dataset: str) -> None:
    """A few examples of each label; what a stored model makes of its codes where none is here."""
    description, model = entry(dataset).description, _best_model(dataset)
    if model is None:
        if has_test(dataset):
            _show_split(description, load(dataset).test)
        return
    held_out = model.artifact.latents.of("test")
    rows = _of_each_label(held_out.label)
    label = held_out.label[rows]
    x = examples_of(description, held_out.index[rows])
    words = HELD_OUT
    if x is None:
        x = model.codec.decode(held_out.mean[rows])
        words = (
            f"{description.title} is not on this machine: a stored model has decoded these from "
            "the codes that it keeps."
        )
    _show(description, x, label, words)


def _show_split(description: Description, held_out: Split) -> None:
    """Examples of a dataset that no model has learned from yet."""
    rows = _of_each_label(held_out.label)
    x = np.asarray(held_out.x[rows] / np.float32(description.maximum), np.float32)
    _show(description, x, held_out.label[rows], HELD_OUT)


def _show(description: Description, x: Float32Array, label: Int64Array, words: str) -> None:
    names = [label_name(number, description.labels) for number in label.tolist()]
    if description.kind == "image":
        picture_row(x, names, label.tolist())
    else:
        example_table(x[:, :ROWS], names, description.features[:ROWS])
        words = f"{_more_columns(description)}{words}"
    st.caption(words)


def _more_columns(description: Description) -> str:
    left = len(description.features) - ROWS
    return f"… and {plural(left, 'more measurement')} of each. " if left > 0 else ""


def _of_each_label(label: Int64Array) -> Int64Array:
    """Positions of the first examples of each label, as many of each, in the labels' order."""
    present = np.unique(label)
    each = max(1, (FEW if len(present) > COLUMNS else COLUMNS) // len(present))
    return np.concatenate([np.flatnonzero(label == one)[:each] for one in present[:FEW]])


def _best_model(dataset: str) -> ServedModel | None:
    """The stored model of the dataset that the shelf shows first; it knows what was held out."""
    manifests = {e.model_id: e.manifest for e in stored_models() if e.manifest}
    usable = [
        name
        for name, manifest in manifests.items()
        if manifest.spec.dataset == dataset and not manifest.spec.conditional
    ]
    try:
        return served(min(usable, key=lambda name: registry.rank(manifests[name])))
    except (ValueError, ArtifactError, NotFound):
        return None
