"""Train: describe a model, press the button, and watch the plane organise itself."""

import secrets
from functools import partial

import streamlit as st

from app_pages.parts import live, settings
from vae_core import registry
from vae_core.animation import MEDIA_TYPES, Format, manifold_film, plane_film
from vae_core.datasets import entry
from vae_core.errors import JobRefused, NotFound
from vae_core.jobs import Feed, Job, State, supervisor
from vae_core.spec import TrainingSpec

POLL_SECONDS = 1.0
FORMATS: tuple[Format, ...] = ("gif", "apng", "webp")


def describe() -> None:
    """The form, what it will cost, and the button."""
    dataset = settings.choose_dataset()
    spec = settings.choose_spec(dataset)
    if spec is None:
        return
    if registry.status(spec):
        st.success("A model with exactly these settings is already here.")
        _open_link(spec.model_id)
        return
    download = settings.fetch_first(spec)
    estimate = settings.expected(spec)
    st.caption(
        f"About {estimate.words} on this machine"
        + (", judged by its earlier runs." if estimate.runs else ", a first guess.")
    )
    if st.button("Train", type="primary", icon=":material/play_arrow:", width="stretch"):
        _submit(spec, download)


def _submit(spec: TrainingSpec, download: bool) -> None:
    try:
        job = supervisor().submit(spec, visitor=_visitor(), download=download)
    except JobRefused as error:
        st.error(str(error))
        return
    st.query_params["job"] = job.job_id
    st.rerun()


def _visitor() -> str:
    """Who asks: the owner of the job in the address, so that a reload stays the same visitor."""
    if "visitor" not in st.session_state:
        known = _job(st.query_params.get("job", ""))
        st.session_state["visitor"] = known.record.visitor if known else secrets.token_hex(8)
    return str(st.session_state["visitor"])


def _job(job_id: str) -> Job | None:
    try:
        return supervisor().job(job_id)
    except NotFound:
        return None


def watch(job_id: str) -> None:
    """One look at a run; while it is active the page looks again every second."""
    job = _job(job_id)
    if job is None:
        st.info("This run is no longer kept. Its model, if it made one, is on the Explore page.")
        return
    feed = supervisor().feed(job_id)
    live.headline(job, feed)
    _controls(job, feed)
    if feed.history:
        st.caption(live.last_line(feed.history))
        epoch = _epoch(job, feed)
        if epoch:
            live.plane(job, epoch)
        epochs = job.record.spec.stop_after or job.record.spec.epochs
        live.curves(feed, epochs, key=job_id, chosen=None if job.state.active else epoch)
    if st.session_state.get("watched active") == job_id and not job.state.active:
        st.session_state["watched active"] = None
        st.rerun()  # once, so that the polling ends
    if job.state.active:
        st.session_state["watched active"] = job_id


def _controls(job: Job, feed: Feed) -> None:
    with st.container(horizontal=True):
        if job.state is State.RUNNING and feed.stage == "training":
            if st.button("Stop and keep the best", icon=":material/stop:"):
                _order(lambda: supervisor().stop(job.job_id))
            _change(job)
        if job.state.active and st.button("Cancel and discard", icon=":material/close:"):
            supervisor().cancel(job.job_id)
        if job.state is State.DONE and job.record.model_id:
            _open_link(job.record.model_id)
        if not job.state.active and feed.frame:
            _films(job)
        if (
            job.state in (State.LOST, State.FAILED)
            and feed.frame
            and st.button("Keep the best epoch", icon=":material/save:")
        ):
            _order(lambda: supervisor().recover(job.job_id))


def _films(job: Job) -> None:
    """The film as a moving picture; drawn only when somebody asks for it."""
    film, spec = supervisor().film(job.job_id), job.record.spec
    kinds = {"plane": lambda kind: plane_film(film, format=kind)}
    if entry(spec.dataset).description.kind == "image":
        kinds["pictures"] = lambda kind: manifold_film(film, format=kind)
    with st.popover("Save the film", icon=":material/movie:"):
        for name, draw in kinds.items():
            for kind in FORMATS:
                st.download_button(
                    f"The {name} as {kind.upper()}",
                    data=partial(draw, kind),
                    file_name=f"{spec.dataset}-{name}.{'png' if kind == 'apng' else kind}",
                    mime=MEDIA_TYPES[kind],
                    key=f"{name} {kind} {job.job_id}",
                    on_click="ignore",
                )


def _change(job: Job) -> None:
    """Beta and learning rate from the next epoch on."""
    spec = job.record.spec
    with st.popover("Change", icon=":material/tune:"), st.form(f"change {job.job_id}"):
        beta = st.number_input("Beta", 0.0, 100.0, spec.beta, step=0.1)
        rate = st.number_input(
            "Learning rate", 1e-5, 0.1, spec.learning_rate, step=1e-4, format="%.5f"
        )
        if st.form_submit_button("From the next epoch on"):
            _order(lambda: supervisor().change(job.job_id, beta=beta, learning_rate=rate))


def _order(give: object) -> None:
    try:
        give()  # type: ignore[operator]
    except JobRefused as error:
        st.warning(str(error))


def _epoch(job: Job, feed: Feed) -> int:
    """The epoch to show: the newest while it trains, afterwards the one on the scrubber."""
    if job.state.active:
        return feed.frame
    epochs = supervisor().film(job.job_id).epochs
    if len(epochs) < 2:
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


def _open_link(model_id: str) -> None:
    st.page_link(
        "app_pages/explore.py",
        label="Explore it",
        icon=":material/explore:",
        query_params={"model": model_id},
    )


supervisor().prepare()
form, stage = st.columns([1, 2.6], gap="large")
with form:
    describe()
with stage:
    watched = st.query_params.get("job", "")
    found = _job(watched) if watched else None
    if found is None:
        st.markdown("#### Train it in front of the class")
        st.caption(
            "Choose a dataset and how long to train, then press Train. The map of validation "
            "examples moves with every epoch, and you can drag through the half-trained model."
        )
    else:
        every = POLL_SECONDS if found.state.active else None
        st.fragment(watch, run_every=every)(watched)
