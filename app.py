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
            "pages/explore.py",
            title="Explore",
            icon=":material/explore:",
            help="Walk over the latent plane of a trained model and watch what it decodes.",
            default=True,
        ),
    ],
    position="top",
)
page.run()
