"""The plane of a training run: its probes at one epoch, decoded by that epoch's weights."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from latent_plane import assets, latent_plane, plane_event
from latent_plane.broadcast import Subscription
from pages.shared.axes import choose_axes
from pages.shared.cache import shared
from pages.shared.decoder_output import output_of
from pages.train.network import draw_network
from vae_core.arrays import Float32Array
from vae_core.artifacts.codec import one_hot, session
from vae_core.datasets import entry, has_test, originals
from vae_core.datasets.heads import layout_of
from vae_core.errors import ArtifactCorrupt, NotFound
from vae_core.figures import latent_figure
from vae_core.jobs import Job, supervisor
from vae_core.jobs.film import Probes
from vae_core.latent.plane import Plane

REACHES = (3.5, 5.0, 7.0, 10.0, 15.0, 25.0, 50.0)
SLIDER_REACH = 4.0
PLANE_HEIGHT = 560
"""In pixels, at most; page.css makes it less where the window is low."""

GONE = (NotFound, ArtifactCorrupt, FileNotFoundError)
"""What reading a frame raises while the running job thins its film out."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One epoch of a film: where the probes are on the plane, (n, 2) or on a line (n, 1), and what
    the browser fetches."""

    epoch: int
    plane: Plane
    points: Float32Array
    figure_url: str
    decoder_url: str = ""


def choose_run_axes(latent_dim: int) -> tuple[int, int]:
    """The two dimensions that the plane of a run shows."""
    with st.container(horizontal=True):
        return choose_axes(latent_dim, principal=False, key=" live") or (0, 1)


def run_plane(
    job: Job, epoch: int, axes: tuple[int, int], *, first: bool, follows: Subscription | None
) -> None:
    """The probes where `epoch` put them; the pointer decodes with that epoch's weights.

    At the `first` look at a run, and at its end, the server's own picture is there at once; while
    epochs come and go a browser that decodes has no use for one.
    """
    spec, description = job.record.spec, job.record.data
    if not epoch:
        if job.state.active:
            st.caption("The map of validation examples appears here with the first epoch.")
        if description is not None:
            draw_network(spec, description)
        return
    if description is None:
        st.caption("The plane can't be drawn: nothing here says what this run learned from.")
        return
    key = f"plane-{job.job_id}"
    classes = description.labels if spec.conditional else ()
    event = plane_event(key, z=np.zeros(spec.latent_dim), label=0 if classes else None)
    given = event.label if event.label in range(len(classes)) else (0 if classes else None)
    drawn = first or not job.state.active or not event.decodes_in_browser
    shown = frame_kept(job.job_id, epoch, axes)
    if shown is None:
        return
    latent_plane(
        key=key,
        figure_url=shown.figure_url,
        points=shown.points,
        decoder_url=shown.decoder_url,
        plane=shown.plane,
        output=output_of(description, *_feature_range(job, shown.epoch)),
        z=event.z,
        label=given,
        decoded=_picture(shown, job, event.z, given) if drawn else None,
        limits=np.tile([-SLIDER_REACH, SLIDER_REACH], (spec.latent_dim, 1)),
        classes=classes,
        follows=follows,
        height=PLANE_HEIGHT,
    )


def frame_kept(job_id: str, epoch: int, axes: tuple[int, int]) -> Frame | None:
    """The frame of `epoch`, or the newest that a film which is thinned out still has.

    None without any.
    """
    for number in chain((epoch,), _backwards(job_id)):
        try:
            shown = _frame(job_id, number, axes)
            path = supervisor().film(job_id).decoder_path(number)
            return replace(shown, decoder_url=assets.serve_file(path))
        except GONE:
            continue
    return None


def _backwards(job_id: str) -> Iterator[int]:
    yield from reversed(supervisor().film(job_id).epochs)


@shared(most=256)
def _frame(job_id: str, epoch: int, axes: tuple[int, int]) -> Frame:
    """One epoch of a film but for its decoder. Raises `NotFound` when that was thinned out."""
    film, spec = supervisor().film(job_id), supervisor().job(job_id).record.spec
    shown = Plane.axes(*axes, latent_dim=spec.latent_dim)
    points = _points(shown, film.probes(epoch))
    return Frame(
        epoch,
        shown,
        points,
        _map(job_id, axes, _reach(points)),
    )


def _points(shown: Plane, probes: Probes) -> Float32Array:
    """Where the probes are: (n, 2), or (n, 1) on a line."""
    points = shown.project(probes.mean)
    return points[:, :1] if shown.latent_dim == 1 else points


@shared(most=64)
def _map(job_id: str, axes: tuple[int, int], reach: float) -> str:
    """Where the browser finds the figure whose points every epoch only moves."""
    film, record = supervisor().film(job_id), supervisor().job(job_id).record
    spec, data = record.spec, record.data
    probes, shown = film.probes(film.epochs[-1]), Plane.axes(*axes, latent_dim=spec.latent_dim)
    flat, side = spec.latent_dim == 1, [-reach, reach]
    figure = latent_figure(
        _points(shown, probes),
        labels=probes.label,
        label_names=data.labels if data else (),
        names=shown.names,
        limits=np.array([side, [-1.6, 1.6] if flat else side]),
        prior_centre=None if flat else (0.0, 0.0),
        revision=f"{job_id} {shown.names} {reach}",
    )
    return assets.serve(figure.to_json().encode(), suffix=".json")


def _picture(shown: Frame, job: Job, z: Float32Array, label: int | None) -> Float32Array | None:
    """What the frame's decoder makes of `z`, flattened; None when it has just been thinned out."""
    inputs = {"z": z[None]}
    if label is not None and job.record.data is not None:
        inputs["y"] = one_hot([label], len(job.record.data.labels))
    try:
        (x,) = _decoder(job.job_id, shown.epoch).run(["x"], inputs)
    except GONE:
        return None
    return np.asarray(x[0], np.float32)


@shared(most=8)
def _decoder(job_id: str, epoch: int) -> Any:
    """ONNX Runtime with the decoder of an epoch."""
    return session(supervisor().film(job_id).decoder_path(epoch))


def _reach(coordinates: Float32Array) -> float:
    """Half the side of the plane: a few fixed sizes, so that the axes seldom change."""
    needed = float(np.quantile(np.abs(coordinates), 0.995)) * 1.05
    return next((reach for reach in REACHES if reach >= needed), REACHES[-1])


def _feature_range(job: Job, epoch: int) -> tuple[list[float], list[float]]:
    """Smallest and largest value of each feature of a table; nothing for images.

    Where the data are not here, of what the epoch's decoder makes of the probes.
    """
    dataset, data = job.record.spec.dataset, job.record.data
    if data is None or data.kind == "image":
        return [], []
    if has_test(dataset):
        return _range_of(originals(dataset, np.arange(entry(dataset).examples)))
    probes = supervisor().film(job.job_id).probes(epoch)
    inputs = {"z": probes.mean}
    if job.record.spec.conditional:
        inputs["y"] = one_hot(probes.label, len(data.labels))
    said = _decoder(job.job_id, epoch).run(["x"], inputs)[0]
    return _range_of(said[:, layout_of(data.features).starts])


def _range_of(values: NDArray[Any]) -> tuple[list[float], list[float]]:
    return np.fmin.reduce(values, axis=0).tolist(), np.fmax.reduce(values, axis=0).tolist()
