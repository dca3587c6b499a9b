"""The form of Train as other pages fill it in."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.navigation import PAGES
from pages.shared.presets import set_by_hand
from pages.shared.spec_fields import SpecFields, widths_field, widths_text
from vae_core.datasets import default_spec

FORM = "train"
CHOSEN = "train dataset"
"""What of the session holds the dataset that Train shows."""


def train_on(dataset: str, settings: Mapping[str, Any] | None = None) -> None:
    """Go to Train with this dataset chosen and its form filled in with `settings`."""
    st.session_state[CHOSEN] = dataset
    fields = SpecFields(FORM, default_spec(dataset))
    for name, value in (settings or {}).items():
        if value != getattr(fields.defaults, name):
            _fill_in(fields, name, value)
    if settings and "epochs" in settings:
        set_by_hand(FORM, dataset)
    st.switch_page(PAGES["train"].script)


def _fill_in(fields: SpecFields, name: str, value: Any) -> None:
    if isinstance(value, tuple):
        name, value = widths_field(name, fields.defaults.architecture), widths_text(value)
    st.session_state[fields.key(name)] = value
