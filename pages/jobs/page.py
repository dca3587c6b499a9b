"""Jobs: everything that trains, waits or has ended on this server."""

import time

import streamlit as st

from pages.shared import run_summary
from pages.shared.header import heading
from pages.shared.navigation import PAGES
from pages.shared.run_summary import state_badge
from pages.shared.templates import literal
from pages.shared.visitor import visitor
from vae_core.jobs import Job, State, supervisor
from vae_core.text import duration

AT_ONCE = 20
POLL_SECONDS = 2.0
BADGE = 90  # pixels for the state, so that the titles stand in line


@st.fragment(run_every=POLL_SECONDS)
def listing() -> None:
    """The jobs, active ones first, then the newest; active ones can be cancelled."""
    jobs = sorted(supervisor().jobs(), key=lambda job: not job.state.active)
    if not jobs:
        st.caption("Nothing has been trained here yet. Start on the Train page.")
        return
    active = sum(job.state.active for job in jobs)
    st.caption(f"{active} running or waiting, {len(jobs) - active} ended")
    shown = st.session_state.setdefault("jobs shown", AT_ONCE)
    for job in jobs[:shown]:
        _row(job)
    if len(jobs) > shown and st.button(f"Show {min(AT_ONCE, len(jobs) - shown)} more"):
        st.session_state["jobs shown"] = shown + AT_ONCE
        st.rerun(scope="fragment")


def _row(job: Job) -> None:
    spec = supervisor().feed(job.job_id).spec or job.record.spec
    owner = " Yours." if job.record.visitor == visitor() else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(state_badge(job.state), width=BADGE)
        with st.container(gap=None, key=f"row {job.job_id}"):
            st.markdown(run_summary.title(spec, job.record.data))
            reason = f" {literal(job.record.verdict.message)}" if job.record.verdict else ""
            st.caption(f"{_when(job)}.{owner}{reason} {run_summary.summary(spec)}")
        if job.state.active:
            cancel = supervisor().cancel
            st.button("Cancel", key=f"cancel {job.job_id}", on_click=cancel, args=(job.job_id,))
        st.page_link(
            PAGES["train"].script,
            label="Watch" if job.state.active else "Open",
            icon=":material/visibility:",
            query_params={"job": job.job_id},
            width="content",
        )


def _when(job: Job) -> str:
    record, now = job.record, time.time()
    if job.state is State.QUEUED:
        wait = "" if job.wait is None else f", about {duration(job.wait)} to wait"
        return f"Place {job.position} in the queue{wait}"
    if job.state is State.RUNNING:
        return f"Running for {duration(now - (record.started or now))}"
    return f"Ended {duration(now - (record.finished or now))} ago"


heading("Jobs")
listing()
