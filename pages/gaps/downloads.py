"""The completed table as a file."""

from functools import partial

import streamlit as st

from pages.gaps.filled import filled_rows
from pages.shared.models import ServedModel
from vae_core.datasets.typed_table import completed_table, csv_bytes, parquet_bytes

FORMATS = {"CSV": ("csv", "text/csv"), "Parquet": ("parquet", "application/octet-stream")}


def offer(model: ServedModel) -> None:
    """Buttons that write the file only when they are pressed."""
    with st.container(horizontal=True):
        for label, (ending, mime) in FORMATS.items():
            st.download_button(
                f"Completed table, {label}",
                partial(written, model, label),
                file_name=f"{model.manifest.description.name}-completed.{ending}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
            )


def written(model: ServedModel, label: str) -> bytes:
    """The completed table in that format."""
    found = filled_rows(model)
    table = completed_table(found.completed, model.manifest.description, found.label)
    return csv_bytes(table) if label == "CSV" else parquet_bytes(table)
