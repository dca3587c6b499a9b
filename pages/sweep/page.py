"""Sweep: train many settings of one dataset, watch them fall onto one plane, open the best."""

import streamlit as st

from pages.shared.header import heading
from pages.shared.spec_fields import choose_dataset
from pages.sweep.filling import fill
from pages.sweep.listing import show_sweeps
from pages.sweep.offer import offer
from pages.sweep.plots import show_picked, show_plane, show_search
from pages.sweep.preview import preview, show_trials
from pages.sweep.settings import Wish, choose_plan
from pages.sweep.standing import is_under_way, look, show_standing
from pages.sweep.strip import show_strip
from pages.sweep.table import show_best, show_table
from vae_core.jobs import supervisor
from vae_core.sweeps import SweepPlan, SweepResults

FORM = 260
"""Width of the settings in pixels, as on Train."""
LOOK_SECONDS = 1.5


def describe(shown: SweepPlan | None) -> Wish:
    """The form, and its one button, which stays above the settings of experts."""
    wish = choose_plan(choose_dataset("sweep dataset", shown.dataset if shown else None))
    with wish.action:
        offer(wish, shown)
    return wish


def show(sweep_id: str, *, under_way: bool) -> None:
    """A sweep, looked at anew as long as more comes by itself."""
    every = LOOK_SECONDS if under_way else None
    st.fragment(watch, run_every=every)(sweep_id, under_way)


def watch(sweep_id: str, under_way: bool) -> None:
    """The sweep itself; when it ends or is stopped the page around it needs other words."""
    results = look(sweep_id)
    if results is None or is_under_way(results) != under_way:
        st.rerun()
    show_standing(results)
    if results.best is None:
        _before_the_first(results)
        return
    show_best(results)
    with st.container(key="sweep figures"):
        show_plane(results)
    show_picked(results, results.best)
    show_strip(results)
    show_table(results)
    show_search(results)


def _before_the_first(results: SweepResults) -> None:
    with st.container(key="sweep waiting"):
        show_trials(results)
        if is_under_way(results):
            st.caption("The first dot falls onto the plane when the first training ends.")
        else:
            st.caption("No training has ended with a model yet.")


supervisor().prepare()
heading("Sweep")
asked = st.query_params.get("sweep", "")
found = look(asked) if asked else None
if found is not None:
    fill(found.plan)
with st.container(horizontal=True, wrap=False, gap="medium", key="sweep"):
    form = st.container(width=FORM, key="form")
    stage = st.container(key="stage")
with form:
    wish = describe(found.plan if found else None)
with stage:
    if found is not None:
        show(found.sweep_id, under_way=is_under_way(found))
    else:
        if asked:
            st.info("That sweep is not here. Its models, if there are any, are on Explore.")
        preview(wish.plan)
    show_sweeps(found.sweep_id if found else "")
