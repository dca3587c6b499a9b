"""The frame around the pages: the script that Streamlit runs for each visitor."""

from pathlib import Path

import streamlit as st

from pages.shared.navigation import PAGES

# A file of our own: Streamlit fetches icons of any other kind from the internet.
ICON = Path(__file__).parent / "icon.png"
st.set_page_config(
    page_title="Latent Explorer",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
)

page = st.navigation(
    [
        st.Page(
            page.script,
            title=page.title,
            icon=page.icon,
            help=page.help,
            url_path=path,
            default=path == next(iter(PAGES)),
        )
        for path, page in PAGES.items()
    ],
    position="top",
)
page.run()
