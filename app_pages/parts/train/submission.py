"""Who asks for a training, and the run that the page's address names."""

import secrets

import streamlit as st

from vae_core.errors import JobRefused, NotFound
from vae_core.jobs import Job, supervisor
from vae_core.spec import TrainingSpec


def find_job(job_id: str) -> Job | None:
    """The job of that name, None when it is no longer kept."""
    try:
        return supervisor().job(job_id)
    except NotFound:
        return None


def visitor() -> str:
    """Who asks: the owner of the job in the address, so that a reload stays the same visitor."""
    if "visitor" not in st.session_state:
        known = find_job(st.query_params.get("job", ""))
        st.session_state["visitor"] = known.record.visitor if known else secrets.token_hex(8)
    return str(st.session_state["visitor"])


def submit(spec: TrainingSpec, *, download: bool = False) -> None:
    """Queue a training and show it; the page says why when it is refused."""
    try:
        job = supervisor().submit(spec, visitor=visitor(), download=download)
    except JobRefused as error:
        st.error(str(error))
        return
    st.query_params["job"] = job.job_id
    st.rerun()


def model_is_here(spec: TrainingSpec) -> None:
    """Say that this very training has been done, and show the way to its model."""
    explore_link(spec.model_id)
    st.caption("A model with exactly these settings is already here.")


def explore_link(model_id: str) -> None:
    """The way to a model's plane."""
    st.page_link(
        "app_pages/explore.py",
        label="Explore it",
        icon=":material/explore:",
        query_params={"model": model_id},
    )
