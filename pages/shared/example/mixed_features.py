"""A row of a mixed table beside what a model makes of it, with how surprising each cell is."""

import numpy as np
import streamlit as st

from pages.shared.models import BY_NAME, ServedModel
from pages.shared.templates import render
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.column import CODED, Feature
from vae_core.figures import axis_title
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import column_scores
from vae_core.text import number

SAMPLES = 32
MOST_ROWS = 2_000
"""Held-out rows whose mean is what is usual."""
FAR = 3.0
"""Nats more than usual that fill a bar."""


def mixed_features(
    model: ServedModel,
    x: Float32Array | None,
    z: Float32Array,
    label: int | None,
    drawn: Float32Array,
) -> str:
    """A line for each feature: value, decoded value, nats more than usual, and draws.

    `x` (F,) is the row or None, `z` (d,) its code, `drawn` (k, F) decoded draws of its posterior.
    """
    made = model.codec.decode(z[None], label)[0]
    features = model.manifest.description.features
    surprise = None if x is None else surprises(model, x, label)
    lines = [
        (
            axis_title(feature),
            "–" if x is None else cell_text(float(x[i]), feature),
            cell_text(float(made[i]), feature),
            *_surprise(None if surprise is None else float(surprise[i])),
            _draws(drawn[:, i], feature),
        )
        for i, feature in enumerate(features)
    ]
    return render("shared/example/mixed_features.html", draws=len(drawn), lines=lines)


def surprises(model: ServedModel, x: Float32Array, label: int | None) -> Float64Array:
    """How many nats more than usual each cell of a row (F,) takes; NaN where it is missing."""
    observation = observation_model(model.manifest)
    labels = None if label is None else [label]
    found = column_scores(model.codec, x[None], labels, observation, samples=SAMPLES)[0]
    return np.where(np.isnan(x), np.nan, found - usual_nats(model))


@st.cache_data(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def usual_nats(model: ServedModel) -> Float64Array:
    """The mean nats of the known cells of each column (F,) over held-out rows; 0 without any."""
    latents = model.artifact.latents.of("test")
    x = examples_of(model.manifest.description, latents.index[:MOST_ROWS])
    if x is None or not len(x):
        return np.zeros(len(model.manifest.description.features))
    label = latents.label[:MOST_ROWS] if model.classes else None
    found = column_scores(model.codec, x, label, observation_model(model.manifest))
    known = ~np.isnan(x)
    return np.asarray(np.where(known, found, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _surprise(nats: float | None) -> tuple[str, str]:
    """The number, and how much of its bar it fills."""
    if nats is None or np.isnan(nats):
        return "–", "0"
    return number(nats, "+.1f"), f"{min(max(nats / FAR, 0), 1):.2f}"


def _draws(values: Float32Array, feature: Feature) -> str:
    """What the draws say: the range of numbers, or the categories, most frequent first."""
    if feature.kind in CODED:
        codes, counts = np.unique(values, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return ", ".join(cell_text(float(codes[i]), feature) for i in order)
    return f"{cell_text(float(values.min()), feature)} … {cell_text(float(values.max()), feature)}"
