"""The form in which a training is described; bounds and helps are the specification's own."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.presets import choose_preset, preset_epochs, set_by_hand
from pages.shared.spec_fields import IMAGE_LIKELIHOODS, LIKELIHOODS, SpecFields, title, words
from pages.shared.train_form import FORM
from vae_core.datasets import default_spec, entry
from vae_core.datasets.catalogue import ARCHITECTURES
from vae_core.errors import SpecInvalid
from vae_core.spec.training_spec import TrainingSpec, bounds, read_widths

FIRST_PRESET = "1 min"
WIDTHS = ("hidden", "filters", "decoder_hidden")


@dataclass(frozen=True, eq=False)
class Wish:
    """What the form says: a training, or None and the `contradiction` between its settings.

    `action` is the place for the button, between the simple settings and the others.
    """

    dataset: str
    spec: TrainingSpec | None
    contradiction: str
    action: DeltaGenerator


def choose_spec(dataset: str) -> Wish:
    """The described training."""
    fields = SpecFields(FORM, default_spec(dataset))
    choose_preset(FORM, dataset, first=FIRST_PRESET)
    values: dict[str, Any] = {name: fields.stepped(name) for name in ("latent_dim", "beta")}
    place = st.container()
    values["conditional"] = fields.toggle("conditional")
    action = st.container(key="action")
    with st.expander("Network"):
        values |= _network(fields)
    with st.expander("Optimiser and data"):
        values |= _optimiser(fields)
    spec, contradiction = _described(dataset, values)
    with place:
        epochs = _epochs(spec, fields)
    chosen = spec and spec.model_copy(update={"epochs": epochs})
    return Wish(dataset, chosen, contradiction, action)


def _described(dataset: str, values: dict[str, Any]) -> tuple[TrainingSpec | None, str]:
    """The training of these settings but for its epochs, or why there is none."""
    try:
        widths = {
            name: read_widths(values[name], name=f"“{title(name)}”")
            for name in WIDTHS
            if name in values
        }
        return default_spec(dataset, **{**values, **widths}), ""
    except SpecInvalid as error:
        return None, str(error)


def _epochs(spec: TrainingSpec | None, fields: SpecFields) -> int:
    """The field for the epochs; the time that they take depends on all other settings."""
    if spec is not None and (epochs := preset_epochs(FORM, spec, fields.defaults.epochs)):
        st.session_state[fields.key("epochs")] = epochs
    dataset = fields.defaults.dataset
    return fields.number("epochs", on_change=partial(set_by_hand, FORM, dataset))


def _network(fields: SpecFields) -> dict[str, Any]:
    defaults, dataset = fields.defaults, fields.defaults.dataset
    kind, mixed = entry(dataset).description.kind, defaults.likelihood == "mixed"
    architectures = ("table",) if mixed else ARCHITECTURES[kind]
    architecture = st.selectbox(
        title("architecture"),
        architectures,
        index=architectures.index(defaults.architecture),
        key=fields.key("architecture"),
        help=words("architecture"),
    )
    base = default_spec(dataset, architecture=architecture)
    values = {
        name: fields.widths(name, base) for name in WIDTHS if name != "filters" or base.filters
    }
    likelihoods = IMAGE_LIKELIHOODS if kind == "image" else (defaults.likelihood,)
    likelihood = st.selectbox(
        title("likelihood"),
        likelihoods,
        index=likelihoods.index(base.likelihood),
        format_func=LIKELIHOODS.__getitem__,
        key=fields.key(f"likelihood {architecture}"),
        help=words("likelihood"),
    )
    activations = ["relu", "silu", "gelu"]
    activation = st.segmented_control(
        title("activation"),
        activations,
        default=base.activation,
        required=True,
        key=fields.key("activation"),
        help=words("activation"),
    )
    chosen = {"architecture": architecture, "likelihood": likelihood, "activation": activation}
    return values | chosen | _refined(fields)


def _refined(fields: SpecFields) -> dict[str, Any]:
    return {
        "fourier": fields.number("fourier"),
        "skip_z": fields.toggle("skip_z"),
        "residual": fields.toggle("residual"),
    }


def _optimiser(fields: SpecFields) -> dict[str, Any]:
    defaults, dataset = fields.defaults, fields.defaults.dataset
    values: dict[str, Any] = {
        "learning_rate": fields.stepped("learning_rate"),
        "schedule": st.segmented_control(
            title("schedule"),
            ["cosine", "constant"],
            default=defaults.schedule,
            required=True,
            key=fields.key("schedule"),
            help=words("schedule"),
        ),
        "batch_size": fields.stepped("batch_size"),
    }
    if defaults.likelihood == "mixed":
        values["hide_cells"] = fields.stepped("hide_cells")
    else:
        values["drawn_input"] = fields.toggle("drawn_input")
    for name in ("kl_warmup_epochs", "warmup_epochs", "patience", "seed", "split_seed"):
        values[name] = fields.number(name)
    values["without"] = st.selectbox(
        title("without"),
        [None, *entry(dataset).description.labels],
        format_func=lambda label: "none: learn all" if label is None else label,
        key=fields.key("without"),
        help=words("without"),
    )
    largest = entry(dataset).examples
    if st.toggle("Train on a part of the data", key=fields.key("part")):
        low, _ = bounds("subset")
        values["subset"] = st.slider(
            title("subset"), int(low), largest, min(1000, largest), help=words("subset")
        )
    return values
