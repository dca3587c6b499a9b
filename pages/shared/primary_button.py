"""The one primary button of a form that describes trainings."""

import streamlit as st


def primary_button(
    form: str, label: str, *, icon: str = ":material/play_arrow:", disabled: bool = False
) -> bool:
    """A form's one primary button.

    Each label has its own key: a press that comes late must not mean another.
    """
    return st.button(
        label,
        type="primary",
        icon=icon,
        width="stretch",
        disabled=disabled,
        key=f"{form} button {label}",
    )
