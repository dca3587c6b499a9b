"""The numbers of a model, each with unit, split, estimator, examples, draws and seed."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.card.measurement import Measurement, Metrics, measurement
from pages.shared.dataset_download import offer_originals
from pages.shared.models import ServedModel
from vae_core.artifacts.card import CONDITIONAL, NOTES, PCA, amount, title
from vae_core.artifacts.manifest import Metric
from vae_core.datasets import is_available

POLL_SECONDS = 0.5
HEADS = ("", "value", "PCA", "unit", "split", "examples", "draws", "seed")
NUMERIC = ("value", "PCA", "examples", "draws", "seed")


def known_metrics(model: ServedModel) -> Metrics:
    """All numbers where somebody has measured them, else those that came with the model."""
    return measurement(model).metrics or model.manifest.metrics


def is_complete(metrics: Metrics) -> bool:
    """Whether these are all numbers, and not only the ones that training leaves."""
    return any(metric.name == "importance_bound" for metric in metrics)


def show_numbers(model: ServedModel) -> None:
    """The table, and the way to more of it."""
    spec = model.manifest.spec
    metrics = known_metrics(model)
    st.html(_table(metrics))
    if any(metric.name.startswith(PCA) for metric in metrics):
        st.caption(
            "PCA: the same number of principal components of the training examples, as many as the "
            "model has latent dimensions. The KL of each dimension is in the figure below."
        )
    st.caption(NOTES[spec.likelihood] + (f" {CONDITIONAL}" if spec.conditional else ""))
    if not is_available(spec.dataset):
        offer_originals(model.manifest.description, "card")
    elif not is_complete(metrics):
        _measure(measurement(model))


def _measure(task: Measurement) -> None:
    """The button that measures everything, or how far that is."""
    if task.running:
        _watch(task)
        return
    if task.failure:
        st.error(f"Measuring failed: {task.failure}")
    st.button(
        "Measure everything",
        icon=":material/speed:",
        on_click=task.begin,
        help="Importance-weighted bound with 500 draws, aggregated posterior, active units, "
        "likeness of reconstructions, and how the labels show in the codes, beside PCA. Up to some "
        "minutes for MNIST; you may leave this page meanwhile. The same numbers come from "
        f"`python -m vae_core evaluate {task.model_id}`.",
    )


@st.fragment(run_every=POLL_SECONDS)
def _watch(task: Measurement) -> None:
    if not task.running:
        st.rerun()
    stage = task.stage if task.stage == "ELBO" else title(task.stage)
    st.progress(min(task.share, 1.0), text=f"Measuring: {stage} …")


def _table(metrics: Sequence[Metric]) -> str:
    beside = {m.name.removeprefix(PCA): m for m in metrics if m.name.startswith(PCA)}
    shown = [m for m in metrics if not m.name.startswith((PCA, "kl_z"))]
    heads = [name for name in HEADS if beside or name != "PCA"]
    head = "".join(f"<th{' class=n' * (name in NUMERIC)}>{name}</th>" for name in heads)
    rows = "".join(_row(m, beside.get(m.name), pca=bool(beside)) for m in shown)
    return (
        "<style>.numbers{overflow-x:auto}.numbers table{border-collapse:collapse;width:100%;"
        "font-size:.9rem}.numbers th{font-weight:400;opacity:.65}.numbers th,.numbers td{"
        "padding:.35em .9em .35em 0;text-align:left;vertical-align:top;border-bottom:1px solid "
        "rgba(128,139,152,.2)}.numbers .n{text-align:right;padding-right:1.6em;white-space:nowrap;"
        "font-variant-numeric:tabular-nums}.numbers small{opacity:.65;display:block}</style>"
        f'<div class="numbers"><table><tr>{head}</tr>{rows}</table></div>'
    )


def _row(metric: Metric, beside: Metric | None, *, pca: bool) -> str:
    drawn = metric.samples > 0
    how = ", ".join(part for part in (metric.estimator, metric.likelihood) if part)
    numbers = [f"<b>{amount(metric)}</b>"]
    if pca:
        numbers.append(amount(beside) if beside else "")
    name = f"<td>{escape(title(metric.name))}<small>{escape(how)}</small></td>"
    return (
        f"<tr>{name}"
        + "".join(f'<td class="n">{number}</td>' for number in numbers)
        + f"<td>{escape(metric.unit)}</td><td>{metric.split}</td>"
        + f'<td class="n">{metric.examples:,}</td>'
        + f'<td class="n">{f"{metric.samples:,}" if drawn else "–"}</td>'
        + f'<td class="n">{metric.seed if drawn else "–"}</td></tr>'
    )
