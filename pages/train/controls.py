"""What can be done to a run: stop, cancel, change, keep, go on from it, and save its film."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.shared.navigation import PAGES
from pages.shared.run_summary import in_force
from pages.shared.templates import literal
from pages.train.submission import model_is_here, submit
from vae_core.artifacts import registry
from vae_core.datasets.catalogue import find
from vae_core.errors import JobRefused
from vae_core.figures.animation import MEDIA_TYPES, Format, manifold_film, plane_film
from vae_core.jobs import Feed, Job, State, supervisor
from vae_core.spec.training_spec import TrainingSpec, bounds

FORMATS: tuple[Format, ...] = ("gif", "apng", "webp")


def controls(job: Job, feed: Feed, epoch: int) -> None:
    """The buttons that the state of the job allows; `epoch` is the one that the plane shows."""
    key = "run controls" if job.state.active else "run afterwards"
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        if job.state.active:
            _while_active(job, feed)
        else:
            _afterwards(job, feed, epoch)


def _while_active(job: Job, feed: Feed) -> None:
    if job.state is State.RUNNING and feed.stage == "training":
        if st.button("Stop and keep the best", icon=":material/stop:"):
            _order(lambda: supervisor().stop(job.job_id))
        _change(job, feed)
    if st.button("Cancel and discard", icon=":material/close:"):
        supervisor().cancel(job.job_id)


def _afterwards(job: Job, feed: Feed, epoch: int) -> None:
    if (model_id := job.record.model_id) and st.button(
        "Explore it", type="primary", icon=PAGES["explore"].icon
    ):
        st.switch_page(PAGES["explore"].script, query_params={"model": model_id})
    if find(job.record.spec.dataset):
        _train_on(job, feed, epoch)
    if epoch:
        _films(job)


def _train_on(job: Job, feed: Feed, epoch: int) -> None:
    """What needs the data once more: the best epoch as a model, more epochs, a fork."""
    spec, model_id = feed.spec or job.record.spec, job.record.model_id
    if (
        not model_id
        and job.state in (State.LOST, State.FAILED)
        and feed.frame
        and st.button("Keep the best epoch", icon=":material/save:")
    ):
        _order(lambda: supervisor().recover(job.job_id))
        if supervisor().job(job.job_id).state.active:
            st.rerun()
    if model_id:
        with st.popover("Continue", icon=":material/fast_forward:"):
            st.caption("Train the model for more epochs, as a new run.")
            _go_on(spec, model_id, len(feed.history), key=f"continue {job.job_id}")
    if epoch:
        with st.popover(f"Fork at {epoch}", icon=":material/fork_right:"):
            st.caption(f"Start a new run from epoch {epoch} of this one with other settings.")
            _go_on(spec, spec.state_after(epoch), epoch, key=f"fork {job.job_id}")


def _go_on(spec: TrainingSpec, start_from: str, epoch: int, *, key: str) -> None:
    """Settings of a new run that begins with the weights of `start_from`, and its button."""
    before = in_force(spec, epoch)
    with st.form(key, border=False):
        epochs = st.number_input("More epochs", 1, int(bounds("epochs")[1]), spec.epochs)
        settings = _beta_and_rate(before)
        if not st.form_submit_button("Train", type="primary"):
            return
    new = spec.continued(start_from, epochs=epochs, kl_warmup_epochs=0, **settings)
    if registry.status(new):
        model_is_here(new)
    else:
        submit(new)


def _change(job: Job, feed: Feed) -> None:
    """Beta and learning rate from the next epoch on."""
    spec = feed.spec or job.record.spec
    with (
        st.popover("Change", icon=":material/tune:"),
        st.form(f"change {job.job_id}", border=False),
    ):
        settings = _beta_and_rate(in_force(spec, spec.epochs))
        if st.form_submit_button("Apply from the next epoch"):
            _order(lambda: supervisor().change(job.job_id, **settings))


def _beta_and_rate(before: dict[str, float]) -> dict[str, float]:
    fields = TrainingSpec.model_fields
    shown = {"beta": (0.1, "%g"), "learning_rate": (1e-4, "%g")}
    return {
        name: st.number_input(
            str(fields[name].title),
            *bounds(name),
            before[name],
            step=step,
            format=written,
            help=f"{fields[name].description}.",
        )
        for name, (step, written) in shown.items()
    }


def _films(job: Job) -> None:
    """The film as a moving picture; drawn only when somebody asks for it."""
    film, spec = supervisor().film(job.job_id), job.record.spec
    kinds = {"plane": lambda kind: plane_film(film, format=kind)}
    if job.record.data is not None and job.record.data.kind == "image":
        kinds["pictures"] = lambda kind: manifold_film(film, format=kind)
    with st.popover("Save film", icon=":material/movie:"):
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


def _order(give: Callable[[], object]) -> None:
    try:
        give()
    except JobRefused as error:
        st.warning(literal(error))
