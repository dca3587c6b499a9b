"""How a model was made: its settings, the command, the cost, the data; and its files to take."""

from functools import partial
from typing import Any

import streamlit as st

from pages.card.metrics_table import current_metrics
from pages.shared.models import ServedModel
from pages.shared.templates import literal, show
from vae_core.artifacts.card import card_json, card_markdown, split_words
from vae_core.artifacts.manifest import DECODER, ENCODER, WEIGHTS
from vae_core.datasets import default_spec
from vae_core.datasets.catalogue import find
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import duration, plural, size

FILES = {
    DECODER: "The graph from z to x, for ONNX Runtime, in the data's own units.",
    ENCODER: "The graph from x to mean and log_var of q(z|x), for ONNX Runtime.",
    WEIGHTS: "The weights as plain arrays.",
}


def offer_files(model: ServedModel) -> None:
    """Buttons that read or write a file only when they are pressed."""
    manifest = model.manifest
    metrics = current_metrics(model)
    with st.container(gap="small"):
        for name, help_text in FILES.items():
            written = size(manifest.files[name].bytes)
            path = model.artifact.file(name)
            _button(f"{name}, {written}", path.read_bytes, f"{model.model_id}-{name}", help_text)
        whole_page = "Everything on this page, with all numbers measured so far."
        text = partial(card_markdown, manifest, metrics)
        _button("Card as Markdown", text, f"{model.model_id}-card.md", whole_page)
        values = partial(card_json, manifest, metrics)
        _button("Card as JSON", values, f"{model.model_id}-card.json", whole_page)


def show_provenance(model: ServedModel) -> None:
    """Settings, command and cost beside the data."""
    settings, data = st.columns(2, gap="large")
    with settings:
        _show_settings(model.manifest.spec)
    with data:
        _show_cost(model)
        _show_data(model)


def _show_settings(spec: TrainingSpec) -> None:
    values = spec.model_dump(mode="json")
    if find(spec.dataset) is None:
        st.markdown("**All settings**")
        _show_values(values, {})
        return
    st.markdown("**Settings that differ from the dataset's defaults**")
    default = default_spec(spec.dataset, architecture=spec.architecture).model_dump(mode="json")
    other = {name: value for name, value in values.items() if value != default[name]}
    if other:
        _show_values(other, default)
    else:
        st.caption("None: all settings are the defaults.")
    with st.expander("All settings"):
        _show_values(values, {})


def _show_values(values: dict[str, Any], default: dict[str, Any]) -> None:
    """A line for each setting; `default` says what some are instead of."""
    fields = TrainingSpec.model_fields
    lines = [
        (
            fields[name].title or name,
            fields[name].description or "",
            _plain(value),
            _plain(default[name]) if name in default else "",
        )
        for name, value in values.items()
    ]
    show("card/settings.html", lines=lines)


def _show_cost(model: ServedModel) -> None:
    run, versions = model.manifest.run, model.manifest.versions
    st.markdown("**The command that trained it, and its cost**")
    st.code(run.command or "not recorded", language="sh", wrap_lines=True)
    kept = (
        "" if run.best_epoch == run.epochs else f", keeping the weights of epoch {run.best_epoch}"
    )
    st.caption(
        f"{plural(run.epochs, 'epoch')} in {duration(run.seconds)}{kept}; finished "
        f"{run.finished[:10]}. "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + f". Keras and ONNX Runtime agree to within {model.manifest.parity.largest:.0e}.",
    )


def _show_data(model: ServedModel) -> None:
    description = model.manifest.description
    st.markdown(f"**The data: {literal(description.title)}**")
    st.caption(split_words(model.manifest))
    st.caption(
        f"Licence: {literal(description.licence)}  \nSource: {literal(description.source)}  \n"
        f"Citation: {literal(description.citation)}"
    )


def _button(label: str, content: Any, name: str, help_text: str) -> None:
    st.download_button(
        label, content, name, help=help_text, icon=":material/download:", on_click="ignore"
    )


def _plain(value: Any) -> str:
    if value in (None, [], ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
