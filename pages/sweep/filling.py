"""The form as it was when a sweep was begun: whoever opens a sweep sees its own settings."""

from typing import Any

import streamlit as st

from pages.shared.presets import set_by_hand
from pages.sweep.settings import FORM, fields_of
from vae_core.datasets.catalogue import find
from vae_core.sweeps import SweepPlan
from vae_core.sweeps.axis import WIDTHS, Axis, value_text

FILLED = "sweep in the form"
STEPPED = ("latent_dim", "beta", "learning_rate", "batch_size")
OTHERS = ("architecture", "likelihood", "conditional")


def fill(plan: SweepPlan) -> None:
    """Put a sweep's settings into the form, once for each sweep that is opened.

    What the form has no field for stays as it is.
    """
    if st.session_state.get(FILLED) == plan.sweep_id or not find(plan.dataset):
        return
    remember(plan.sweep_id)
    fields = fields_of(plan.dataset)
    values: dict[str, Any] = {
        "varied": [axis.field for axis in plan.axes],
        "seeds": plan.seeds,
        "search": plan.search,
        "metric": plan.metric,
        "prune": plan.prune,
    }
    values |= {f"values of {axis.field}": _text(axis) for axis in plan.axes}
    if plan.search != "grid":
        values["settings"] = plan.setting_count
    whole = plan.spec(_first(plan), 0)
    values |= {name: getattr(whole, name) for name in OTHERS if name in plan.settings}
    values |= {
        name: getattr(whole, name)
        for name in STEPPED
        if getattr(whole, name) in fields.options(name)
    }
    if "epochs" in plan.settings:
        set_by_hand(FORM, plan.dataset)
        values["epochs"] = whole.epochs
    for name, value in values.items():
        st.session_state[fields.key(name)] = value


def remember(sweep_id: str) -> None:
    """The form shows this sweep already."""
    st.session_state[FILLED] = sweep_id


def _first(plan: SweepPlan) -> dict[str, Any]:
    return {axis.field: axis.values[0] if axis.values else axis.low for axis in plan.axes}


def _text(axis: Axis) -> str:
    if axis.is_range:
        return axis.words
    return (" / " if axis.field in WIDTHS else ", ").join(map(value_text, axis.values))
