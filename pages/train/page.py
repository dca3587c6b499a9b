"""Train: describe a model, press the button, and watch the plane organise itself."""

from collections.abc import Iterator

import streamlit as st

from latent_plane.broadcast import status_line
from pages.shared.visitor import find_job
from pages.train import live, settings
from pages.train.broadcast import subscribe
from pages.train.controls import controls
from pages.train.plane import choose_run_axes, run_plane
from pages.train.submission import model_is_here, submit
from vae_core.artifacts import registry
from vae_core.datasets import is_available
from vae_core.jobs import Job, supervisor
from vae_core.spec.training_spec import TrainingSpec


def describe(dataset: str | None) -> None:
    """The form, what it will cost, and the button, which stays above the settings of experts."""
    dataset = settings.choose_dataset(dataset)
    spec, action = settings.choose_spec(dataset)
    if spec is not None:
        with action:
            _offer(spec)


def _offer(spec: TrainingSpec) -> None:
    if registry.status(spec):
        model_is_here(spec)
        return
    download = settings.fetch_first(spec)
    estimate = settings.expected(spec)
    pressed = st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not (download or is_available(spec.dataset)),
    )
    st.caption(
        f"About {estimate.words} on this machine"
        + (", estimated from earlier runs." if estimate.runs else ", a first estimate.")
    )
    if pressed:
        submit(spec, download=download)


def show(job: Job) -> None:
    """A run. While it is active the browser fetches what is new by itself.

    Everything has its place from the first look on, so that nothing moves when an epoch arrives
    or the run ends, and the plane is never mounted anew.
    """
    feed = supervisor().feed(job.job_id)
    live.headline(job, feed)
    with st.container(key="run orders"):
        if job.state.active:
            controls(job, feed, feed.frame)
    st.fragment(watch)(job.job_id, live.phase(job, feed), iter([True]))


def watch(job_id: str, phase: str, looks: Iterator[bool]) -> None:
    """The run itself; in another phase it needs other words and buttons around it.

    What can be done afterwards depends on the epoch that the scrubber shows, so it belongs here.
    `looks` says True once, at the first look of all that Streamlit takes with these arguments.
    """
    job = find_job(job_id)
    if job is None or live.phase(job, supervisor().feed(job_id)) != phase:
        st.rerun()
    feed = supervisor().feed(job_id)
    buttons = st.container(key="run buttons")
    time, plane, curves = (st.container(key=f"run {name}") for name in ("time", "plane", "curves"))
    with plane:
        axes = choose_run_axes(job.record.spec.latent_dim)
    follows, epoch = subscribe(job, axes), feed.frame
    with time:
        if follows:
            status_line(follows.url, live.status(job, feed), key=f"board {job_id}")
        else:
            epoch = live.scrubber(job)
    if not job.state.active:
        with buttons:
            controls(job, feed, epoch)
    with plane:
        run_plane(job, epoch, axes, first=next(looks, False), follows=follows)
    with curves:
        live.curves(job, feed, epoch, follows=follows)


supervisor().prepare()
form, stage = st.columns([1, 2.6], gap="large")
watched = st.query_params.get("job", "")
found = find_job(watched) if watched else None
with form:
    describe(found.record.spec.dataset if found else None)
with stage, st.container(key="run"):
    if found is not None:
        show(found)
    else:
        st.markdown("## Train a model in front of the class")
        st.caption(
            "Choose a dataset and how long to train, then press Train. The map of validation "
            "examples changes with every epoch, and you can explore the model while it trains."
        )
        if watched:
            st.info(
                "That run is no longer stored. If it produced a model, it is on the Explore page."
            )
