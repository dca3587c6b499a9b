"""How a file is to be read, where it is not as it looks."""

from typing import Any

import streamlit as st

from vae_core.datasets.own.choices import Choices

HEADER = {"As it looks": None, "The first row holds names": True, "The first row is data": False}
EXTREMES = {"Refuse them": "refuse", "Take them as missing": "missing"}
DECIMAL = {"As it looks": None, "Point": ".", "Comma": ","}


def choose(file: Any) -> Choices:
    """The boxes; nothing needs to be touched for a common file."""
    key = f"data {{}} {file.file_id}".format
    with st.expander("How to read the file", icon=":material/tune:"):
        with st.container(horizontal=True):
            header = st.selectbox("First row", list(HEADER), key=key("header"), width=220)
            decimal = st.selectbox("Decimal sign", list(DECIMAL), key=key("decimal"), width=160)
            extremes = st.selectbox(
                "Infinities and no-data numbers",
                list(EXTREMES),
                key=key("extremes"),
                width=240,
                help="Such as ±3.4e38: nothing can be learned from them.",
            )
        with st.container(horizontal=True):
            missing = st.text_input(
                "More words for a gap",
                key=key("missing"),
                placeholder="-999, unknown",
                help="Separated by commas. Empty cells, NA, NaN, null, ? and the like are known.",
            )
            keep = st.text_input(
                "Words that are values",
                key=key("keep"),
                placeholder="NA",
                help="Separated by commas: they look like a gap, but are a category.",
            )
        with st.container(horizontal=True):
            licence = st.text_input("Licence", key=key("licence"))
            note = st.text_input("Note for yourself", key=key("note"))
    return Choices.create(
        header=HEADER[header],
        decimal=DECIMAL[decimal],
        extremes=EXTREMES[extremes],
        missing=_words(missing),
        keep=_words(keep),
        licence=licence.strip(),
        note=note.strip(),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
