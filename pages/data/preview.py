"""What was understood of a dropped table, column by column, each to be corrected."""

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.data import added, reading, upload
from pages.data.columns import correct
from pages.shared import templates
from pages.shared.own_data import owner
from pages.shared.templates import literal
from vae_core.datasets.own.adding import add_file
from vae_core.datasets.own.choices import Choices, sanitised
from vae_core.datasets.own.preview import Note, Preview
from vae_core.errors import DataInvalid, LatentError
from vae_core.text import plural

FEW_REMARKS = 4
OPTION = re.compile(r" \(--[^)]*\)")
"""How the command line is told; the page has boxes."""
ANSWER = "Change it under *How to read the file*, or in the column's boxes."


def show_preview(file: Any) -> None:
    """What was understood and the button that adds the table, then the columns one by one."""
    top = st.container()
    choices = reading.choose(file)
    guessed = upload.understood(file, choices)
    choices = correct(file.file_id, guessed, choices)
    found = upload.understood(file, choices)
    with st.expander("First rows"):
        names = [each.column.name for each in found.columns]
        templates.show("data/head.html", names=names, rows=found.head)
    with top:
        _offer(file, choices, found)


def show(file: Any) -> None:
    """The preview, or why there is none."""
    try:
        show_preview(file)
    except DataInvalid as error:
        st.error(literal(error), icon=":material/error:")


def _offer(file: Any, choices: Choices, found: Preview) -> None:
    """The table in a line, its name and the button; under them what there is to be said."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="data offer"):
        _summarise(found)
        name = st.text_input(
            "Name",
            value=found.name,
            key=f"data name {file.file_id}",
            width=220,
            help="Small letters, digits and underscores; other signs are replaced.",
        )
        pressed = st.button(
            "Add this table",
            type="primary",
            icon=":material/add:",
            disabled=bool(found.problems),
        )
    _note(found.notes)
    if pressed:
        _add(file, choices.model_copy(update={"name": sanitised(name)}))


def _add(file: Any, choices: Choices) -> None:
    try:
        with st.spinner("Taking the table in …"), upload.on_disk(file) as path:
            own = add_file(path, choices, file_name=file.name, owner=owner())
    except (LatentError, OSError) as error:
        st.error(literal(error), icon=":material/error:")
        return
    upload.forget()
    added.remember(own.key)
    st.rerun()


def _summarise(found: Preview) -> None:
    columns = [each.column for each in found.columns]
    features = sum(c.role == "feature" and not c.constant for c in columns)
    gaps = sum(c.missing for c in columns if c.role == "feature")
    labels = [c.name for c in columns if c.role == "label"]
    label = f"label {literal(labels[0])}" if labels else "no label"
    cells = max(found.rows * max(features, 1), 1)
    st.markdown(
        f"**{plural(found.rows, 'row')}, {plural(len(columns), 'column')}**: "
        f"{plural(features, 'feature')}, {label}, {gaps / cells:.1%} of the cells missing"
    )


def _note(notes: Sequence[Note]) -> None:
    for note in notes:
        text = literal(OPTION.sub("", note.text))
        if note.kind == "problem":
            st.error(f"{text} {ANSWER}", icon=":material/error:")
        elif note.kind == "question":
            st.warning(f"{text} {ANSWER}", icon=":material/help:")
    remarks = [OPTION.sub("", note.text) for note in notes if note.kind == "remark"]
    if not remarks:
        return
    place = (
        st.container() if len(remarks) <= FEW_REMARKS else st.expander(f"{len(remarks)} remarks")
    )
    for text in remarks:
        place.caption(literal(text))
