"""Jobs: everything that trains, waits or has ended on this server."""

import time

import streamlit as st

from app_pages.parts.live import spoken
from vae_core.datasets import entry
from vae_core.jobs import Job, State, supervisor

SHOWN = 50
POLL_SECONDS = 2.0
COLOURS = {
    State.QUEUED: "blue",
    State.RUNNING: "green",
    State.DONE: "gray",
    State.FAILED: "red",
    State.CANCELLED: "gray",
    State.LOST: "orange",
}


@st.fragment(run_every=POLL_SECONDS)
def listing() -> None:
    """The jobs, the newest first; each can be watched, active ones can be cancelled."""
    jobs = supervisor().jobs()
    if not jobs:
        st.caption("Nothing has been trained here yet. Start on the Train page.")
        return
    for job in jobs[:SHOWN]:
        _row(job)
    if len(jobs) > SHOWN:
        st.caption(f"{len(jobs) - SHOWN} older runs are not shown.")


def _row(job: Job) -> None:
    spec = job.record.spec
    with st.container(horizontal=True, vertical_alignment="center", key=f"row {job.job_id}"):
        st.badge(job.state.value, color=COLOURS[job.state])  # type: ignore[arg-type]
        st.markdown(
            f"**{entry(spec.dataset).description.title}** · {spec.architecture} · "
            f"{spec.latent_dim} dimensions · {spec.epochs} epochs · {_when(job)}"
        )
        st.page_link(
            "app_pages/train.py", label="Watch", icon=":material/visibility:",
            query_params={"job": job.job_id},
        )  # fmt: skip
        if job.state.active:
            cancel = supervisor().cancel
            st.button("Cancel", key=f"cancel {job.job_id}", on_click=cancel, args=(job.job_id,))


def _when(job: Job) -> str:
    record, now = job.record, time.time()
    if job.state is State.QUEUED:
        wait = "" if job.wait is None else f", about {spoken(job.wait)} to wait"
        return f"place {job.position}{wait}"
    if job.state is State.RUNNING:
        return f"running for {spoken(now - (record.started or now))}"
    return f"ended {spoken(now - (record.finished or now))} ago"


st.markdown("#### Jobs")
listing()
