"""The table that a visitor drops: kept by the session, read in a child process."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from vae_core.datasets.own.adding import preview_file
from vae_core.datasets.own.choices import LARGEST_FILE, MEGABYTE, MOST_COLUMNS, MOST_ROWS, Choices
from vae_core.datasets.own.preview import Preview

TYPES = ("csv", "tsv", "txt", "xlsx", "xls", "ods", "parquet", "feather", "gz")
SERIAL = "data uploads"
SEEN = "data understood"
KEPT = 4
"""What was guessed and what was corrected, before the last change and after it."""


def ask() -> Any | None:
    """The dropped file, None while there is none."""
    st.markdown("## Your own table")
    st.caption(
        "Numbers, categories, dates and gaps, one row for each example. You see what was "
        "understood before anything is kept, and only you see the table until you share it."
    )
    return st.file_uploader(
        "Drop a table here",
        type=list(TYPES),
        max_upload_size=LARGEST_FILE // MEGABYTE,
        key=f"data upload {st.session_state.setdefault(SERIAL, 0)}",
        help=f"CSV, TSV, Excel, ODS, Parquet or Feather, also compressed by gzip; at most "
        f"{LARGEST_FILE // MEGABYTE} MB, {MOST_COLUMNS:,} columns and {MOST_ROWS:,} rows.",
    )


def forget() -> None:
    """Take the file out of the box."""
    st.session_state[SERIAL] += 1
    st.session_state.pop(SEEN, None)


def understood(file: Any, choices: Choices) -> Preview:
    """What is understood of the file under these choices; looked at once for each.

    Raises `DataInvalid`.
    """
    kept: tuple[str, list[tuple[Choices, Preview]]] = st.session_state.get(SEEN, ("", []))
    if kept[0] != file.file_id:
        kept = st.session_state[SEEN] = (file.file_id, [])
    for known, found in kept[1]:
        if known == choices:
            return found
    with st.spinner("Reading the table …"), on_disk(file) as path:
        found = preview_file(path, choices)
    kept[1].append((choices, found))
    del kept[1][:-KEPT]
    return found


@contextmanager
def on_disk(file: Any) -> Iterator[Path]:
    """The file under its own name in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="latent-upload-") as folder:
        path = Path(folder) / (Path(file.name.replace("\\", "/")).name or "table")
        path.write_bytes(file.getbuffer())
        yield path
