"""Anomalies: how strange an example is to a model, and how well that tells intruders."""

import streamlit as st

from pages.anomalies.detection import show_detection
from pages.anomalies.example_scores import mark_of, show_one
from pages.anomalies.outliers import Intruder, choose_intruder, explained
from pages.anomalies.scores import SCORES, detected, scores_for
from pages.anomalies.top_scores import close, show_strangest
from pages.shared.dataset_download import offer_originals
from pages.shared.example.picker import choose_example
from pages.shared.models import ServedModel, choose_model
from vae_core.datasets import is_available

KEY = "anomalies"


@st.fragment
def anomalies(model: ServedModel, score: str, intruder: Intruder) -> None:
    """All below the choices at the top."""
    found = detected(model, score, intruder)
    plot = st.container()
    one, sheet = st.columns(2, gap="large")
    with sheet:
        st.markdown("#### The strangest")
        opened = show_strangest(model, score, intruder)
    with one, st.container(key="strange-one"):
        st.markdown("#### How strange is this one?")
        example = opened or choose_example(model, KEY)
        if opened is not None:
            st.button("Draw or choose one", icon=":material/arrow_back:", on_click=close)
        if example is not None:
            show_one(model, example, score)
    with plot:
        mark = mark_of(model, example, score)
        show_detection(model, score, intruder, found, mark=mark)


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


with st.container(horizontal=True, vertical_alignment="bottom"):
    st.markdown("### Anomalies", width="content")
    chosen_model = choose_model()
    chosen_score = _choose_score(chosen_model)
    here = is_available(chosen_model.manifest.description.name)
    chosen_intruder = choose_intruder(chosen_model) if here else None
offer_originals(
    chosen_model.manifest.description,
    KEY,
    meanwhile="Digits and the tables among the datasets above need no download.",
)
if chosen_intruder is not None:
    st.caption(f"{SCORES[chosen_score].help} {explained(chosen_model, chosen_intruder)}")
    anomalies(chosen_model, chosen_score, chosen_intruder)
