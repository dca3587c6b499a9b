"""A run in sentences: what it is, where it began, and what was changed when."""

from typing import Any

import streamlit as st

from pages.shared.templates import literal
from vae_core.datasets.description import Description
from vae_core.errors import LatentError
from vae_core.jobs import State
from vae_core.jobs.lineage import find_start
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import plural

NOT_COMPARED = {"dataset", "epochs", "kl_warmup_epochs", "start_from", "changes", "stop_after"}
"""Fields that say nothing of what a run does otherwise than the one that it goes on from."""


def title(spec: TrainingSpec, data: Description | None) -> str:
    """What is trained, in one line; `data` is what it learns from, None where nobody knows."""
    words = [
        f"**{literal(data.title if data else spec.dataset)}**",
        spec.architecture,
        plural(spec.latent_dim, "dimension"),
        "conditional" if spec.conditional else "",
        f"beta {spec.beta:g}",
        plural(spec.last_epoch, "epoch"),
        f"seed {spec.seed}" if spec.seed else "",
    ]
    return " · ".join(word for word in words if word)


def summary(spec: TrainingSpec) -> str:
    """Where the run began, what was changed from which epoch on, and whether it was stopped."""
    sentences = [_origin(spec)]
    sentences += [
        f"{_settings(change.model_dump(exclude_none=True, exclude={'epoch'}))} "
        f"from epoch {change.epoch} on."
        for change in spec.changes
    ]
    if spec.stop_after:
        sentences.append(f"Stopped after epoch {spec.stop_after}.")
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def in_force(spec: TrainingSpec, epoch: int) -> dict[str, float]:
    """Beta and learning rate as they were asked for in `epoch`, after what was changed."""
    values = {"beta": spec.beta, "learning_rate": spec.learning_rate}
    for change in spec.changes:
        if change.epoch <= epoch:
            values |= change.model_dump(exclude_none=True, exclude={"epoch"})
    return values


def _origin(spec: TrainingSpec) -> str:
    if spec.start_from is None:
        return "Started from random weights."
    name, _, epoch = spec.start_from.partition("@")
    origin = f"fork of {name} after epoch {epoch}" if epoch else f"continues {name}"
    earlier = _earlier(spec.start_from)
    if earlier is None:
        return f"{origin}."
    before = earlier.model_dump() | in_force(earlier, int(epoch or earlier.epochs))
    new = {
        name: value
        for name, value in spec.model_dump(exclude=NOT_COMPARED).items()
        if value != before[name]
    }
    return (
        f"{origin} with {_settings(new, before)}." if new else f"{origin} with the same settings."
    )


@st.cache_data(ttl=3600, max_entries=256, show_spinner=False)
def _earlier(start_from: str) -> TrainingSpec | None:
    """The specification of the run that another one goes on from, None when it is gone."""
    try:
        return find_start(start_from)[1]
    except LatentError:
        return None


def _settings(values: dict[str, Any], before: dict[str, Any] | None = None) -> str:
    """'beta 2 instead of 1 and learning rate 0.0005 instead of 0.001'."""
    return " and ".join(
        f"{str(TrainingSpec.model_fields[name].title).lower()} {_written(value)}"
        + (f" instead of {_written(before[name])}" if before else "")
        for name, value in values.items()
    )


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


COLOURS = {
    State.QUEUED: "blue",
    State.RUNNING: "green",
    State.DONE: "gray",
    State.FAILED: "red",
    State.CANCELLED: "gray",
    State.LOST: "orange",
}


def state_badge(state: State) -> str:
    """The state as a coloured word."""
    return f":{COLOURS[state]}-badge[{state.value.capitalize()}]"
