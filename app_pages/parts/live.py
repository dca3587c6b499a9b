"""A training run as it goes: progress, curves, and the plane decoded by its newest weights."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app_pages.parts.shelf import output_of
from latent_plane import assets, latent_plane, plane_event
from latent_plane.live import live_figure
from vae_core.artifact import Epoch
from vae_core.codec import one_hot, session
from vae_core.datasets import entry, originals
from vae_core.errors import NotFound
from vae_core.figures import kl_figure, latent_figure, loss_figure
from vae_core.jobs import Feed, Job, State, supervisor
from vae_core.latent import Plane

REACHES = (3.5, 5.0, 7.0, 10.0, 15.0, 25.0, 50.0)
SLIDER_REACH = 4.0

STAGES = {
    "starting": "Starting the worker …",
    "loading": "Loading the data …",
    "training": "Training …",
    "exporting": "Exporting and measuring on held-out examples …",
    "done": "Done",
}


@dataclass(frozen=True, eq=False)
class Frame:
    """What the browser fetches for one epoch of a film."""

    plane: Plane
    figure_url: str
    decoder_url: str


def headline(job: Job, feed: Feed) -> None:
    """The state of the job in one line, and a bar while it trains."""
    record = job.record
    if job.state is State.QUEUED:
        wait = "" if job.wait is None else f", about {spoken(job.wait)} to wait"
        st.info(f"In the queue at place {job.position}{wait}.", icon=":material/schedule:")
    elif job.state is State.RUNNING:
        st.progress(*_progress(record.spec.stop_after or record.spec.epochs, feed))
    elif job.state is State.DONE:
        st.success(f"Trained {len(feed.history)} epochs.", icon=":material/check:")
    elif job.state is State.CANCELLED:
        st.info("Cancelled and discarded.", icon=":material/close:")
    elif job.state is State.LOST:
        st.warning("The worker went away before the end.", icon=":material/link_off:")
    else:
        reason = record.verdict.message if record.verdict else "It failed for no known reason."
        st.error(reason, icon=":material/error:")


def curves(feed: Feed, epochs: int, *, key: str, chosen: int | None = None) -> None:
    """Losses over epochs, and the KL of each latent dimension."""
    losses, dimensions = st.columns([3, 1])
    with losses:
        live_figure(loss_figure(feed.history, epochs=epochs, chosen=chosen), key=f"losses {key}")
    with dimensions:
        at = feed.kl[(chosen or len(feed.kl)) - 1] if feed.kl else ()
        live_figure(kl_figure(at, dead=feed.dead), key=f"kl {key}")
        if feed.dead:
            names = ", ".join(f"z{number + 1}" for number in feed.dead)
            st.caption(f"Unused by the decoder: {names}")


def last_line(history: list[Epoch]) -> str:
    """The newest epoch in words."""
    newest, measured = history[-1], history[-1].validation
    elbo, reconstruction = (
        f"{value:.2f}".replace("-", "−") for value in (measured.elbo, measured.reconstruction)
    )
    return (
        f"Epoch {newest.epoch}: validation ELBO **{elbo}** nats per example "
        f"(reconstruction {reconstruction}, KL {measured.kl:.2f}), one draw of z each; "
        f"{newest.images_per_second:,.0f} examples/s"
    )


def plane(job: Job, epoch: int) -> None:
    """The probes where `epoch` put them; the pointer decodes with that epoch's weights."""
    spec = job.record.spec
    description = entry(spec.dataset).description
    try:
        shown = frame(job.job_id, epoch)
    except NotFound:  # thinned out a moment ago; the next poll shows a newer one
        return
    key = f"plane-{job.job_id}"
    classes = description.labels if spec.conditional else ()
    event = plane_event(key, z=np.zeros(spec.latent_dim), label=0 if classes else None)
    told = event.label if event.label in range(len(classes)) else (0 if classes else None)
    latent_plane(
        key=key,
        figure_url=shown.figure_url,
        decoder_url=shown.decoder_url,
        plane=shown.plane,
        output=output_of(description, *feature_range(spec.dataset)),
        z=event.z,
        label=told,
        decoded=picture(job.job_id, epoch, tuple(event.z.tolist()), told),
        limits=np.tile([-SLIDER_REACH, SLIDER_REACH], (spec.latent_dim, 1)),
        classes=classes,
        height=520,
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def frame(job_id: str, epoch: int) -> Frame:
    """One epoch of a film, served. Raises `NotFound` when the film has thinned it out."""
    film, spec = supervisor().film(job_id), supervisor().job(job_id).record.spec
    probes = film.probes(epoch)
    shown = Plane.axes(0, 1, latent_dim=spec.latent_dim)
    coordinates = shown.project(probes.mean)
    flat = spec.latent_dim == 1
    reach = _reach(coordinates)
    side = [-reach, reach]
    figure = latent_figure(
        coordinates[:, :1] if flat else coordinates,
        labels=probes.label,
        label_names=entry(spec.dataset).description.labels,
        names=shown.names,
        limits=np.array([side, [-1.6, 1.6] if flat else side]),
        prior_centre=None if flat else (0.0, 0.0),
        revision=f"{job_id} {reach}",
    )
    return Frame(
        shown,
        assets.serve(figure.to_json().encode(), suffix=".json"),
        assets.serve_file(film.decoder_path(epoch)),
    )


@st.cache_data(max_entries=256, show_spinner=False)
def picture(
    job_id: str, epoch: int, z: tuple[float, ...], label: int | None
) -> NDArray[np.float32]:
    """What the decoder of an epoch makes of `z`, flattened: the browser's first picture."""
    spec = supervisor().job(job_id).record.spec
    inputs = {"z": np.array([z], np.float32)}
    if label is not None:
        inputs["y"] = one_hot([label], len(entry(spec.dataset).description.labels))
    (x,) = session(supervisor().film(job_id).decoder_path(epoch)).run(["x"], inputs)
    return np.asarray(x[0], np.float32)


def spoken(seconds: float) -> str:
    """A duration for people."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min"


def _progress(epochs: int, feed: Feed) -> tuple[float, str]:
    done = len(feed.history)
    if feed.stage != "training" or not done:
        return done / epochs, STAGES[feed.stage]
    recent = feed.history[1:][-20:] or feed.history
    left = (epochs - done) * sum(epoch.seconds for epoch in recent) / len(recent)
    return done / epochs, f"Epoch {done} of {epochs}, about {spoken(left)} left"


def _reach(coordinates: NDArray[np.float32]) -> float:
    """Half the side of the plane: a few fixed sizes, so that the axes seldom change."""
    needed = float(np.quantile(np.abs(coordinates), 0.995)) * 1.05
    return next((reach for reach in REACHES if reach >= needed), REACHES[-1])


@st.cache_data(show_spinner=False)
def feature_range(dataset: str) -> tuple[list[float], list[float]]:
    """Smallest and largest value of each feature of a table; nothing for images."""
    found = entry(dataset)
    if found.description.kind == "image":
        return [], []
    values = originals(dataset, np.arange(found.examples))
    return values.min(axis=0).tolist(), values.max(axis=0).tolist()
