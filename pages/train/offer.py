"""The one primary button of the form, and in words what it will do."""

from itertools import count

import streamlit as st

from pages.shared.navigation import PAGES
from pages.shared.presets import expected
from pages.shared.primary_button import primary_button
from pages.shared.templates import literal
from pages.shared.train_form import FORM
from pages.train.settings import Wish
from pages.train.submission import submit
from vae_core.artifacts import registry
from vae_core.datasets import entry, is_available
from vae_core.jobs import Job, State, supervisor
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import plural, size


def offer(wish: Wish) -> None:
    """The button for what the form says: train, train again, or watch the run that does it."""
    if wish.spec is None:
        primary_button(FORM, "Train", disabled=True)
        st.error(literal(wish.contradiction))
    elif (job := active_job(wish.spec)) is not None:
        _watch(job)
    elif registry.status(wish.spec):
        _again(wish.spec)
    else:
        _train(wish.spec)


def active_job(spec: TrainingSpec) -> Job | None:
    """The job that waits or runs and will end in the model of `spec`."""
    for job in supervisor().jobs():
        if job.state.active and (supervisor().feed(job.job_id).spec or job.record.spec) == spec:
            return job
    return None


def with_free_seed(spec: TrainingSpec) -> TrainingSpec:
    """`spec` with the lowest seed of which there is no model, nor a job that trains it."""
    seeds = (spec.model_copy(update={"seed": seed}) for seed in count())
    return next(one for one in seeds if not registry.status(one) and active_job(one) is None)


def _train(spec: TrainingSpec) -> None:
    download = not is_available(spec.dataset)
    if primary_button(FORM, "Download and train" if download else "Train"):
        submit(spec, download=download)
    _what_it_takes(spec, download=download)


def _again(spec: TrainingSpec) -> None:
    """Two buttons for a model that is here; trained again, it starts from another seed."""
    other, download = with_free_seed(spec), not is_available(spec.dataset)
    with st.container(horizontal=True, gap="xsmall", key="train again"):
        pressed = primary_button(FORM, "Download and train again" if download else "Train it again")
        if st.button("Open it"):
            st.switch_page(PAGES["explore"].script, query_params={"model": spec.model_id})
    if pressed:
        submit(other, download=download)
    st.caption(
        "A model with exactly these settings is here. Again means from another random start: "
        f"seed {other.seed}, as {_taken(spec.seed, other.seed)}."
    )
    _what_it_takes(other, download=download)


def _taken(seed: int, free: int) -> str:
    if free > 1:
        return f"seeds 0 {'and' if free == 2 else 'to'} {free - 1} are taken"
    return f"seed {0 if free else seed} is taken"


def _watch(job: Job) -> None:
    running = job.state is State.RUNNING
    if st.query_params.get("job") == job.job_id:
        primary_button(FORM, "Training …" if running else "Waiting …", disabled=True)
        st.caption("You are watching this training. Change a setting to train another model.")
        return
    if primary_button(FORM, "Watch it", icon=":material/visibility:"):
        st.query_params["job"] = job.job_id
        st.rerun()
    st.caption(
        "These settings are being trained right now."
        if running
        else "A training with these settings waits for its turn."
    )


def _what_it_takes(spec: TrainingSpec, *, download: bool) -> None:
    estimate = expected(spec)
    st.caption(
        f"About {estimate.words} on this machine for {plural(spec.epochs, 'epoch')}"
        + (", estimated from earlier runs." if estimate.runs else ", a first estimate.")
    )
    remote = entry(spec.dataset).remote
    if download and remote is not None:
        title, whole = entry(spec.dataset).description.title, sum(f.bytes for f in remote.training)
        st.caption(f"Its training set is downloaded first: {title}, {size(whole)}.")
