"""The frame around the components: each has its own address, `/plane`, `/pad` and so on."""

from pathlib import Path

import streamlit as st

st.set_page_config(layout="wide")
HERE = Path(__file__).parent
components = [st.Page(HERE / f"{name}.py") for name in ("plane", "pad", "strips", "anchors")]
home = st.Page(lambda: st.write("A page for each component."), title="Home", default=True)
st.navigation([home, *components], position="hidden").run()
