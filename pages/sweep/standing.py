"""Where a sweep stands: looked up once a second for all who watch, told in words, and ordered."""

import time
from collections import Counter
from collections.abc import Hashable

import streamlit as st

from pages.shared.cache import shared
from pages.shared.navigation import PAGES
from pages.shared.own_data import sees
from pages.shared.spec_fields import title
from pages.shared.templates import literal
from pages.shared.visitor import visitor
from vae_core.datasets.catalogue import description_of
from vae_core.errors import NotFound
from vae_core.sweeps import SweepPlan, SweepResults, TrialResult, TrialState, runner
from vae_core.sweeps.axis import Axis, value_text
from vae_core.text import duration, plural

LOOK_SECONDS = 1.0
UNSAID = ("kl_warmup_epochs", "seed")
"""Shared settings that follow from others, or are said elsewhere."""
BADGES = {
    "Running": ":green-badge[Running]",
    "Waiting": ":blue-badge[Waiting]",
    "Stopped": ":orange-badge[Stopped]",
    "Finished": ":gray-badge[Finished]",
}

_orders: Counter[str] = Counter()
"""How often each sweep was stopped or continued here: what was seen before is no longer true."""


def look(sweep_id: str) -> SweepResults | None:
    """All that is known of a sweep, at most a second old; None for one that this visitor can't
    see, or that is not there."""
    try:
        found = _results(sweep_id, (int(time.monotonic() / LOOK_SECONDS), _orders[sweep_id]))
    except NotFound:
        return None
    return found if sees(found.plan.dataset) else None


@shared(most=64)
def _results(sweep_id: str, _moment: Hashable) -> SweepResults:
    return runner().results(sweep_id)


def is_under_way(results: SweepResults) -> bool:
    """Whether more comes by itself."""
    return results.is_driven and not results.is_stopped and not results.is_finished


def plan_title(plan: SweepPlan) -> str:
    """What is swept, in one line of Markdown."""
    data = description_of(plan.dataset)
    words = [f"**{literal(data.title if data else plan.dataset)}**", *map(_axis_words, plan.axes)]
    words.append(plural(plan.seeds, "seed"))
    return " · ".join(words)


def settings_words(plan: SweepPlan) -> str:
    """What all trainings share beside the dataset's defaults: 'All with epochs 60.'"""
    parts = [
        f"{title(name).lower()} {value_text(value)}"
        for name, value in sorted(plan.settings.items())
        if name not in UNSAID
    ]
    return literal(f"All with {', '.join(parts)}.") if parts else ""


def _axis_words(axis: Axis) -> str:
    written = axis.words.replace("/", " / ")
    if not axis.is_range and "/" not in written:
        written = ", ".join(map(value_text, axis.values))
    return literal(f"{title(axis.field).lower()} {written}")


def state_words(results: SweepResults) -> str:
    """One word for where it stands."""
    if results.is_finished:
        return "Finished"
    if not is_under_way(results):
        return "Stopped"
    running = any(trial.state is TrialState.RUNNING for trial in results.trials)
    return "Running" if running else "Waiting"


def values_words(trial: TrialResult) -> str:
    """A trial by what it does otherwise than the others: 'beta 0.5, seed 1'."""
    parts = [f"{title(k).lower()} {value_text(v)}" for k, v in trial.values.items()]
    return ", ".join([*parts, f"seed {trial.seed}"])


def show_standing(results: SweepResults) -> None:
    """What the sweep is, how far it is, what runs now, and the button to stop or go on."""
    mine = " :blue-badge[Yours]" if results.plan.visitor == visitor() else ""
    st.markdown(f"{BADGES[state_words(results)]}{mine} {plan_title(results.plan)}")
    st.caption(settings_words(results.plan) or "All with the dataset's own settings otherwise.")
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="sweep progress"
    ):
        st.progress(results.ended / max(1, results.count), text=progress_words(results))
        if is_under_way(results):
            _running(results)
        _order(results)
    _troubles(results)


def progress_words(results: SweepResults) -> str:
    """'7 of 10 trainings done, about 2 min left'."""
    done, count = len(results.done), results.count
    words = f"{done} of {plural(count, 'training')} done"
    if results.is_finished:
        return words
    if not is_under_way(results):
        return f"{words}; it goes on whenever you like"
    running = sum(trial.state is TrialState.RUNNING for trial in results.trials)
    words += f", {running} running" if running > 1 else ""
    left = results.seconds_left
    return words if not left else f"{words}, about {duration(left, rough=True)} left"


def _order(results: SweepResults) -> None:
    """Stop and keep, or go on. The next look is fresh, since the whole page runs again."""
    sweep_id, key = results.sweep_id, "sweep order"
    if is_under_way(results):
        if st.button("Stop and keep", icon=":material/stop:", key=f"{key} stop"):
            runner().stop(sweep_id)
            _fresh(sweep_id)
    elif not results.is_finished or len(results.done) < results.count:
        label = "Try again what failed" if results.is_finished else "Continue"
        if st.button(label, icon=":material/resume:", key=f"{key} continue"):
            runner().resume(sweep_id)
            _fresh(sweep_id)


def _fresh(sweep_id: str) -> None:
    """Have everybody's next look see what was just ordered."""
    _orders[sweep_id] += 1
    st.rerun()


def _running(results: SweepResults) -> None:
    """The way to watch the training that runs now."""
    running = [t for t in results.trials if t.state is TrialState.RUNNING and t.job_id]
    if running:
        st.page_link(
            PAGES["train"].script,
            label=f"Watch {values_words(running[0])}",
            icon=":material/visibility:",
            query_params={"job": running[0].job_id},
            width="content",
        )


def _troubles(results: SweepResults) -> None:
    """What left no model, and why."""
    pruned = sum(trial.state is TrialState.PRUNED for trial in results.trials)
    if pruned:
        st.caption(f"{plural(pruned, 'training')} ended early, far behind the others.")
    lost = (TrialState.FAILED, TrialState.CANCELLED, TrialState.LOST)
    troubles = [trial for trial in results.trials if trial.state in lost]
    if troubles:
        first = troubles[0]
        st.warning(
            f"{plural(len(troubles), 'training')} left no model. The first, "
            f"{literal(values_words(first))}: {literal(first.message or first.state.value)}",
            icon=":material/error:",
        )
