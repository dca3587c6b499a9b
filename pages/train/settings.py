"""The form in which a training is described; bounds and helps are the specification's own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.own_data import own_datasets
from pages.shared.train_form import CHOSEN, set_by_hand
from pages.shared.train_form import setting_key as _key
from pages.train.presets import choose_preset, preset_epochs
from vae_core.datasets import CATALOGUE, default_spec, entry
from vae_core.datasets.catalogue import ARCHITECTURES
from vae_core.errors import SpecInvalid
from vae_core.spec.training_spec import TrainingSpec, bounds, read_widths

FIRST = "digits"
"""A visitor's first dataset: pictures speak at once, and it is always here."""
LIKELIHOODS = {
    "bernoulli": "Bernoulli, grey values",
    "bernoulli_static": "Bernoulli, fixed black or white",
    "bernoulli_dynamic": "Bernoulli, black or white drawn anew",
    "gaussian": "Gaussian, learned noise",
    "mixed": "by the kind of each column",
}
IMAGE_LIKELIHOODS = tuple(name for name in LIKELIHOODS if name != "mixed")
WIDTHS = ("hidden", "filters", "decoder_hidden")
STEPS: dict[str, tuple[float, ...]] = {
    "latent_dim": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
    "beta": (0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 25, 50, 100),
    "learning_rate": (1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 0.1),
    "hide_cells": (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9),
    "batch_size": (8, 16, 32, 64, 128, 256, 512, 1024, 2048),
}


@dataclass(frozen=True, eq=False)
class Wish:
    """What the form says: a training, or None and the `contradiction` between its settings.

    `action` is the place for the button, between the simple settings and the others.
    """

    dataset: str
    spec: TrainingSpec | None
    contradiction: str
    action: DeltaGenerator


def choose_dataset(first: str | None) -> str:
    """The dataset to learn from, `first` unless somebody has chosen already."""
    own = {each.key: each.manifest.description.title for each in own_datasets()}
    titles = own | {name: known.description.title for name, known in CATALOGUE.items()}
    if st.session_state.get(CHOSEN) not in titles:
        st.session_state[CHOSEN] = first if first in titles else FIRST
    return st.selectbox(
        "Dataset",
        list(titles),
        format_func=titles.__getitem__,
        key=CHOSEN,
        persist_state="session",
    )


def choose_spec(dataset: str) -> Wish:
    """The described training."""
    defaults = default_spec(dataset)
    choose_preset(dataset)
    values: dict[str, Any] = {
        "latent_dim": _stepped(dataset, defaults, "latent_dim"),
        "beta": _stepped(dataset, defaults, "beta"),
    }
    place = st.container()
    values["conditional"] = _toggle(dataset, defaults, "conditional")
    action = st.container(key="action")
    with st.expander("Network"):
        values |= _network(dataset, defaults)
    with st.expander("Optimiser and data"):
        values |= _optimiser(dataset, defaults)
    spec, contradiction = _described(dataset, values)
    with place:
        epochs = _epochs(spec, defaults)
    chosen = spec and spec.model_copy(update={"epochs": epochs})
    return Wish(dataset, chosen, contradiction, action)


def _described(dataset: str, values: dict[str, Any]) -> tuple[TrainingSpec | None, str]:
    """The training of these settings but for its epochs, or why there is none."""
    try:
        widths = {
            name: read_widths(values[name], name=f"“{_title(name)}”")
            for name in WIDTHS
            if name in values
        }
        return default_spec(dataset, **{**values, **widths}), ""
    except SpecInvalid as error:
        return None, str(error)


def _epochs(spec: TrainingSpec | None, defaults: TrainingSpec) -> int:
    """The field for the epochs; the time that they take depends on all other settings."""
    dataset = defaults.dataset
    if spec is not None and (epochs := preset_epochs(spec, defaults.epochs)):
        st.session_state[_key(dataset, "epochs")] = epochs
    return _number(dataset, defaults, "epochs", on_change=partial(set_by_hand, dataset))


def _network(dataset: str, defaults: TrainingSpec) -> dict[str, Any]:
    kind, mixed = entry(dataset).description.kind, defaults.likelihood == "mixed"
    architectures = ("table",) if mixed else ARCHITECTURES[kind]
    architecture = st.selectbox(
        _title("architecture"),
        architectures,
        index=architectures.index(defaults.architecture),
        key=_key(dataset, "architecture"),
        help=_help("architecture"),
    )
    base = default_spec(dataset, architecture=architecture)
    values = {
        name: _widths(dataset, base, name) for name in WIDTHS if name != "filters" or base.filters
    }
    likelihoods = IMAGE_LIKELIHOODS if kind == "image" else (defaults.likelihood,)
    likelihood = st.selectbox(
        _title("likelihood"),
        likelihoods,
        index=likelihoods.index(base.likelihood),
        format_func=LIKELIHOODS.__getitem__,
        key=_key(dataset, f"likelihood {architecture}"),
        help=_help("likelihood"),
    )
    activations = ["relu", "silu", "gelu"]
    activation = st.segmented_control(
        _title("activation"),
        activations,
        default=base.activation,
        required=True,
        key=_key(dataset, "activation"),
        help=_help("activation"),
    )
    chosen = {"architecture": architecture, "likelihood": likelihood, "activation": activation}
    return values | chosen | _refined(dataset, defaults)


def _widths(dataset: str, base: TrainingSpec, name: str) -> str:
    key = _key(dataset, f"{name} {base.architecture}")
    st.session_state.setdefault(key, ", ".join(map(str, getattr(base, name))))
    return st.text_input(_title(name), key=key, help=_help(name))


def _refined(dataset: str, defaults: TrainingSpec) -> dict[str, Any]:
    return {
        "fourier": _number(dataset, defaults, "fourier"),
        "skip_z": _toggle(dataset, defaults, "skip_z"),
        "residual": _toggle(dataset, defaults, "residual"),
    }


def _optimiser(dataset: str, defaults: TrainingSpec) -> dict[str, Any]:
    values: dict[str, Any] = {
        "learning_rate": _stepped(dataset, defaults, "learning_rate"),
        "schedule": st.segmented_control(
            _title("schedule"),
            ["cosine", "constant"],
            default=defaults.schedule,
            required=True,
            key=_key(dataset, "schedule"),
            help=_help("schedule"),
        ),
        "batch_size": _stepped(dataset, defaults, "batch_size"),
    }
    if defaults.likelihood == "mixed":
        values["hide_cells"] = _stepped(dataset, defaults, "hide_cells")
    else:
        values["drawn_input"] = _toggle(dataset, defaults, "drawn_input")
    for name in ("kl_warmup_epochs", "warmup_epochs", "patience", "seed", "split_seed"):
        values[name] = _number(dataset, defaults, name)
    values["without"] = st.selectbox(
        _title("without"),
        [None, *entry(dataset).description.labels],
        format_func=lambda label: "none: learn all" if label is None else label,
        key=_key(dataset, "without"),
        help=_help("without"),
    )
    largest = entry(dataset).examples
    if st.toggle("Train on a part of the data", key=_key(dataset, "part")):
        low, _ = bounds("subset")
        values["subset"] = st.slider(
            _title("subset"), int(low), largest, min(1000, largest), help=_help("subset")
        )
    return values


def _stepped(dataset: str, defaults: TrainingSpec, name: str) -> Any:
    """A slider over sensible values within the bounds of the specification, and what is set."""
    value = getattr(defaults, name)
    now = st.session_state.setdefault(_key(dataset, name), value)
    low, high = bounds(name)
    options = sorted({step for step in STEPS[name] if low <= step <= high} | {value, now})
    return st.select_slider(
        _title(name),
        options,
        format_func=lambda step: f"{step:g}",
        key=_key(dataset, name),
        help=_help(name),
    )


def _number(
    dataset: str,
    defaults: TrainingSpec,
    name: str,
    *,
    on_change: Callable[[], None] | None = None,
) -> int:
    low, high = bounds(name)
    key = _key(dataset, name)
    st.session_state.setdefault(key, getattr(defaults, name))
    chosen = st.number_input(
        _title(name), int(low), int(high), key=key, help=_help(name), on_change=on_change or "rerun"
    )
    return int(chosen)


def _toggle(dataset: str, defaults: TrainingSpec, name: str) -> bool:
    key, value = _key(dataset, name), bool(getattr(defaults, name))
    return st.toggle(_title(name), value, key=key, help=_help(name))


def _title(name: str) -> str:
    return TrainingSpec.model_fields[name].title or name


def _help(name: str) -> str:
    return f"{TrainingSpec.model_fields[name].description}."
