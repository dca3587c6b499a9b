"""The frame around the pages: the script that Streamlit runs for each visitor."""

from pathlib import Path

import streamlit as st

from pages.shared.navigation import PAGES

FOLDER = Path(__file__).parent
# A file of our own: Streamlit fetches icons of any other kind from the internet.
ICON = FOLDER / "icon.png"
st.set_page_config(
    page_title="Latent Explorer",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
)

FIRST = next(iter(PAGES))
chosen = st.navigation(
    [
        st.Page(
            page.script,
            title=page.title,
            icon=page.icon,
            help=page.help,
            url_path=path,
            default=path == FIRST,
        )
        for path, page in PAGES.items()
    ],
    position="top",
)
own_sheet = (FOLDER / PAGES[chosen.url_path or FIRST].script).with_name("page.css")
for sheet in (FOLDER / "shared" / "pieces.css", own_sheet):
    if sheet.is_file():
        st.html(sheet)
chosen.run()
