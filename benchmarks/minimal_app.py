"""The least that Streamlit can rerun: one fragment with a button and a line of text."""

import streamlit as st


@st.fragment
def count() -> None:
    """One number that grows."""
    st.button("Again")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.text(f"runs={st.session_state['runs']}")


count()
