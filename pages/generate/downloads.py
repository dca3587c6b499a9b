"""Generated examples as files: a PNG of the grid, an NPZ of the arrays, a CSV of the rows."""

from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st

from pages.generate.sampling import Draw, Request, drawn
from pages.shared.models import ServedModel
from vae_core.datasets.typed_table import csv_bytes, parquet_bytes, typed_table
from vae_core.figures.raster import contact_sheet, png_bytes

SHEET_PIXELS = 1_000
"""A sheet is blown up by whole numbers to about this width."""
HELP = {
    "PNG": "All pictures in one file, lossless.",
    "NPZ": "For NumPy: x, z and label of all samples.",
    "CSV": "All rows, in the data's units.",
    "Parquet": "All rows, in the data's units and types.",
}


def offer(model: ServedModel, request: Request, *, columns: int) -> None:
    """Buttons that write files only when they are pressed; `columns` of the grid of pictures."""
    table = model.manifest.description.kind == "table"
    name = f"{model.model_id}-{request.method.lower().replace(' ', '-')}-seed{request.seed}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if table:
            _button("CSV", partial(rows_csv, model, request), f"{name}.csv", "text/csv")
            rows = partial(rows_parquet, model, request)
            _button("Parquet", rows, f"{name}.parquet", "application/octet-stream")
        else:
            sheet = partial(grid_png, model, request, columns=columns)
            _button("PNG", sheet, f"{name}.png", "image/png")
        arrays = partial(arrays_npz, drawn(model, request))
        _button("NPZ", arrays, f"{name}.npz", "application/octet-stream")


def grid_png(model: ServedModel, request: Request, *, columns: int) -> bytes:
    """The pictures in one PNG, in reading order, each pixel blown up to a square of one colour."""
    sheet = contact_sheet(drawn(model, request).x, columns)
    return png_bytes(sheet, scale=max(1, SHEET_PIXELS // sheet.shape[1]))


def arrays_npz(draw: Draw) -> bytes:
    """`x` (n, *shape), `z` (n, d) and `label` (n,) in NumPy's format; -1 stands for no label."""
    file = BytesIO()
    np.savez_compressed(file, x=draw.x, z=draw.z, label=draw.label)
    return file.getvalue()


def rows_csv(model: ServedModel, request: Request) -> bytes:
    """The rows in the data's own types and units; a conditional model's with their labels."""
    return csv_bytes(_table(model, request))


def rows_parquet(model: ServedModel, request: Request) -> bytes:
    """The same as Parquet."""
    return parquet_bytes(_table(model, request))


def _table(model: ServedModel, request: Request) -> Any:
    draw = drawn(model, request)
    label = draw.label if model.classes else None
    return typed_table(draw.x, model.manifest.description, label, units=True)


def _button(label: str, content: object, name: str, mime: str) -> None:
    st.download_button(
        label,
        content,  # type: ignore[arg-type]
        file_name=name,
        mime=mime,
        help=HELP[label],
        icon=":material/download:",
        on_click="ignore",
    )
