"""The sweeps on this server, the newest first, each with a link."""

import time

import streamlit as st

from pages.shared.navigation import PAGES
from pages.shared.own_data import sees
from pages.shared.visitor import visitor
from pages.sweep.standing import (
    BADGES,
    look,
    plan_title,
    progress_words,
    settings_words,
    state_words,
)
from vae_core.errors import NotFound
from vae_core.sweeps import all_sweeps
from vae_core.sweeps.store import Sweep, SweepDirectory
from vae_core.text import duration

AT_ONCE = 6
BADGE = 90  # pixels for the state, so that the titles stand in line


def show_sweeps(shown: str) -> None:
    """The sweeps that this visitor may see, but for the one that is `shown`; nothing for none."""
    found = [
        sweep
        for sweep in map(_read, reversed(all_sweeps()))
        if sweep and sweep.sweep_id != shown and sees(sweep.plan.dataset)
    ]
    if not found:
        return
    st.markdown("## Other sweeps" if shown else "## Sweeps on this server")
    count = st.session_state.setdefault("sweeps shown", AT_ONCE)
    for sweep in found[:count]:
        _row(sweep)
    if len(found) > count and st.button(f"Show {min(AT_ONCE, len(found) - count)} more"):
        st.session_state["sweeps shown"] = count + AT_ONCE
        st.rerun()


def _read(directory: SweepDirectory) -> Sweep | None:
    try:
        return directory.read()
    except NotFound:
        return None


def _row(sweep: Sweep) -> None:
    results = look(sweep.sweep_id)
    if results is None:
        return
    mine = " :blue-badge[Yours]" if sweep.plan.visitor == visitor() else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(BADGES[state_words(results)], width=BADGE)
        with st.container(gap=None, key=f"sweep row {sweep.sweep_id}"):
            st.markdown(plan_title(sweep.plan) + mine)
            begun = duration(time.time() - sweep.created)
            said = settings_words(sweep.plan)
            st.caption(f"{said} Begun {begun} ago: {progress_words(results)}.")
        st.page_link(
            PAGES["sweep"].script,
            label="Open",
            icon=":material/visibility:",
            query_params={"sweep": sweep.sweep_id},
            width="content",
        )
