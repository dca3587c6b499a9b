"""Train: describe a model, press the button, and watch the plane organise itself."""

from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from latent_plane.broadcast import status_line
from pages.shared.own_data import sees
from pages.shared.spec_fields import choose_dataset
from pages.shared.train_form import CHOSEN
from pages.shared.visitor import find_job
from pages.train import live, settings
from pages.train.broadcast import subscribe
from pages.train.controls import controls
from pages.train.offer import offer
from pages.train.plane import choose_run_axes, run_plane
from pages.train.preview import preview
from pages.train.settings import Wish
from vae_core.jobs import Job, supervisor

FORM = 260
"""Width of the settings in pixels; page.css puts them under a run where the screen is narrow."""


def describe(dataset: str | None) -> Wish:
    """The form, and its one button, which stays above the settings of experts."""
    wish = settings.choose_spec(choose_dataset(CHOSEN, dataset))
    with wish.action:
        offer(wish)
    return wish


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
    time = st.container(key="run time")
    with st.container(key="run body"):
        plane, curves = st.container(key="run plane"), st.container(key="run curves")
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
st.html(Path(__file__).with_name("network.css"))
watched = st.query_params.get("job", "")
found = find_job(watched) if watched else None
if found is not None and not sees(found.record.spec.dataset):
    found = None
with st.container(horizontal=True, wrap=False, gap="medium", key="train"):
    form = st.container(width=FORM, key="form")
    stage = st.container(key="stage")
with form:
    wish = describe(found.record.spec.dataset if found else None)
with stage:
    run, before = st.container(key="run"), st.container(key="preview")
if found is not None:
    with run:
        show(found)
else:
    with before:
        if watched:
            st.info(
                "That run is no longer stored. If it produced a model, it is on the Explore page."
            )
        preview(wish.dataset, wish.spec)
