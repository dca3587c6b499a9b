"""Links by which pages hand an example or a point to one another; the address carries the state.

Its parameters: `model`, `z` (a point), `label`, `row` (of the model's latents), `anchors` (points).
"""

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from pages.shared.navigation import PAGES
from pages.shared.query_params import MOST_ANCHORS, write_anchors, write_point
from vae_core.arrays import Float32Array


def walk_from_here(model_id: str, z: ArrayLike, label: int | None = None) -> None:
    """The way to Explore with its ring at `z` (d,); `label` is what a conditional model is told."""
    told = {} if label is None else {"label": str(label)}
    st.page_link(
        PAGES["explore"].script,
        label="Walk from here",
        icon=":material/explore:",
        query_params={"model": model_id, "z": write_point(np.asarray(z, np.float32)), **told},
    )


def reconstruct_this(model_id: str, row: int, *, what: str = "this") -> None:
    """The way to Reconstruct with the example of that row of the model's latents."""
    st.page_link(
        PAGES["reconstruct"].script,
        label=f"Reconstruct {what}",
        icon=":material/compare:",
        query_params={"model": model_id, "row": str(row)},
    )


def explore_model(model_id: str) -> None:
    """The way to Explore with this model."""
    _lead(PAGES["explore"].script, "Explore it", ":material/explore:", model_id)


def model_card(model_id: str) -> None:
    """The way to the model's card."""
    _lead(PAGES["card"].script, "Model card", ":material/id_card:", model_id)


def find_anomalies(model_id: str) -> None:
    """The way to what this model finds strange."""
    _lead(PAGES["anomalies"].script, "Anomalies", ":material/troubleshoot:", model_id)


def use_as_anchor(model_id: str, z: ArrayLike) -> None:
    """The way to Morph with `z` (d,) after the anchors that this visitor has there already.

    Of more than `MOST_ANCHORS` the first ones are left out.
    """
    point = np.asarray(z, np.float32)
    anchors = [*kept_anchors(model_id, len(point)), point][-MOST_ANCHORS:]
    st.page_link(
        PAGES["morph"].script,
        label="Use as anchor",
        icon=":material/anchor:",
        query_params={"model": model_id, "anchors": write_anchors(anchors)},
    )


def keep_anchors(model_id: str, anchors: ArrayLike) -> None:
    """Remember for this visit where the anchors (k, d) of a model's morph stand."""
    st.session_state[_slot(model_id)] = np.asarray(anchors, np.float32)


def kept_anchors(model_id: str, latent_dim: int) -> Float32Array:
    """The anchors (k, d) of this visit's last morph of the model, none before the first."""
    kept: Float32Array = st.session_state.get(
        _slot(model_id), np.empty((0, latent_dim), np.float32)
    )
    return kept


def _slot(model_id: str) -> str:
    return f"anchors of {model_id}"


def _lead(page: str, label: str, icon: str, model_id: str) -> None:
    st.page_link(page, label=label, icon=icon, query_params={"model": model_id}, width="content")
