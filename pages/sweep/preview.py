"""The stage before a sweep: what will be trained, and what one will see."""

import streamlit as st

from pages.shared.spec_fields import title
from pages.shared.templates import literal, show
from pages.sweep.offer import LISTING_SECONDS
from pages.sweep.settings import METRICS
from vae_core.datasets.catalogue import description_of
from vae_core.sweeps import SweepPlan, SweepResults
from vae_core.sweeps.axis import value_text
from vae_core.sweeps.results import is_stored
from vae_core.text import plural

MOST_SETTINGS = 60
WHAT_COMES = (
    "Every training becomes a dot on the **rate-distortion plane**: how many nats its codes tell "
    "about an example, and how many are still missing. Once two values are there, one slider shows "
    "**what the setting does** to the same examples. A table ranks the settings, with the standard "
    "error over seeds, and any model opens with a click. You can leave this page at any time: the "
    "sweep goes on, and its address brings you back."
)


def preview(plan: SweepPlan | None) -> None:
    """What a sweep would train; `plan` is None while the values can't be read."""
    if plan is None:
        st.markdown("## What will be trained")
        st.caption("The trainings are listed here once the values can be read.")
        return
    data = description_of(plan.dataset)
    name = literal(data.title if data else plan.dataset)
    st.markdown(f"## What will be trained: {plural(plan.count, 'model')} of {name}")
    if plan.search == "grid" and plan.setting_count <= MOST_SETTINGS:
        _grid(plan)
    else:
        axes = "; ".join(f"{title(axis.field).lower()} {axis.words}" for axis in plan.axes)
        st.caption(
            f"{plural(plan.setting_count, 'setting')}, {plural(plan.seeds, 'seed')} each, chosen "
            f"one after the other from {literal(axes)}."
        )
    st.markdown("## What you will see")
    st.caption(WHAT_COMES)
    st.caption(
        f"**{METRICS[plan.metric]}** decides, measured on the validation split: it asks every "
        "model the same question, whatever beta it was trained with. The training loss could not: "
        "beta is part of it."
    )


def show_trials(results: SweepResults) -> None:
    """Each training that has been proposed, and where it stands."""
    settings: dict[int, tuple[list[str], dict[int, str]]] = {}
    for trial in results.trials:
        values = [value_text(value) for value in trial.values.values()]
        states = settings.setdefault(trial.setting, (values, {}))[1]
        states[trial.seed] = trial.state.value
    if settings and len(settings) <= MOST_SETTINGS:
        lines = [
            (values, list(states.values())) for _, (values, states) in sorted(settings.items())
        ]
        _table(results.plan, lines)


def _grid(plan: SweepPlan) -> None:
    """One line per setting, and for each seed whether its model is here."""
    here = _here(plan.model_dump_json())
    lines = [
        (
            [value_text(value) for value in values.values()],
            ["is here" if known else "to train" for known in here[number]],
        )
        for number, values in enumerate(plan.grid())
    ]
    _table(plan, lines)


def _table(plan: SweepPlan, lines: list[tuple[list[str], list[str]]]) -> None:
    """One line per setting: its values, and a word on the training of each seed."""
    heads = [title(axis.field).lower() for axis in plan.axes]
    seeds = [f"seed {int(plan.settings.get('seed', 0)) + seed}" for seed in range(plan.seeds)]
    show("sweep/grid.html", heads=heads, seeds=seeds, lines=lines)


@st.cache_data(ttl=LISTING_SECONDS, max_entries=64, show_spinner=False)
def _here(plan_json: str) -> list[list[bool]]:
    """For each setting of the grid, for which of its seeds there is a model."""
    plan = SweepPlan.model_validate_json(plan_json)
    return [
        [is_stored(plan.spec(values, seed)) for seed in range(plan.seeds)] for values in plan.grid()
    ]
