"""A form for a row of a table: a box for each feature, or a line to paste."""

from math import floor, isnan, log10

import numpy as np
import streamlit as st

from pages.shared.example.scores import held_out_rows
from pages.shared.models import ServedModel
from pages.shared.templates import literal
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.column import CODED, Feature
from vae_core.datasets.table_row import read_row
from vae_core.errors import DataInvalid
from vae_core.figures import axis_title

UNKNOWN = "unknown"
DATE_HELP = "As 2026-01-31, or 2026-01-31 12:00:00."
FORM_HEIGHT = 320
TALL = 12
"""So many features scroll in their own box."""


def ask_row(model: ServedModel, key: str, *, start: int | None = None) -> Float32Array | None:
    """The row (features,) that somebody types or pastes, None while a field of it is empty.

    At first the fields hold the row `start` of the model's latents, else the first held-out one.
    """
    manifest = model.manifest
    features, keys = manifest.description.features, _keys(model, key)
    _begin(model, keys, start)
    line_key = f"{key} line of {model.model_id}"
    st.text_input(
        "Paste a row",
        key=line_key,
        placeholder=", ".join(feature.name for feature in features),
        on_change=_fill,
        args=(model, keys, line_key),
        help=f"{len(features)} values, separated by commas, semicolons or tabs; press Enter to "
        "fill in the fields below.",
    )
    problem = st.session_state.get(f"{line_key} problem")
    if problem and st.session_state[line_key]:
        st.error(literal(problem))
    tall = len(features) > TALL
    with st.container(horizontal=True, height=FORM_HEIGHT if tall else "content"):
        ranges = zip(features, keys, manifest.low, manifest.high, strict=True)
        cells = [_field(model, *each) for each in ranges]
    try:
        values = read_row(cells, manifest.description, gaps=_has_gaps(model))
    except DataInvalid as error:
        st.error(literal(error))
        return None
    _warn_outside(model, values)
    return values


def _begin(model: ServedModel, keys: list[str], start: int | None) -> None:
    if keys[0] in st.session_state:
        return
    latents = model.artifact.latents
    rows = [held_out_rows(model)[0] if start is None else start]
    found = examples_of(model.manifest.description, latents.index[rows])
    if found is None:  # as the model has it
        label = latents.label[rows] if model.classes else None
        found = model.codec.decode(latents.mean[rows], label)
    values = found[0]
    _put(model, keys, values)


def _put(model: ServedModel, keys: list[str], values: Float32Array) -> None:
    """Stored values into the fields."""
    for name, value, feature in zip(
        keys, values.tolist(), model.manifest.description.features, strict=True
    ):
        st.session_state[name] = _shown(value, feature)


def _shown(value: float, feature: Feature) -> str | float | None:
    """What stands in a field for a stored value; None where it is missing."""
    if isnan(value):
        return None
    if feature.kind in CODED or feature.since:
        return cell_text(value, feature)
    return _short(np.float32(value)) if not feature.offset else value + feature.offset


def _field(
    model: ServedModel, feature: Feature, key: str, low: float, high: float
) -> str | float | None:
    """The box of a feature: its categories, a date, or a number; empty where gaps may be."""
    title, gaps = literal(axis_title(feature)), _has_gaps(model)
    if feature.categories:
        return st.selectbox(
            title,
            feature.categories,
            key=key,
            index=None,
            placeholder=UNKNOWN if gaps else "",
            width=170,
        )
    if feature.since:
        return st.text_input(title, key=key, placeholder=UNKNOWN, width=170, help=DATE_HELP)
    ends = (cell_text(end, feature) for end in (low, high))
    return st.number_input(
        title,
        key=key,
        value=None,
        step=_step(low, high),
        format="%.6g",
        placeholder=UNKNOWN if gaps else "",
        width=170,
        help=f"In the training data: {' to '.join(ends)} {literal(feature.unit)}.",
    )


def _has_gaps(model: ServedModel) -> bool:
    """Whether the model takes rows in which cells are missing."""
    return model.manifest.spec.likelihood == "mixed"


def _fill(model: ServedModel, keys: list[str], line_key: str) -> None:
    """Put the pasted line into the fields, or keep what is wrong with it."""
    line = st.session_state[line_key]
    st.session_state[f"{line_key} problem"] = None
    if not line.strip():
        return
    try:
        values = read_row(line, model.manifest.description, gaps=_has_gaps(model))
    except DataInvalid as error:
        st.session_state[f"{line_key} problem"] = str(error)
        return
    _put(model, keys, values)


def _warn_outside(model: ServedModel, values: Float32Array) -> None:
    manifest = model.manifest
    ranges = zip(manifest.description.features, values, manifest.low, manifest.high, strict=True)
    outside = [f.name for f, value, low, high in ranges if value < low or value > high]
    if outside:
        st.caption(
            f":material/warning: Outside the range of the training data: {', '.join(outside)}."
        )


def _step(low: float, high: float) -> float:
    """A round hundredth of the range, at most."""
    return float(10.0 ** floor(log10((high - low) / 50))) if high > low else 0.1


def _short(value: np.float32) -> float:
    """The number as people write it: 5.1 and not 5.0999999."""
    return float(str(np.float32(value)))


def _keys(model: ServedModel, key: str) -> list[str]:
    features = model.manifest.description.features
    return [f"{key} {feature.name} of {model.model_id}" for feature in features]
