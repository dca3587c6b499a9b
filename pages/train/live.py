"""A training run as it goes: progress, curves, and the plane decoded by its newest weights."""

import math

import streamlit as st

from latent_plane.broadcast import Status, Subscription
from latent_plane.live_figures import live_figures
from pages.shared import run_summary
from pages.shared.cache import shared
from pages.shared.collapse import notice
from pages.shared.run_summary import state_badge
from pages.shared.templates import literal
from vae_core.artifacts.manifest import Epoch
from vae_core.figures import Figure, kl_panel, loss_panels
from vae_core.jobs import Feed, Job, Reason, Record, State, supervisor
from vae_core.text import duration, number

STAGES = {
    "starting": "Starting the worker …",
    "loading": "Loading the data …",
    "training": "Training …",
    "exporting": "Exporting and measuring on held-out examples …",
    "done": "Done",
}

PANELS = 4
"""ELBO, reconstruction, KL, and the KL of each dimension."""


def phase(job: Job, feed: Feed) -> str:
    """What decides on the words and buttons around the plane; while it stays, so do they."""
    changed = feed.spec.digest if feed.spec else ""
    return " ".join((job.state, feed.stage, changed, "seen" if feed.frame else ""))


def status(job: Job, feed: Feed) -> Status:
    """How far an active run is, in a line."""
    share, words = _waiting(job) if job.state is State.QUEUED else _progress(job.record, feed)
    return Status(feed.version, phase(job, feed), share, words)


def headline(job: Job, feed: Feed) -> None:
    """What the run is and where it stands, and under it what was done to it.

    Of a run that has ended also whether its codes have collapsed; at first all codes have.
    """
    spec = feed.spec or job.record.spec
    st.markdown(f"{state_badge(job.state)} {run_summary.title(spec, job.record.data)}")
    st.caption(run_summary.summary(spec))
    left = spec.latent_dim - len(feed.collapsed)
    if not job.state.active and (words := notice(left, spec.latent_dim)):
        st.caption(words)


def scrubber(job: Job) -> int:
    """How a run has ended, if not well, and its film's scrubber; the epoch to show, 0 for none."""
    record = job.record
    if job.state is State.LOST:
        words = "The training process stopped before the end."
        words = literal(record.verdict.message) if record.verdict else words
        st.warning(words, icon=":material/link_off:")
    elif job.state is State.FAILED:
        _failure(record)
    epochs = supervisor().film(job.job_id).epochs
    if len(epochs) < 2:
        st.caption("The film has only one epoch." if epochs else "There is no film of this run.")
        return epochs[-1] if epochs else 0
    return int(
        st.select_slider(
            "Film: the epoch to explore",
            epochs,
            value=epochs[-1],
            key=f"film {job.job_id}",
            help="The slider moves through training, the pointer through the latent space.",
        )
    )


def _failure(record: Record) -> None:
    """Why a run has failed; where it could not fetch its data, what can be done about that."""
    message = record.verdict.message if record.verdict else "It failed for an unknown reason."
    if record.download and record.verdict and record.verdict.reason is Reason.DATA:
        title = record.data.title if record.data else record.spec.dataset
        st.error(
            f"{literal(title)} could not be downloaded. Check that this machine is connected to "
            "the internet, then train again, or choose a dataset that is here, such as Digits.",
            icon=":material/cloud_off:",
        )
        with st.expander("What was tried, and how to bring the files by hand"):
            st.code(message, language=None, wrap_lines=True)
    else:
        st.error(literal(message), icon=":material/error:")


def curves(job: Job, feed: Feed, epoch: int, *, follows: Subscription | None) -> None:
    """Losses over epochs, the KL of each latent dimension, and the numbers of the newest epoch."""
    if feed.history or follows:
        figures, note = curves_now(job, feed, epoch)
        key = f"curves {job.job_id}"
        shares = [1] * PANELS
        live_figures(figures, shares=shares, key=key, height=None, note=note, follows=follows)


def curves_now(job: Job, feed: Feed, epoch: int) -> tuple[list[Figure], list[str]]:
    """The figures and the words under them, each second piece in bold; none before an epoch."""
    if not feed.history:
        return [], []
    chosen = None if job.state.active else epoch
    losses = _losses(job.job_id, len(feed.history), chosen)
    bars = _bars(job.job_id, chosen or len(feed.kl), feed.collapsed)
    note = last_line(feed.history)
    unused = ", ".join(f"z{number + 1}" for number in feed.collapsed)
    if unused:
        note[-1] += f"\nUnused dimensions: {unused}"
    return [*losses, bars], note


@shared(most=64)
def _losses(job_id: str, count: int, chosen: int | None) -> list[Figure]:
    """The curves of the first `count` epochs."""
    feed = supervisor().feed(job_id)
    spec = feed.spec or supervisor().job(job_id).record.spec
    return loss_panels(feed.history[:count], epochs=spec.last_epoch, chosen=chosen)


@shared(most=64)
def _bars(job_id: str, epoch: int, collapsed: tuple[int, ...]) -> Figure:
    """The KL of each latent dimension after `epoch`."""
    kl = supervisor().feed(job_id).kl
    return kl_panel(kl[epoch - 1] if kl else (), collapsed=collapsed)


def last_line(history: list[Epoch]) -> list[str]:
    """The newest epoch in words, the ELBO between what comes before and after it."""
    newest, measured = history[-1], history[-1].validation
    return [
        f"Epoch {newest.epoch}: validation ELBO ",
        number(measured.elbo, ".2f"),
        f" nats per example (reconstruction {number(measured.reconstruction, '.2f')}, "
        f"KL {number(measured.kl, '.2f')}), one draw of z per example; "
        f"{newest.images_per_second:,.0f} examples/s",
    ]


def _waiting(job: Job) -> tuple[float, str]:
    tens = math.ceil((job.wait or 0) / 10)  # seconds would be a new status each second
    wait = "" if job.wait is None else f", about {duration(10 * max(1, tens))} to wait"
    return 0.0, f"Place {job.position} in the queue{wait}"


def _progress(record: Record, feed: Feed) -> tuple[float, str]:
    done, epochs = len(feed.history), (feed.spec or record.spec).last_epoch
    if feed.stage == "loading" and record.download:
        return 0.0, "Downloading the data …"
    if feed.stage != "training" or not done:
        return done / epochs, STAGES[feed.stage]
    left = feed.seconds_left(record.spec)
    wait = "" if left is None else f", about {duration(left)} left"
    return done / epochs, f"Epoch {done} of {epochs}{wait}"
