"""By what the dots of a table are coloured: their label, or a column."""

from typing import Any

import numpy as np
import streamlit as st

from pages.shared.models import NARROW, ServedModel
from pages.shared.templates import literal
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array, IndexArray
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.column import CODED, Feature
from vae_core.figures import axis_title
from vae_core.figures.style import Shading

LABEL = -1
ENDS = (0.02, 0.98)
"""Shares of the values beyond which colours no longer change, so that outliers don't eat them."""


def choose_colour(model: ServedModel) -> int | None:
    """The column that colours the dots, None for the label."""
    description = model.manifest.description
    names = {LABEL: "label" if description.labels else "nothing"}
    names |= {i: literal(feature.name) for i, feature in enumerate(description.features)}
    chosen = st.selectbox(
        "Colour",
        list(names),
        format_func=names.__getitem__,
        key=f"colour of {description.name}",
        width=NARROW,
        help="What the dots are coloured by; grey ones have no value.",
    )
    return None if chosen == LABEL else chosen


def colouring(model: ServedModel, rows: IndexArray, column: int | None) -> dict[str, Any]:
    """What `latent_figure` is told of the colours of these rows of the latents."""
    latents, description = model.artifact.latents, model.manifest.description
    values = None
    if column is not None:
        values = examples_of(description, latents.index[rows])
    if column is None or values is None:
        return {"labels": latents.label[rows], "label_names": description.labels}
    feature, values = description.features[column], values[:, column]
    if feature.kind in CODED:
        codes = np.where(np.isnan(values), -1, values).astype(np.int64)
        return {"labels": codes, "label_names": feature.categories}
    return {"shading": _shading(values, feature)}


def _shading(values: Float32Array, feature: Feature) -> Shading:
    known = values[~np.isnan(values)]
    low, high = np.quantile(known, ENDS).tolist() if len(known) else (0.0, 1.0)
    high = high if high > low else low + 1
    ticks = {at: cell_text(at, feature) for at in (low, (low + high) / 2, high)}
    return Shading(values, low, high, axis_title(feature), ticks)
