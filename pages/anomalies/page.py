"""Anomalies: how unusual an example is to a model, and how well that tells outliers apart."""

import streamlit as st

from pages.anomalies.codes_alone import show_codes_alone
from pages.anomalies.detection import show_detection
from pages.anomalies.example_scores import PLACE, mark_of, show_example
from pages.anomalies.outliers import Outliers, choose_outliers, explained
from pages.anomalies.scores import SCORES, detected, scores_for
from pages.anomalies.top_scores import close, show_top_scores
from pages.shared.example.picker import choose_example
from pages.shared.header import header, intro
from pages.shared.models import ServedModel
from vae_core.datasets import has_test

KEY = "anomalies"


@st.fragment
def anomalies(model: ServedModel, score: str, outliers: Outliers) -> None:
    """All below the choices at the top."""
    found = detected(model, score, outliers)
    plot = st.container()
    one, sheet = st.columns(2, gap="large")
    with sheet:
        st.markdown("## Examples by score")
        opened = show_top_scores(model, score, outliers)
    with one, st.container(key=PLACE):
        st.markdown("## How unusual is this example?")
        example = opened or choose_example(model, KEY)
        if opened is not None:
            st.button("Draw or choose one", icon=":material/arrow_back:", on_click=close)
        if example is not None:
            show_example(model, example, score)
    with plot:
        mark = mark_of(model, example, score)
        show_detection(model, score, outliers, found, mark=mark)


def _choose_score(model: ServedModel) -> str:
    offered = scores_for(model)
    return st.selectbox(
        "Score",
        offered,
        format_func=lambda name: SCORES[name].name,
        key="score",
        bind="query-params",
        width=240,
        help="\n".join(f"- **{SCORES[name].name}**: {SCORES[name].help}" for name in offered),
    )


with header("Anomalies") as chosen_model:
    here = has_test(chosen_model.manifest.description.name)
    if here:
        chosen_score, chosen_outliers = _choose_score(chosen_model), choose_outliers(chosen_model)
if not here:
    show_codes_alone(chosen_model)
else:
    with intro():
        st.caption(f"{SCORES[chosen_score].help} {explained(chosen_model, chosen_outliers)}")
    anomalies(chosen_model, chosen_score, chosen_outliers)
