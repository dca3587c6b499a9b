"""Compare: up to four models side by side, linked through their examples."""

import streamlit as st

from pages.compare.choosing import choose
from pages.compare.numbers import show_numbers
from pages.compare.planes import show_planes
from pages.shared.header import intro

choice = choose()
with intro():
    st.caption(
        "Each dot is one example, placed by that model's encoder. The pictures or bars above the "
        "planes are the example itself and what each decoder makes of its code."
    )
show_planes(choice)
show_numbers(choice)
