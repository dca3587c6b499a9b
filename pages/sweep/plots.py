"""The figures of a sweep, each as soon as it says something, and the model that one picks."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial

import streamlit as st

from latent_plane.live_figures import live_figure, picked
from pages.shared.cache import shared
from pages.shared.links import compare, explore_model, model_card_of
from pages.shared.templates import literal
from pages.sweep.standing import values_words
from vae_core.figures.figure import Figure
from vae_core.figures.pareto import pareto_figure
from vae_core.figures.rate_distortion import rate_distortion_figure
from vae_core.figures.style import NEUTRAL
from vae_core.figures.sweep_objective import active_units_figure, objective_figure
from vae_core.figures.sweep_points import NATS, numeric_axis, title_of
from vae_core.figures.sweep_search import best_so_far_figure, importances_figure, parallel_figure
from vae_core.sweeps import SweepResults, TrialResult
from vae_core.text import number

Draw = Callable[[SweepResults], Figure | str | None]
FIGURES: Mapping[str, Draw] = {
    "rate-distortion": rate_distortion_figure,
    "objective": objective_figure,
    "active units": active_units_figure,
    "best so far": best_so_far_figure,
    "parallel": parallel_figure,
    "importances": importances_figure,
    "size": pareto_figure,
    "speed": partial(pareto_figure, cost="decode_ms"),
}
SEARCH = {
    "best so far": (
        "Best so far",
        "Each dot is one training, in the order in which they were asked for; the line is the best "
        "until then.",
    ),
    "parallel": (
        "All settings",
        "Each line is one training, from its settings to its ELBO. Drag along an axis to keep "
        "only the lines that pass there.",
    ),
    "importances": (
        "Which settings matter",
        "How much of the ELBO's variance over settings each of them explains (fANOVA on a random "
        "forest).",
    ),
    "size": (
        "What size pays",
        "Orange: no other model has a better ELBO and a smaller decoder.",
    ),
    "speed": (
        "What speed pays",
        "Orange: no other model has a better ELBO and decodes faster: one example, ONNX Runtime on "
        "one thread.",
    ),
}
"""Figures about the search: what each is called, and how it is read."""
LARGE, SMALL = 430, 205


def _version(kind: str, results: SweepResults, *rest: Hashable) -> Hashable:
    """What a figure depends on: the models that are there, which never change."""
    done = tuple(trial.model_id for trial in results.done)
    return (kind, results.sweep_id, done, len(results.trials), *rest)


@shared(most=128, key=_version)
def figure_of(kind: str, results: SweepResults) -> Figure | None:
    """A figure of `FIGURES`, None where it says nothing yet.

    The small ones stand under a heading that names their ELBO, beside the plane's colour bar.
    """
    drawn = FIGURES[kind](results)
    if drawn is None or isinstance(drawn, str):
        return None
    if kind == "objective":
        drawn.layout["yaxis"] |= {"title": {"text": NATS}}
    elif kind == "active units":
        drawn.data[0]["marker"] |= {"showscale": False}
    return drawn


@shared(most=128, key=_version)
def _with_ring(kind: str, results: SweepResults, model_id: str) -> Figure | None:
    """The plane with a ring around the picked model, unless the best has one already."""
    figure = figure_of(kind, results)
    trial = next((one for one in results.done if one.model_id == model_id), None)
    if figure is None or trial is None or trial is results.best:
        return figure
    ring = {
        "type": "scatter",
        "mode": "markers",
        "x": [trial.rate],
        "y": [trial.distortion],
        "marker": {"size": 17, "symbol": "circle-open", "color": NEUTRAL, "line": {"width": 2}},
        "hoverinfo": "skip",
    }
    return Figure([*figure.data, ring], figure.layout)


def show_plane(results: SweepResults) -> None:
    """The rate-distortion plane with what beta does to ELBO and active units beside it."""
    axis = numeric_axis(results)
    with st.container(key="sweep plane"):
        st.markdown(
            "**Rate and distortion**",
            help="Each dot is one trained model on held-out validation examples. Rate: the nats "
            "that a code tells about its example (the KL from the prior). Distortion: the nats "
            "that are missing once the code is known. Along a grey line the ELBO at beta 1 is the "
            "same; it is higher towards the lower left (Alemi et al., 2018).",
        )
        name = str(st.session_state.get(_picked_key(results), ""))
        _show("rate-distortion", results, _with_ring("rate-distortion", results, name), LARGE)
    if axis is None:
        return
    with st.container(key="sweep beside"):
        for kind, words in (("objective", "Validation ELBO"), ("active units", "Active units")):
            if figure_of(kind, results):
                st.markdown(f"**{words} against {title_of(axis)}**")
                _show(kind, results, figure_of(kind, results), SMALL)


def show_search(results: SweepResults) -> None:
    """How the search went: the one of several figures that is chosen, none before it means
    something."""
    there = [kind for kind in SEARCH if figure_of(kind, results) is not None]
    if "size" not in there:  # decoders of one size differ only by what else the machine did
        there = [kind for kind in there if kind != "speed"]
    if not there:
        return
    st.markdown("## How the search went")
    kind = there[0] if len(there) == 1 else _chosen_of(there, f"search of {results.sweep_id}")
    if len(there) == 1:
        st.markdown(f"**{SEARCH[kind][0]}**")
    _show(kind, results, figure_of(kind, results), LARGE - 110)
    st.caption(SEARCH[kind][1])


def _chosen_of(there: Sequence[str], key: str) -> str:
    """The buttons that choose among figures; what was chosen stays when more come."""
    if st.session_state.get(key) not in there:
        st.session_state[key] = there[0]
    chosen = st.segmented_control(
        "Figure",
        there,
        format_func=lambda kind: SEARCH[kind][0],
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return chosen or there[0]


def _show(kind: str, results: SweepResults, figure: Figure | None, height: int) -> None:
    """A figure whose dots can be clicked."""
    key = f"sweep {kind} {results.sweep_id}"
    if figure is not None:
        live_figure(figure, key=key, height=height, on_pick=partial(_pick, results, key))


def _pick(results: SweepResults, key: str) -> None:
    name = picked(key)
    if name in {trial.model_id for trial in results.done}:
        st.session_state[_picked_key(results)] = name


def _picked_key(results: SweepResults) -> str:
    return f"model of {results.sweep_id}"


def show_picked(results: SweepResults, best: TrialResult) -> None:
    """The model that is picked, by a click or in the box, and where to go with it.

    Until one is picked it is the best so far.
    """
    others = {trial.model_id: trial for trial in results.done}
    key = _picked_key(results)
    before = st.session_state.get(key)
    if before not in others or before == st.session_state.get(f"{key}, followed"):
        st.session_state[key] = st.session_state[f"{key}, followed"] = best.model_id
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="sweep picked"
    ):
        chosen = st.selectbox(
            "Model: click a dot, or choose",
            sorted(others, key=lambda name: -others[name].elbo),
            format_func=lambda name: _model_words(others[name], best),
            key=key,
            width=400,
        )
        explore_model(chosen)
        model_card_of(chosen)
        if chosen != best.model_id:
            compare([best.model_id, chosen], "Compare with the best")


def _model_words(trial: TrialResult, best: TrialResult) -> str:
    mark = "best: " if trial.model_id == best.model_id else ""
    elbo = number(trial.elbo, ".2f", unit="nats")
    return literal(f"{mark}{values_words(trial)} · {elbo}")
