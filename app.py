"""Latent Explorer: the frame around the pages. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

# A file of our own: Streamlit fetches icons of any other kind from the internet.
ICON = Path(__file__).parent / "static" / "icon.png"
st.set_page_config(
    page_title="Latent Explorer",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
)

page = st.navigation(
    [
        st.Page(
            "app_pages/explore.py",
            title="Explore",
            icon=":material/explore:",
            help="Walk over the latent plane of a trained model and watch what it decodes.",
            default=True,
        ),
        st.Page(
            "app_pages/reconstruct.py",
            title="Reconstruct",
            icon=":material/compare:",
            help="Draw, bring or pick an example and see what a model makes of it.",
        ),
        st.Page(
            "app_pages/morph.py",
            title="Morph",
            icon=":material/timeline:",
            help="Walk from one example to another, straight, on arcs, or where examples are.",
        ),
        st.Page(
            "app_pages/generate.py",
            title="Generate",
            icon=":material/auto_awesome:",
            help="Samples that nobody measured, and what each latent dimension changes.",
        ),
        st.Page(
            "app_pages/card.py",
            title="Model card",
            icon=":material/id_card:",
            help="How good a model is, in stated units, how it was made, and its files.",
        ),
        st.Page(
            "app_pages/anomalies.py",
            title="Anomalies",
            icon=":material/troubleshoot:",
            help="How strange an example is to a model, and how well that tells intruders.",
        ),
        st.Page(
            "app_pages/train.py",
            title="Train",
            icon=":material/model_training:",
            help="Train a model with settings of your own and watch it learn.",
        ),
        st.Page(
            "app_pages/jobs.py",
            title="Jobs",
            icon=":material/list:",
            help="Everything that trains, waits or has ended on this server.",
        ),
    ],
    position="top",
)
page.run()
