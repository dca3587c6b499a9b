"""A training run as it goes: progress, curves, and the plane decoded by its newest weights."""

import streamlit as st

from app_pages.parts.shared import shared
from app_pages.parts.train import story
from latent_plane.live import live_figures
from vae_core.artifact import Epoch
from vae_core.figures import Figure, kl_figure, loss_figure
from vae_core.jobs import Feed, Job, State, supervisor
from vae_core.spec import TrainingSpec

COLOURS = {
    State.QUEUED: "blue",
    State.RUNNING: "green",
    State.DONE: "gray",
    State.FAILED: "red",
    State.CANCELLED: "gray",
    State.LOST: "orange",
}
STAGES = {
    "starting": "Starting the worker …",
    "loading": "Loading the data …",
    "training": "Training …",
    "exporting": "Exporting and measuring on held-out examples …",
    "done": "Done",
}


def phase(job: Job, feed: Feed) -> tuple[object, ...]:
    """What decides on the words and buttons around the plane; while it stays, so do they."""
    return job.state, feed.stage, feed.spec


def headline(job: Job, feed: Feed) -> None:
    """What the run is and where it stands, and under it what was done to it."""
    spec = feed.spec or job.record.spec
    st.markdown(f"{state_badge(job.state)} {story.title(spec)}")
    st.caption(story.story(spec))


def time_line(job: Job, feed: Feed) -> int:
    """How far the run is, or afterwards the film's scrubber; the epoch to show, 0 for none."""
    record = job.record
    if job.state is State.QUEUED:
        wait = "" if job.wait is None else f", about {spoken(job.wait)} to wait"
        st.info(f"In the queue at place {job.position}{wait}.", icon=":material/schedule:")
    elif job.state is State.RUNNING:
        st.progress(*_progress(record.spec, feed))
    if job.state.active:
        return feed.frame
    if job.state is State.LOST:
        st.warning("The worker went away before the end.", icon=":material/link_off:")
    elif job.state is State.FAILED:
        reason = record.verdict.message if record.verdict else "It failed for no known reason."
        st.error(reason, icon=":material/error:")
    return _scrubber(job)


def _scrubber(job: Job) -> int:
    epochs = supervisor().film(job.job_id).epochs
    if len(epochs) < 2:
        st.caption("The film holds its first epoch only." if epochs else "There is no film of it.")
        return epochs[-1] if epochs else 0
    return int(
        st.select_slider(
            "Film: the epoch to walk in",
            epochs,
            value=epochs[-1],
            key=f"film {job.job_id}",
            help="The scrubber moves through time, the pointer through space.",
        )
    )


def state_badge(state: State) -> str:
    """The state as a coloured word."""
    return f":{COLOURS[state]}-badge[{state.value.capitalize()}]"


def curves(job: Job, feed: Feed, epoch: int) -> None:
    """Losses over epochs, the KL of each latent dimension, and the numbers of the newest epoch."""
    if not feed.history:
        return
    chosen = None if job.state.active else epoch
    losses = _losses(job.job_id, len(feed.history), chosen)
    bars = _bars(job.job_id, chosen or len(feed.kl), feed.dead)
    live_figures([losses, bars], shares=[3, 1], key=f"curves {job.job_id}")
    unused = ", ".join(f"z{number + 1}" for number in feed.dead)
    st.caption(last_line(feed.history) + (f"  \nUnused by the decoder: {unused}" if unused else ""))


@shared(most=64)
def _losses(job_id: str, count: int, chosen: int | None) -> Figure:
    """The curves of the first `count` epochs."""
    spec = supervisor().job(job_id).record.spec
    history = supervisor().feed(job_id).history[:count]
    return loss_figure(history, epochs=spec.stop_after or spec.epochs, chosen=chosen)


@shared(most=64)
def _bars(job_id: str, epoch: int, dead: tuple[int, ...]) -> Figure:
    """The KL of each latent dimension after `epoch`."""
    kl = supervisor().feed(job_id).kl
    return kl_figure(kl[epoch - 1] if kl else (), dead=dead)


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


def spoken(seconds: float) -> str:
    """A duration for people, rounded: 40 s, 3 min, 5 h, 4 days."""
    for unit, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{max(seconds, 1):.0f} s"


def _progress(spec: TrainingSpec, feed: Feed) -> tuple[float, str]:
    done, epochs = len(feed.history), spec.stop_after or spec.epochs
    if feed.stage != "training" or not done:
        return done / epochs, STAGES[feed.stage]
    recent = feed.history[1:][-20:] or feed.history
    left = (epochs - done) * sum(epoch.seconds for epoch in recent) / len(recent)
    return done / epochs, f"Epoch {done} of {epochs}, about {spoken(left)} left"
