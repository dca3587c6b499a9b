"""Choosing a row of the dataset: at random, the best, the worst, by label, by number."""

import numpy as np
import streamlit as st

from pages.shared.example.scores import held_out_rows, held_out_scores
from pages.shared.models import ServedModel
from vae_core.arrays import IndexArray
from vae_core.artifacts.artifact import Latents
from vae_core.artifacts.manifest import SPLITS
from vae_core.datasets import has_test
from vae_core.text import label_name

RANDOM, BEST, WORST, NUMBER = "At random", "Highest ELBO first", "Lowest ELBO first", "By number"
ANY = -2
SPLIT_WORDS = {"train": "Training", "validation": "Validation", "test": "Held-out"}


def choose_row(model: ServedModel, key: str, *, start: int | None) -> int:
    """A row of the model's latents; `start` is where somebody begins who has not chosen yet."""
    order_key, number_key, count = *_slots(model, key), len(model.artifact.latents.label)
    if start is not None and order_key not in st.session_state:
        st.session_state[order_key], st.session_state[number_key] = NUMBER, start
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Order", _orders(model), key=order_key, width=190)
        if order != NUMBER:
            return _nth(model, key, order)
        held_out = held_out_rows(model)
        return int(
            st.number_input(
                f"Number, 0 to {count - 1:,}",
                0,
                count - 1,
                key=number_key,
                width=190,
                help="Held-out examples, which were not used in training, have numbers from "
                f"{held_out.min():,} to {held_out.max():,}.",
            )
        )


def put_row(model: ServedModel, key: str, row: int) -> None:
    """Make that row of the model's latents the choice; to be called before the picker is shown."""
    order_key, number_key = _slots(model, key)
    st.session_state[order_key], st.session_state[number_key] = NUMBER, row


def title_of(model: ServedModel, row: int) -> str:
    """Split, number and label of a row."""
    latents = model.artifact.latents
    split = SPLIT_WORDS[SPLITS[latents.split[row]]]
    label = label_name(int(latents.label[row]), model.manifest.description.labels)
    return f"{split} example {row:,}: {label}"


def _nth(model: ServedModel, key: str, order: str) -> int:
    """The row at a place of an order of the held-out examples, all or those of one label."""
    names = model.manifest.description.labels
    label = ANY
    if names:
        label = st.selectbox(
            "Label",
            [ANY, *range(len(names))],
            format_func=lambda label: "any" if label == ANY else names[label],
            key=f"{key} label of {model.model_id}",
            width=150,
        )
    rows = _ordered(model, order, label)
    place_key = f"{key} place in {order} of {model.model_id}"
    st.session_state[place_key] = min(st.session_state.get(place_key, 1), len(rows))
    place = st.number_input(f"Place, 1 to {len(rows):,}", 1, len(rows), key=place_key, width=150)
    return int(rows[int(place) - 1])


def _orders(model: ServedModel) -> list[str]:
    """Without the originals nothing can be scored."""
    scored = has_test(model.manifest.description.name)
    return [RANDOM, BEST, WORST, NUMBER] if scored else [RANDOM, NUMBER]


def _ordered(model: ServedModel, order: str, label: int) -> IndexArray:
    latents = model.artifact.latents
    rows = held_out_rows(model)
    if order == RANDOM:
        return _of_label(np.random.default_rng(0).permutation(rows), latents, label)
    measured = held_out_scores(model)
    elbo = np.zeros(len(rows)) if measured is None else measured.scores.elbo
    sign = -1 if order == BEST else 1
    return _of_label(rows[np.argsort(sign * elbo, kind="stable")], latents, label)


def _of_label(rows: IndexArray, latents: Latents, label: int) -> IndexArray:
    found = rows if label == ANY else rows[latents.label[rows] == label]
    return found if len(found) else rows


def _slots(model: ServedModel, key: str) -> tuple[str, str]:
    return f"{key} order of {model.model_id}", f"{key} number of {model.model_id}"
