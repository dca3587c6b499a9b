"""Jobs: everything that trains, waits or has ended on this server."""

import time
from typing import Literal

import streamlit as st

from pages.shared import run_summary
from pages.shared.header import heading
from pages.shared.navigation import PAGES
from pages.shared.own_data import sees
from pages.shared.run_summary import state_badge
from pages.shared.templates import literal
from pages.shared.visitor import visitor
from vae_core.jobs import Feed, Job, State, supervisor
from vae_core.text import duration, number

AT_ONCE = 20
POLL_SECONDS = 2.0
BADGE = 90  # pixels for the state, so that the titles stand in line
BAR = 360  # pixels for how far a run is


@st.fragment(run_every=POLL_SECONDS)
def listing() -> None:
    """The jobs, active ones first, then the newest; active ones can be cancelled."""
    seen = (job for job in supervisor().jobs() if sees(job.record.spec.dataset))
    jobs = sorted(seen, key=lambda job: not job.state.active)
    if not jobs:
        _nothing_yet()
        return
    active = sum(job.state.active for job in jobs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{active} running or waiting, {len(jobs) - active} ended")
        _train_button("secondary")
    shown = st.session_state.setdefault("jobs shown", AT_ONCE)
    for job in jobs[:shown]:
        _row(job)
    if len(jobs) > shown and st.button(f"Show {min(AT_ONCE, len(jobs) - shown)} more"):
        st.session_state["jobs shown"] = shown + AT_ONCE
        st.rerun(scope="fragment")


def _nothing_yet() -> None:
    st.markdown("## Nothing has been trained here yet")
    st.caption(
        "Every training on this server is listed here: while it waits and runs, and for 30 days "
        "after its end. You can watch it, whoever has started it, and explore what it has learned."
    )
    _train_button("primary")


def _train_button(kind: Literal["primary", "secondary"]) -> None:
    if st.button("Train a model", type=kind, icon=PAGES["train"].icon):
        st.switch_page(PAGES["train"].script)


def _row(job: Job) -> None:
    feed = supervisor().feed(job.job_id)
    spec = feed.spec or job.record.spec
    owner = " :blue-badge[Yours]" if job.record.visitor == visitor() else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(state_badge(job.state), width=BADGE)
        with st.container(gap=None, key=f"row {job.job_id}"):
            st.markdown(run_summary.title(spec, job.record.data) + owner)
            reason = f" {literal(job.record.verdict.message)}" if job.record.verdict else ""
            came = _result(feed) if job.state is State.DONE else ""
            st.caption(f"{_when(job)}. {came}{reason} {run_summary.summary(spec)}")
            if job.state is State.RUNNING:
                st.progress(len(feed.history) / spec.last_epoch, width=BAR)
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


def _result(feed: Feed) -> str:
    """The ELBO of the epoch that validation liked best."""
    if not feed.history:
        return ""
    best = max(epoch.validation.elbo for epoch in feed.history)
    return f"Best validation ELBO **{number(best, '.1f', unit='nats')}** per example."


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
