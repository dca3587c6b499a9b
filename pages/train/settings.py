"""The form in which a training is described; bounds and helps are the specification's own."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.templates import literal
from vae_core.datasets import CATALOGUE, default_spec, entry, is_available
from vae_core.datasets.catalogue import ARCHITECTURES
from vae_core.errors import SpecInvalid
from vae_core.jobs import Estimate, estimate, supervisor
from vae_core.spec.training_spec import TrainingSpec, bounds, read_widths

PRESETS = {"10 s": 10.0, "1 min": 60.0, "Best": None}
LIKELIHOODS = {
    "bernoulli": "Bernoulli, grey values",
    "bernoulli_static": "Bernoulli, fixed black or white",
    "bernoulli_dynamic": "Bernoulli, black or white drawn anew",
    "gaussian": "Gaussian, learned noise",
}
WIDTHS = ("hidden", "filters", "decoder_hidden")
STEPS: dict[str, tuple[float, ...]] = {
    "latent_dim": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
    "beta": (0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 25, 50, 100),
    "learning_rate": (1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 0.1),
    "batch_size": (8, 16, 32, 64, 128, 256, 512, 1024, 2048),
}


def choose_dataset(first: str | None) -> str:
    """The dataset to learn from, `first` unless somebody has chosen already."""
    return st.selectbox(
        "Dataset",
        list(CATALOGUE),
        index=list(CATALOGUE).index(first) if first and first in CATALOGUE else 0,
        format_func=lambda name: CATALOGUE[name].description.title,
        key="train dataset",
        persist_state="session",
    )


def choose_spec(dataset: str) -> tuple[TrainingSpec | None, DeltaGenerator]:
    """The described training, and the place for the button between simple and other settings.

    None while the settings contradict each other: that place says how.
    """
    defaults = default_spec(dataset)
    _preset(dataset, defaults)
    values: dict[str, Any] = {
        "latent_dim": _stepped(dataset, defaults, "latent_dim"),
        "beta": _stepped(dataset, defaults, "beta"),
        "epochs": _number(dataset, defaults, "epochs"),
        "conditional": _toggle(dataset, defaults, "conditional"),
    }
    action = st.container()
    with st.expander("Network"):
        values |= _network(dataset, defaults)
    with st.expander("Optimiser and data"):
        values |= _optimiser(dataset, defaults)
    try:
        values |= {
            name: read_widths(values[name], name=f"“{_title(name)}”")
            for name in WIDTHS
            if name in values
        }
        return default_spec(dataset, **values), action
    except SpecInvalid as error:
        action.error(literal(error))
        return None, action


def expected(spec: TrainingSpec) -> Estimate:
    """How long it will take here, corrected by the runs that this machine has finished."""
    return estimate(spec, [job.record for job in supervisor().jobs()])


def fetch_first(spec: TrainingSpec) -> bool:
    """Whether somebody asked to download data that are not here."""
    if is_available(spec.dataset):
        return False
    title = entry(spec.dataset).description.title
    return st.checkbox(f"{title} is not on this machine: download it first")


def _preset(dataset: str, defaults: TrainingSpec) -> None:
    """Buttons that choose how many epochs to train, by the time that one takes."""

    def choose() -> None:
        name = st.session_state[_key(dataset, "preset")]
        seconds = PRESETS.get(name)
        st.session_state[_key(dataset, "epochs")] = (
            defaults.epochs if seconds is None else _epochs_within(defaults, seconds)
        )

    st.segmented_control(
        "Time to spend",
        list(PRESETS),
        key=_key(dataset, "preset"),
        on_change=choose,
        help="Sets the number of epochs. Best: as many as suit the data.",
    )


def _epochs_within(spec: TrainingSpec, seconds: float) -> int:
    """The most epochs that fit into `seconds` by the estimate, at least one."""
    low, high = 1, spec.epochs
    while low < high:
        middle = (low + high + 1) // 2
        shorter = spec.model_copy(update={"epochs": middle})
        low, high = (middle, high) if expected(shorter).seconds <= seconds else (low, middle - 1)
    return low


def _network(dataset: str, defaults: TrainingSpec) -> dict[str, Any]:
    kind = entry(dataset).description.kind
    architecture = st.selectbox(
        _title("architecture"),
        ARCHITECTURES[kind],
        index=ARCHITECTURES[kind].index(defaults.architecture),
        key=_key(dataset, "architecture"),
        help=_help("architecture"),
    )
    base = default_spec(dataset, architecture=architecture)
    values = {
        name: st.text_input(
            _title(name),
            ", ".join(map(str, getattr(base, name))),
            key=_key(dataset, f"{name} {architecture}"),
            help=_help(name),
        )
        for name in WIDTHS
        if name != "filters" or base.filters
    }
    likelihoods = list(LIKELIHOODS) if kind == "image" else ["gaussian"]
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
        "drawn_input": _toggle(dataset, defaults, "drawn_input"),
    }
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
    """A slider over sensible values within the bounds of the specification."""
    value = getattr(defaults, name)
    low, high = bounds(name)
    options = sorted({step for step in STEPS[name] if low <= step <= high} | {value})
    return st.select_slider(
        _title(name),
        options,
        value=value,
        format_func=lambda step: f"{step:g}",
        key=_key(dataset, name),
        help=_help(name),
    )


def _number(dataset: str, defaults: TrainingSpec, name: str) -> int:
    low, high = bounds(name)
    key = _key(dataset, name)
    st.session_state.setdefault(key, getattr(defaults, name))
    return int(st.number_input(_title(name), int(low), int(high), key=key, help=_help(name)))


def _toggle(dataset: str, defaults: TrainingSpec, name: str) -> bool:
    key, value = _key(dataset, name), bool(getattr(defaults, name))
    return st.toggle(_title(name), value, key=key, help=_help(name))


def _title(name: str) -> str:
    return TrainingSpec.model_fields[name].title or name


def _help(name: str) -> str:
    return f"{TrainingSpec.model_fields[name].description}."


def _key(dataset: str, name: str) -> str:
    return f"train {dataset} {name}"
