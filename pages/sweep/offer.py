"""The one primary button of the form, and in words what the sweep costs."""

import time
from dataclasses import dataclass

import streamlit as st

from pages.shared.cache import shared
from pages.shared.presets import expected
from pages.shared.primary_button import primary_button
from pages.shared.templates import literal
from pages.sweep.filling import remember
from pages.sweep.settings import FORM, Wish, first_spec
from vae_core.datasets import entry
from vae_core.errors import NotFound
from vae_core.jobs import supervisor
from vae_core.sweeps import SweepDirectory, SweepPlan, runner
from vae_core.sweeps.results import is_stored
from vae_core.sweeps.store import Setting, Sweep
from vae_core.sweeps.trial import trials_of
from vae_core.text import duration, plural, size

LISTING_SECONDS = 5
MOST_ESTIMATED = 200


@dataclass(frozen=True)
class Cost:
    """Trainings in all, how many of them have a model already, and seconds for the others."""

    trainings: int
    here: int
    seconds: float


def offer(wish: Wish, shown: SweepPlan | None) -> None:
    """The button for what the form says: start the sweep, or open it where it has been started.

    `shown` is the plan of the sweep beside the form, whoever has begun it.
    """
    plan = wish.plan
    if plan is None:
        primary_button(FORM, "Start the sweep", disabled=True)
        st.error(literal(wish.contradiction))
        return
    if shown is not None and plan == shown.model_copy(update={"visitor": plan.visitor}):
        primary_button(FORM, "This sweep is shown", icon=":material/visibility:", disabled=True)
        st.caption("Change a value to start another one.")
        return
    if _is_begun(plan):
        _open(plan)
        return
    label = "Download and start" if plan.download else "Start the sweep"
    if primary_button(FORM, label):
        st.query_params["sweep"] = sweep_id = runner().start(plan)
        remember(sweep_id)
        st.rerun()
    st.caption(cost_words(plan))
    remote = entry(plan.dataset).remote
    if plan.download and remote is not None:
        whole = sum(file.bytes for file in remote.training)
        st.caption(f"Its training set is downloaded first: {size(whole)}.")


def cost_words(plan: SweepPlan) -> str:
    """How many trainings, how long they take here, and how many are there already."""
    cost = cost_of(plan)
    if cost.here == cost.trainings:
        return f"{plural(cost.trainings, 'training')}, all of them here: results come at once."
    time_needed = duration(cost.seconds, rough=True)
    here = f" {cost.here} of them are here already." if cost.here > 1 else ""
    here = " One of them is here already." if cost.here == 1 else here
    trainings = plural(cost.trainings, "training")
    return f"**{trainings}**, about **{time_needed}** on this machine.{here}"


def cost_of(plan: SweepPlan) -> Cost:
    """What a sweep costs; looked at anew every few seconds."""
    return _cost(plan.model_dump_json(), int(time.monotonic() / LISTING_SECONDS))


@shared(most=64)
def _cost(plan_json: str, _moment: int) -> Cost:
    plan = SweepPlan.model_validate_json(plan_json)
    slots = max(1, supervisor().slots)
    if plan.search != "grid" or plan.count > MOST_ESTIMATED:
        each = expected(first_spec(plan)).seconds
        return Cost(plan.count, 0, plan.count * each / slots)
    settings = tuple(Setting(number=n, values=v) for n, v in enumerate(plan.grid()))
    specs = [trial.spec for trial in trials_of(Sweep(plan=plan, settings=settings))]
    missing = [spec for spec in specs if not is_stored(spec)]
    seconds = sum(expected(spec).seconds for spec in missing)
    return Cost(len(specs), len(specs) - len(missing), seconds / slots)


def _is_begun(plan: SweepPlan) -> bool:
    try:
        SweepDirectory.open(plan.sweep_id)
    except NotFound:
        return False
    return True


def _open(plan: SweepPlan) -> None:
    if primary_button(FORM, "Open this sweep", icon=":material/visibility:"):
        st.query_params["sweep"] = plan.sweep_id
        st.rerun()
    st.caption("You have started a sweep of exactly these settings.")
