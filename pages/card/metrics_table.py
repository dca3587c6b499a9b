"""The numbers of a model, each with unit, split, estimator, examples, draws and seed."""

from collections.abc import Sequence

import streamlit as st

from pages.card.measurement import Measurement, Metrics, measurement
from pages.shared.dataset_download import not_here, offer_originals
from pages.shared.models import ServedModel
from pages.shared.templates import literal, show
from vae_core.artifacts.card import CONDITIONAL, NOTES, PCA, amount, title
from vae_core.artifacts.manifest import Metric
from vae_core.datasets import has_test

POLL_SECONDS = 0.5
WITHOUT_PCA = "Everything is measured without them but what is compared with PCA."
HEADS = ("measure", "value", "PCA", "unit", "split", "examples", "draws", "seed")
NUMERIC = ("value", "PCA", "examples", "draws", "seed")


def current_metrics(model: ServedModel) -> Metrics:
    """All numbers where somebody has measured them, else those that came with the model."""
    return measurement(model).metrics or model.manifest.metrics


def is_complete(metrics: Metrics) -> bool:
    """Whether these are all numbers, and not only the ones that training leaves."""
    return any(metric.name == "importance_bound" for metric in metrics)


def show_numbers(model: ServedModel) -> None:
    """The table, and the way to more of it."""
    spec = model.manifest.spec
    metrics = current_metrics(model)
    _show_table(metrics)
    if any(metric.name.startswith(PCA) for metric in metrics):
        st.caption(
            "PCA: the same measure for as many principal components of the training examples as "
            "the model has latent dimensions. The figure below shows the KL of each dimension."
        )
    st.caption(NOTES[spec.likelihood] + (f" {CONDITIONAL}" if spec.conditional else ""))
    if not is_complete(metrics):
        _offer_more(model)


def _offer_more(model: ServedModel) -> None:
    """The button that measures the rest, or what is missing for it."""
    description = model.manifest.description
    if not has_test(description.name):
        st.caption(f"{not_here(description)}, so no more can be measured.")
        return
    offer_originals(description, "card", meanwhile=WITHOUT_PCA)
    _measure(measurement(model))


def _measure(task: Measurement) -> None:
    """The button that measures everything, or how far that is."""
    if task.running:
        _watch(task)
        return
    if task.failure:
        st.error(f"Measuring failed: {literal(task.failure)}")
    st.button(
        "Measure everything",
        icon=":material/speed:",
        on_click=task.begin,
        help="The importance-weighted bound with 500 draws, the aggregated posterior, active "
        "units, the quality of reconstructions, and how well the codes separate the labels, each "
        "compared with PCA where that makes sense. It takes some minutes for MNIST; you can leave "
        "this page meanwhile. On the command line: "
        f"`python -m vae_core evaluate {task.model_id}`.",
    )


@st.fragment(run_every=POLL_SECONDS)
def _watch(task: Measurement) -> None:
    if not task.running:
        st.rerun()
    stage = task.stage if task.stage == "ELBO" else title(task.stage)
    st.progress(min(task.share, 1.0), text=f"Measuring: {stage} …")


def _show_table(metrics: Sequence[Metric]) -> None:
    beside = {m.name.removeprefix(PCA): m for m in metrics if m.name.startswith(PCA)}
    shown = [m for m in metrics if not m.name.startswith((PCA, "kl_z"))]
    heads = [(name, name in NUMERIC) for name in HEADS if beside or name != "PCA"]
    lines = [_line(metric, beside.get(metric.name)) for metric in shown]
    show("card/metrics_table.html", heads=heads, lines=lines, pca=bool(beside))


def _line(metric: Metric, beside: Metric | None) -> dict[str, str]:
    drawn = metric.samples > 0
    return {
        "title": title(metric.name),
        "how": ", ".join(part for part in (metric.estimator, metric.likelihood) if part),
        "value": amount(metric),
        "pca": amount(beside) if beside else "",
        "unit": metric.unit,
        "split": metric.split,
        "examples": f"{metric.examples:,}",
        "draws": f"{metric.samples:,}" if drawn else "–",
        "seed": str(metric.seed) if drawn else "–",
    }
