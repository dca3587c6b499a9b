"""How well the model fills: known cells of held-out rows are hidden and filled in several ways."""

from collections.abc import Mapping
from math import isnan, nan
from typing import Any

import numpy as np
import streamlit as st

from pages.shared import templates
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.navigation import PAGES
from pages.shared.train_form import train_on
from vae_core.arrays import Float64Array
from vae_core.datasets import load
from vae_core.datasets.gap_settings import gap_settings
from vae_core.datasets.heads import NUMBERS, Head, layout_of
from vae_core.errors import DataInvalid, DataUnavailable
from vae_core.evaluation.gaps import MODEL, GapScores, gap_scores
from vae_core.text import number

DAY = 24 * 3600
KINDS = ("numbers", "ordered categories", "categories")
HELP = (
    "Numbers: root mean squared error over the column's range. Categories: the share of wrong "
    "ones. Ordered categories: how many places off, over the number of categories. Averages over "
    "columns, as Nazabal et al. (2020) define them; the lowest is bold."
)


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=16, ttl=DAY, show_spinner="Hiding and filling known cells …"
)
def scores_of(model: ServedModel) -> GapScores | None:
    """The errors of the model and of plain methods, computed once for all visitors; None where the
    training rows are not here or no cell could be hidden."""
    spec = model.manifest.spec
    try:
        dataset = load(spec.dataset, seed=spec.split_seed).read()
        return gap_scores(model.manifest, model.codec, dataset)
    except (DataUnavailable, DataInvalid):
        return None


def show(model: ServedModel) -> None:
    """The table of errors."""
    found = scores_of(model)
    if found is None:
        return
    heads = layout_of(model.manifest.description.features).heads
    kinds = np.array([kind_of(head) for head in heads])
    known = [kind for kind in KINDS if np.isfinite(found.errors[MODEL][kinds == kind]).any()]
    parts = [kinds == kind for kind in known] + [np.ones(len(kinds), bool)]
    columns = [[_mean(errors[part]) for errors in found.errors.values()] for part in parts]
    lines = [
        (way, [(number(column[i], ".3f"), _is_best(column, i)) for column in columns])
        for i, way in enumerate(found.errors)
    ]
    st.markdown("**How well it fills**", help=HELP)
    templates.show("gaps/scores.html", heads=[*known, "all columns"], lines=lines)
    st.caption(
        f"Error on {int(found.hidden.sum()):,} cells of {found.rows:,} rows of the test split, "
        f"{found.share:.0%} of their known ones, hidden at random with seed 0. The plain methods "
        "learned from the training split."
    )
    settings = gap_settings(model.manifest.run.examples["train"], len(heads))
    if model.codec.latent_dim < settings["latent_dim"]:
        _offer_better(model, settings)


def _offer_better(model: ServedModel, settings: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"A plane is for looking. A model of {settings['latent_dim']} dimensions, trained with "
            "more hidden cells, usually fills better."
        )
        if st.button("Train one for gaps", icon=PAGES["train"].icon):
            train_on(model.manifest.spec.dataset, settings)


def kind_of(head: Head) -> str:
    """What the columns of a head are called together."""
    if head in NUMBERS:
        return KINDS[0]
    return KINDS[1] if head == "ordinal" else KINDS[2]


def _mean(errors: Float64Array) -> float:
    known = errors[np.isfinite(errors)]
    return float(known.mean()) if len(known) else nan


def _is_best(errors: list[float], place: int) -> bool:
    known = [error for error in errors if not isnan(error)]
    return bool(known) and errors[place] == min(known)
