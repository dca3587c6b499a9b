"""Latent Explorer: the frame around the pages. Start it with `streamlit run app.py`."""

import streamlit as st

st.set_page_config(
    page_title="Latent Explorer",
    page_icon=":material/scatter_plot:",
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
