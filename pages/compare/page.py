"""Compare: up to four models side by side, linked through their examples."""

import streamlit as st

from pages.compare.choosing import choose
from pages.compare.numbers import show_numbers
from pages.compare.planes import show_planes
from pages.shared.header import heading

heading("Compare")
choice = choose()
st.caption(
    "Each dot is one example, where that model's encoder puts it. Move or drag over any plane: "
    "the nearest example is shown in all of them, decoded by each model."
)
show_planes(choice)
show_numbers(choice)
