"""How well the model fills: known cells of held-out rows are hidden and filled in several ways."""

from math import isnan

import streamlit as st

from pages.shared import templates
from pages.shared.models import BY_NAME, ServedModel
from vae_core.datasets import load
from vae_core.evaluation.gaps import HIDDEN, KINDS, GapError, gap_errors
from vae_core.metrics.likelihood import observation_model
from vae_core.text import number

DAY = 24 * 3600
HELP = (
    "Numbers: root mean squared error over the column's range. Categories: the share of wrong "
    "ones. Ordered categories: how many places off, over the number of categories. Averages over "
    "columns, as Nazabal et al. (2020) define them; the lowest is bold."
)


@st.cache_data(
    hash_funcs=BY_NAME, max_entries=16, ttl=DAY, show_spinner="Hiding and filling known cells …"
)
def errors_of(model: ServedModel) -> tuple[GapError, ...]:
    """The errors of the model and of the plain methods; computed once for all visitors."""
    spec = model.manifest.spec
    dataset = load(spec.dataset, seed=spec.split_seed)
    observation = observation_model(model.manifest)
    return gap_errors(model.codec, dataset, observation, conditional=spec.conditional)


def show(model: ServedModel) -> None:
    """The table of errors."""
    found = errors_of(model)
    st.markdown("**How well it fills**", help=HELP)
    kinds = [kind for kind in KINDS if kind in found[0].by_kind]
    columns = [[each.by_kind[kind] for each in found] for kind in kinds]
    columns.append([each.overall for each in found])
    lines = [
        (each.method, [(_text(column[i]), _is_best(column, i)) for column in columns])
        for i, each in enumerate(found)
    ]
    templates.show("gaps/scores.html", heads=[*kinds, "all columns"], lines=lines)
    st.caption(
        f"Error on {found[0].cells:,} cells of the test split, {HIDDEN:.0%} of its known ones, "
        "hidden at random with seed 0. The plain methods learned from the training split. "
        + (
            "A plane is for looking: a model with 10 latent dimensions usually fills better."
            if model.codec.latent_dim <= 3
            else ""
        )
    )


def _text(error: float) -> str:
    return number(error, ".3f")


def _is_best(errors: list[float], place: int) -> bool:
    known = [error for error in errors if not isnan(error)]
    return bool(known) and errors[place] == min(known)
