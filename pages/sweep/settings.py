"""The form in which a sweep is described: what varies, how it is searched, what stays the same."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.cache import shared
from pages.shared.presets import choose_preset, expected, preset_epochs, set_by_hand
from pages.shared.spec_fields import IMAGE_LIKELIHOODS, LIKELIHOODS, SpecFields, title, words
from pages.shared.visitor import visitor
from vae_core.datasets import default_spec, entry, is_available
from vae_core.datasets.catalogue import ARCHITECTURES
from vae_core.errors import SpecInvalid
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps import SweepPlan
from vae_core.sweeps.reading import axis_of, plan_of, single

FORM = "sweep"
SHORT_SECONDS = 60.0
"""Where the dataset's own number of epochs takes no longer, it is chosen at first."""
PICTURE_DIMENSIONS = 8
"""So that there is something for beta to switch off."""
VALUES = {
    "beta": "0.25, 0.5, 1, 2, 4",
    "latent_dim": "2, 4, 8",
    "learning_rate": "0.0005, 0.001, 0.002",
    "hidden": "128,64 / 256,128",
    "batch_size": "64, 128, 256",
    "epochs": "10, 20, 40",
    "kl_warmup_epochs": "0, 2, 5",
    "architecture": "dense, conv",
    "activation": "relu, silu, gelu",
    "schedule": "cosine, constant",
    "skip_z": "no, yes",
    "residual": "no, yes",
    "fourier": "0, 2, 4",
    "drawn_input": "no, yes",
    "hide_cells": "0, 0.2, 0.4",
}
"""What can be swept here, and the values that its box begins with."""
PICTURES_ONLY = {"architecture", "drawn_input"}
SEARCHES = {"grid": "Every combination", "random": "Random", "tpe": "TPE"}
METRICS = {"elbo": "ELBO at beta 1", "importance_bound": "Importance-weighted bound"}
MOST_SEEDS = 10
MOST_TRIALS = 1000


@dataclass(frozen=True, eq=False)
class Wish:
    """What the form says: a sweep, or None and the `contradiction` in it.

    `action` is the place for the button, between the simple settings and the others.
    """

    dataset: str
    plan: SweepPlan | None
    contradiction: str
    action: DeltaGenerator


def fields_of(dataset: str) -> SpecFields:
    """The form's fields for a dataset."""
    defaults = default_spec(dataset)
    if entry(dataset).description.kind == "image":
        defaults = defaults.model_copy(update={"latent_dim": PICTURE_DIMENSIONS})
    return SpecFields(FORM, defaults)


def choose_plan(dataset: str) -> Wish:
    """The described sweep."""
    fields = fields_of(dataset)
    varied = _varied(fields)
    options: dict[str, Any] = {"seeds": _seeds(fields)}
    short = expected(fields.defaults).seconds <= SHORT_SECONDS
    first = "Best" if short else "1 min"
    choose_preset(FORM, dataset, first=first, label="Time for each training")
    place = st.container()
    action = st.container(key="action")
    with st.expander("Search"):
        options |= _search(fields, options["seeds"])
    with st.expander("The same in all trainings"):
        values = _common(fields, varied)
    given = {**values, **varied}
    if "epochs" not in varied:
        with place:
            given |= _lengths(fields, given)
    try:
        return Wish(dataset, _plan(dataset, given, options), "", action)
    except SpecInvalid as error:
        return Wish(dataset, None, str(error), action)


def _varied(fields: SpecFields) -> dict[str, Any]:
    """The text that stands for the values of each setting that varies."""
    defaults = fields.defaults
    pictures, mixed = defaults.architecture != "table", defaults.likelihood == "mixed"
    names = [
        name
        for name in VALUES
        if (pictures or name not in PICTURES_ONLY)
        and (mixed or name != "hide_cells")
        and not (mixed and name == "drawn_input")
    ]
    st.session_state.setdefault(fields.key("varied"), ["beta"])
    chosen = st.multiselect(
        "Settings to vary",
        names,
        format_func=title,
        key=fields.key("varied"),
        help="Each gets a box for its values. All combinations are trained, or some of them.",
    )
    first = VALUES | ({} if pictures else {"hidden": "16 / 32,16"})
    for name in chosen:
        st.session_state.setdefault(fields.key(f"values of {name}"), first[name])
    return {
        name: st.text_input(
            f"Values of {title(name).lower()}",
            key=fields.key(f"values of {name}"),
            help=f"{words(name)} {_how_written(name)}",
        )
        for name in chosen
    }


def _how_written(name: str) -> str:
    if name == "hidden":
        return "Widths with commas, one list after the other with a slash between them."
    if name in ("architecture", "activation", "schedule", "skip_z", "residual", "drawn_input"):
        return "Values with commas."
    return "Values with commas; or, for a random or TPE search, a range such as 0.1..10."


def _seeds(fields: SpecFields) -> int:
    st.session_state.setdefault(fields.key("seeds"), 2)
    chosen = st.number_input(
        "Seeds",
        1,
        MOST_SEEDS,
        key=fields.key("seeds"),
        help="How often each setting is trained, each time from another random start: how much "
        "its results differ says how far a difference between settings can be trusted.",
    )
    return int(chosen)


def _search(fields: SpecFields, seeds: int) -> dict[str, Any]:
    st.session_state.setdefault(fields.key("search"), "grid")
    search = st.segmented_control(
        "What is tried",
        list(SEARCHES),
        required=True,
        format_func=SEARCHES.__getitem__,
        key=fields.key("search"),
        help="Random: combinations drawn at random. TPE: mostly near those that did well before "
        "(tree-structured Parzen estimator). Both take ranges, and a number of settings.",
    )
    trials = None
    if search != "grid":
        st.session_state.setdefault(fields.key("settings"), 10)
        settings = st.number_input("Settings to try", 1, MOST_TRIALS, key=fields.key("settings"))
        trials = int(settings) * seeds
    metric = st.selectbox(
        "What decides",
        list(METRICS),
        format_func=METRICS.__getitem__,
        key=fields.key("metric"),
        help="Of the validation split, in nats per example. Both are the same question to every "
        "model, whatever beta it was trained with. The importance-weighted bound is tighter and "
        "takes longer to measure.",
    )
    prune = st.toggle(
        "End hopeless trainings early",
        key=fields.key("prune"),
        help="A training whose validation ELBO falls clearly behind the others' at the same epoch "
        "is ended. It leaves no model.",
    )
    return {"search": search, "trials": trials, "metric": metric, "prune": prune}


def _common(fields: SpecFields, varied: dict[str, Any]) -> dict[str, Any]:
    """The settings that all trainings share, but for those that vary."""
    defaults, kind = fields.defaults, entry(fields.defaults.dataset).description.kind
    values: dict[str, Any] = {}
    if kind == "image":
        lists = {"architecture": ARCHITECTURES[kind], "likelihood": IMAGE_LIKELIHOODS}
        for name, options in lists.items():
            if name not in varied:
                st.session_state.setdefault(fields.key(name), getattr(defaults, name))
                values[name] = st.selectbox(
                    title(name),
                    options,
                    format_func=lambda option: LIKELIHOODS.get(option, option),
                    key=fields.key(name),
                    help=words(name),
                )
    for name in ("latent_dim", "beta", "learning_rate", "batch_size"):
        if name not in varied:
            values[name] = fields.stepped(name)
    values["conditional"] = fields.toggle("conditional")
    return values


def _lengths(fields: SpecFields, given: dict[str, Any]) -> dict[str, Any]:
    """Epochs, by the time that the first of the settings takes."""
    defaults = fields.defaults
    spec = _first_of(defaults.dataset, given)
    if spec is not None and (epochs := preset_epochs(FORM, spec, defaults.epochs)):
        st.session_state[fields.key("epochs")] = epochs
    chosen = fields.number("epochs", on_change=partial(set_by_hand, FORM, defaults.dataset))
    return {"epochs": chosen}


def _first_of(dataset: str, given: dict[str, Any]) -> TrainingSpec | None:
    """The training with the first of all values, None where they can't be read."""
    try:
        return default_spec(dataset, **{name: _first(name, value) for name, value in given.items()})
    except SpecInvalid:
        return None


def _first(name: str, given: Any) -> Any:
    """The first value of an axis, the lower end of a range, or the value itself."""
    axis = axis_of(name, given)
    if axis is None:
        value = single(name, given)
    else:
        value = axis.values[0] if axis.values else axis.low
        value = int(value or 0) if axis.is_whole else value
    return tuple(value) if isinstance(value, list) else value


def _plan(dataset: str, given: dict[str, Any], options: dict[str, Any]) -> SweepPlan:
    base = default_spec(dataset)
    settings = {
        name: value
        for name, value in given.items()
        if isinstance(value, str) or value != getattr(base, name)
    }
    kept = {name: v for name, v in settings.items() if v != getattr(base, name)}
    download = not is_available(dataset)
    owner = {"visitor": visitor(), "download": download}
    return _made(dataset, json.dumps(kept), json.dumps({**options, **owner}))


@shared(most=256)
def _made(dataset: str, settings: str, options: str) -> SweepPlan:
    """The plan; up to a thousand combinations are looked at for it."""
    return plan_of(dataset, json.loads(settings), **json.loads(options))


def first_spec(plan: SweepPlan) -> TrainingSpec:
    """The specification of one of the plan's trainings."""
    values = {
        axis.field: axis.values[0] if axis.values else _first(axis.field, axis.words)
        for axis in plan.axes
    }
    return plan.spec(values, 0)
