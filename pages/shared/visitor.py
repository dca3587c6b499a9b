"""Who visits the app, known by the job that the page's address names."""

import secrets

import streamlit as st

from vae_core.errors import NotFound
from vae_core.jobs import Job, supervisor


def find_job(job_id: str) -> Job | None:
    """The job of that name, None when it is no longer kept."""
    try:
        return supervisor().job(job_id)
    except NotFound:
        return None


def visitor() -> str:
    """Who asks: the owner of the job in the address, so that a reload stays the same visitor."""
    if "visitor" not in st.session_state:
        job = find_job(st.query_params.get("job", ""))
        st.session_state["visitor"] = job.record.visitor if job else secrets.token_hex(8)
    return str(st.session_state["visitor"])
