"""Who visits the app: a browser, whatever address it has opened."""

import hashlib
import secrets

import streamlit as st

from latent_plane import visitor_cookie
from vae_core.errors import NotFound
from vae_core.jobs import Job, supervisor


def find_job(job_id: str) -> Job | None:
    """The job of that name, None when it is no longer kept."""
    try:
        return supervisor().job(job_id)
    except NotFound:
        return None


def visitor() -> str:
    """Who asks; stored with what a visitor starts, so it does not give the cookie away.

    A browser that takes no cookies is another visitor after each reload.
    """
    if "visitor" not in st.session_state:
        given = str(st.context.cookies.get(visitor_cookie.NAME))
        token = given if visitor_cookie.TOKEN.fullmatch(given) else secrets.token_hex(16)
        st.session_state["visitor"] = hashlib.sha256(token.encode()).hexdigest()[:16]
    return str(st.session_state["visitor"])
