"""Who asks for a training, and the run that the page's address names."""

import streamlit as st

from pages.shared.links import explore_model
from pages.shared.templates import literal
from pages.shared.visitor import visitor
from vae_core.errors import JobRefused
from vae_core.jobs import supervisor
from vae_core.spec.training_spec import TrainingSpec


def submit(spec: TrainingSpec, *, download: bool = False) -> None:
    """Queue a training and show it; the page says why when it is refused."""
    try:
        job = supervisor().submit(spec, visitor=visitor(), download=download)
    except JobRefused as error:
        st.error(literal(error))
        return
    st.query_params["job"] = job.job_id
    st.rerun()


def model_is_here(spec: TrainingSpec) -> None:
    """Say that this very training has been done, and show the way to its model."""
    explore_model(spec.model_id)
    st.caption("A model with exactly these settings is already here.")
