"""Links by which pages hand an example or a point to one another; the address carries the state.

Its parameters: `model`, `z` (a point), `label`, `row` (of the model's latents), `anchors` (points);
of Compare `models` and `row` (of the dataset).
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from pages.shared.models import ServedModel
from pages.shared.navigation import PAGES
from pages.shared.query_params import MOST_ANCHORS, write_anchors, write_point
from vae_core.arrays import Float32Array


def walk_from_here(model: ServedModel, z: ArrayLike, label: int | None = None) -> None:
    """The way to Explore with its ring at `z` (d,); `label` is for a conditional model."""
    conditional = {} if label is None else {"label": str(label)}
    st.page_link(
        PAGES["explore"].script,
        label="Walk from here",
        icon=PAGES["explore"].icon,
        query_params={
            "model": model.model_id,
            "z": write_point(np.asarray(z, np.float32)),
            **conditional,
        },
    )


def reconstruct_this(model: ServedModel, row: int, *, what: str = "this") -> None:
    """The way to Reconstruct with the example of that row of the model's latents."""
    st.page_link(
        PAGES["reconstruct"].script,
        label=f"Reconstruct {what}",
        icon=PAGES["reconstruct"].icon,
        query_params={"model": model.model_id, "row": str(row)},
    )


def explore_model(model_id: str) -> None:
    """The way to Explore with the model of that name, which need not be open."""
    _lead("explore", "Explore it", model_id)


def model_card(model: ServedModel) -> None:
    """The way to the model's card."""
    model_card_of(model.model_id)


def model_card_of(model_id: str) -> None:
    """The way to the card of the model of that name, which need not be open."""
    _lead("card", "Model card", model_id)


def compare(model_ids: Sequence[str], label: str = "Compare") -> None:
    """The way to Compare with the models of those names; one alone finds its own counterpart."""
    st.page_link(
        PAGES["compare"].script,
        label=label,
        icon=PAGES["compare"].icon,
        query_params={"models": ",".join(model_ids)},
        width="content",
    )


def find_anomalies(model: ServedModel) -> None:
    """The way to what this model finds strange."""
    _lead("anomalies", "Anomalies", model.model_id)


def look_closer(model: ServedModel) -> None:
    """The way to Reconstruct with this model."""
    _lead("reconstruct", "Look closer", model.model_id)


def use_as_anchor(model: ServedModel, z: ArrayLike) -> None:
    """The way to Morph with `z` (d,) after the anchors that this visitor has there already.

    Of more than `MOST_ANCHORS` the first ones are left out.
    """
    point = np.asarray(z, np.float32)
    anchors = [*kept_anchors(model), point][-MOST_ANCHORS:]
    st.page_link(
        PAGES["morph"].script,
        label="Use as anchor",
        icon=":material/anchor:",
        query_params={"model": model.model_id, "anchors": write_anchors(anchors)},
    )


def keep_anchors(model: ServedModel, anchors: ArrayLike) -> None:
    """Remember for this visit where the anchors (k, d) of a model's morph stand."""
    st.session_state[_slot(model)] = np.asarray(anchors, np.float32)


def kept_anchors(model: ServedModel) -> Float32Array:
    """The anchors (k, d) of this visit's last morph of the model, none before the first."""
    kept: Float32Array = st.session_state.get(
        _slot(model), np.empty((0, model.codec.latent_dim), np.float32)
    )
    return kept


def _slot(model: ServedModel) -> str:
    return f"anchors of {model.model_id}"


def _lead(page: str, label: str, model_id: str) -> None:
    st.page_link(
        PAGES[page].script,
        label=label,
        icon=PAGES[page].icon,
        query_params={"model": model_id},
        width="content",
    )
