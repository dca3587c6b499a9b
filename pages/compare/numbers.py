"""The table of all numbers: which model is better on the same held-out examples."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

import streamlit as st
from cachetools.keys import hashkey

from pages.compare.choosing import Choice, choose_baseline
from pages.compare.measuring import can_measure, measure_again, measured
from pages.shared.cache import shared
from pages.shared.models import ServedModel
from pages.shared.templates import literal, show
from vae_core.artifacts.card import NOTES, PCA, amount, title
from vae_core.artifacts.manifest import Manifest
from vae_core.evaluation.comparison import MEASURES, Cell, Contender, Line, compare
from vae_core.text import number, plural

POLL_SECONDS = 0.5
FORMS = {"elbo": ".1f", "reconstruction": ".1f", "kl": ".2f", "mse": ".4f", "psnr": ".2f"}
HOW = (
    "Values are means ± one standard error over the same held-out examples, which no model has "
    "learned from. Below each stands its difference from the baseline, example by example, with "
    "the 95 % interval of matched pairs (Student's t): where it leaves out 0, the difference is "
    "more than its error. A value is marked **best** only if it is better than that of every "
    "model it can be compared with, by intervals that hold for all pairs together with 95 % "
    "(Bonferroni). The ELBO is that at β 1, whatever β a model was trained with. It, the "
    "reconstruction and the KL are of one draw of z per example, from the same seed for all."
)


def show_numbers(choice: Choice) -> None:
    """The table, as soon as everything is measured."""
    st.markdown("**Which model is better on the same examples?**")
    baseline = choose_baseline(choice.titles) if len(choice.models) > 1 else 0
    here = [can_measure(model) for model in choice.models]
    if not all(here):
        st.caption(
            "The held-out examples of some of these models are not on this machine, so they can't "
            "be compared pair by pair; these are the numbers that came with the models."
        )
        _show(choice, baseline, list(_stored(choice.models, skip=())))
        return
    futures = [measured(model) for model in choice.models]
    if not all(future.done() for future in futures):
        _watch(choice)
        return
    failures = [str(future.exception()) for future in futures if future.exception()]
    if failures:
        st.error(f"Measuring failed: {literal(failures[0])}")
        if st.button("Try again"):
            for model in choice.models:
                measure_again(model)
            st.rerun()
        return
    _show_compared(choice, baseline)


@st.fragment(run_every=POLL_SECONDS)
def _watch(choice: Choice) -> None:
    done = sum(measured(model).done() for model in choice.models)
    if done == len(choice.models):
        st.rerun()
    st.progress(
        done / len(choice.models),
        text=f"Measuring on all held-out examples: {done} of {plural(len(choice.models), 'model')}",
    )


def _show_compared(choice: Choice, baseline: int) -> None:
    lines = compared(choice.models, baseline)
    _show(choice, baseline, [_line(line) for line in lines])
    notes = dict.fromkeys(NOTES[model.manifest.spec.likelihood] for model in choice.models)
    st.caption(" ".join([HOW, *notes]))
    if others := list(_stored(choice.models, skip=tuple(MEASURES))):
        with st.expander("What else the models' cards say, each for itself"):
            _show(choice, baseline, others)


def _by_names(models: Sequence[ServedModel], baseline: int) -> Any:
    return hashkey(tuple(model.model_id for model in models), baseline)


@shared(most=128, key=_by_names)
def compared(models: Sequence[ServedModel], baseline: int) -> tuple[Line, ...]:
    """The measures of models that are all measured."""
    contenders = [Contender(model.artifact) for model in models]
    return compare(contenders, [measured(m).result() for m in models], baseline=baseline)


def _show(choice: Choice, baseline: int, lines: list[dict[str, Any]]) -> None:
    show("compare/table.html", titles=choice.titles, baseline=baseline, lines=lines)


def _line(line: Line) -> dict[str, Any]:
    measure, form = line.measure, FORMS.get(line.measure.name, ".3f")
    counts = dict.fromkeys(f"{cell.examples:,}" for cell in line.cells if cell.examples)
    side = f", {measure.better} is better" if measure.better else ", neither side is better"
    return {
        "title": title(measure.name),
        "how": f"{measure.estimator}{side}",
        "unit": measure.unit,
        "split": f"test, {' or '.join(counts)} examples",
        "cells": [_cell(cell, form, best=line.best == i) for i, cell in enumerate(line.cells)],
    }


def _cell(cell: Cell, form: str, *, best: bool) -> dict[str, Any]:
    value = number(cell.mean, form)
    if not isnan(cell.error):
        value += f" ± {number(cell.error, form)}"
    beside = cell.refusal
    if cell.difference:
        low, high = (number(end, f"+{form}") for end in (cell.difference.low, cell.difference.high))
        beside = f"{number(cell.difference.mean, f'+{form}')} [{low}, {high}]"
    return {"value": value, "best": best, "beside": beside, "refused": bool(cell.refusal)}


def _stored(models: Sequence[ServedModel], *, skip: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """What the models' own cards say besides, each for itself."""
    manifests = [model.manifest for model in models]
    names = dict.fromkeys(
        metric.name
        for manifest in manifests
        for metric in manifest.metrics
        if metric.split == "test"
        and metric.name not in skip
        and not metric.name.startswith((PCA, "kl_z"))
    )
    for name in names:
        yield _from_cards(name, manifests)


def _from_cards(name: str, manifests: Sequence[Manifest]) -> dict[str, Any]:
    found = [manifest.metric(name) for manifest in manifests]
    known = [metric for metric in found if metric is not None]
    nothing = {"value": "–", "best": False, "beside": "not measured", "refused": True}
    return {
        "title": title(name),
        "how": known[0].estimator,
        "unit": known[0].unit,
        "split": f"test, {known[0].examples:,} examples",
        "cells": [
            nothing
            if metric is None
            else {"value": amount(metric), "best": False, "beside": "", "refused": False}
            for metric in found
        ],
    }
