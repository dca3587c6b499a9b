"""The form of Train as other pages fill it in: where the session holds its settings."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.navigation import PAGES
from vae_core.datasets import default_spec

CHOSEN = "train dataset"
"""What of the session holds the dataset that Train shows."""


def setting_key(dataset: str, name: str) -> str:
    """What of the session holds a setting of that dataset's form."""
    return f"train {dataset} {name}"


def preset_key(dataset: str) -> str:
    """What of the session holds the time to spend, None where somebody has set the epochs."""
    edits = st.session_state.get(setting_key(dataset, "edits"))
    return setting_key(dataset, f"preset{f' {edits}' if edits else ''}")


def set_by_hand(dataset: str) -> None:
    """No preset has chosen these epochs.

    The buttons become others of a new key: a browser that has not heard of it yet, as when somebody
    types a number and presses Train at once, would send the old ones as pressed.
    """
    edits = setting_key(dataset, "edits")
    st.session_state[edits] = st.session_state.get(edits, 0) + 1
    st.session_state[preset_key(dataset)] = None


def train_on(dataset: str, settings: Mapping[str, Any] | None = None) -> None:
    """Go to Train with this dataset chosen and its form filled in with `settings`."""
    st.session_state[CHOSEN] = dataset
    defaults = default_spec(dataset)
    for name, value in (settings or {}).items():
        if value != getattr(defaults, name):
            _fill_in(dataset, name, value, defaults.architecture)
    if settings and "epochs" in settings:
        set_by_hand(dataset)
    st.switch_page(PAGES["train"].script)


def _fill_in(dataset: str, name: str, value: Any, architecture: str) -> None:
    """Each architecture has its own widths, which are typed."""
    if isinstance(value, tuple):
        name, value = f"{name} {architecture}", ", ".join(map(str, value))
    st.session_state[setting_key(dataset, name)] = value
