"""The examples with the highest or lowest scores, each over its reconstruction and its errors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from latent_plane import assets
from latent_plane.contact_sheet import Contact, contact_sheet, opened_contact
from pages.anomalies.example_scores import PLACE
from pages.anomalies.outliers import Outliers, stored
from pages.anomalies.scores import SCORES, Detected, detected
from pages.shared.example.picker import Example, example_of
from pages.shared.example.scores import held_out_rows
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.plane_view import DAY
from vae_core.arrays import Float32Array, IndexArray, Int64Array, UInt8Array
from vae_core.figures import colour
from vae_core.figures.difference import difference_picture
from vae_core.figures.profiles import profiles
from vae_core.figures.raster import contact_sheet as one_picture
from vae_core.figures.raster import png_bytes, to_uint8
from vae_core.text import label_name

COUNT = 24
COLUMNS = 10
KEY = "top scores"
SHEET = "top-scores-sheet"
HELD_OUT, OUTLIERS = "Held-out examples", "Outliers"
HIGHEST, LOWEST = "Highest scores", "Lowest scores"


@dataclass(frozen=True, eq=False)
class Sheet:
    """The picture of the cells, and what each of them is: `places` (n,) in the scores."""

    url: str
    ratio: float
    contacts: tuple[Contact, ...]
    places: IndexArray


def show_top_scores(model: ServedModel, score: str, outliers: Outliers) -> Example | None:
    """Two choices and the sheet; the example that was opened, None before that."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = _choice("Of", [HELD_OUT, OUTLIERS])
        order = _choice("Order", [HIGHEST, LOWEST])
    ours = who == HELD_OUT
    sheet = sheet_of(model, score, outliers, ours=ours, highest=order == HIGHEST)
    image = model.manifest.description.kind == "image"
    st.caption(
        (
            "From top to bottom: the example, its reconstruction, and the error (red: too much, "
            "blue: too little). "
            if image
            else "Two bars for each feature: the example dark, its reconstruction orange. "
        )
        + f"The number is the score, in {SCORES[score].unit}. Click one to look closer."
    )
    scope = f"{model.model_id} {score} {outliers} {ours}"
    opened = st.session_state.get(KEY)
    chosen = opened[1] if opened and opened[0] == scope else None
    contact_sheet(
        key=SHEET,
        sheet_url=sheet.url,
        columns=COLUMNS,
        ratio=sheet.ratio,
        contacts=sheet.contacts,
        chosen=chosen,
        width=64 if image else 84,
        reveal=PLACE,
        on_open=lambda: _open(scope, sheet),
    )
    return None if chosen is None else _example(model, outliers, chosen, ours=ours)


def close() -> None:
    """Open none of them; to be called before the page is shown."""
    st.session_state.pop(KEY, None)


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=64, ttl=DAY, show_spinner="Drawing the examples …"
)
def sheet_of(
    model: ServedModel, score: str, outliers: Outliers, *, ours: bool, highest: bool
) -> Sheet:
    """The first `COUNT` held-out examples or outliers by a score."""
    found = detected(model, score, outliers)
    values = found.normal if ours else found.outliers
    order = np.argsort(-values if highest else values, kind="stable")[:COUNT]
    places = _places(model, found, ours=ours)[order]
    x, labels = _examples(model, _source(outliers, ours=ours), places)
    cells = _cells(model, x, labels)
    rows = _rows(model, found, ours=ours)
    contacts = tuple(
        _contact(model, SCORES[score].write(float(values[i])), int(place), rows, outliers)
        for i, place in zip(order, places, strict=True)
    )
    url = assets.serve(png_bytes(one_picture(cells, COLUMNS, gap=0)), suffix=".png")
    return Sheet(url, cells.shape[2] / cells.shape[1], contacts, places)


def _choice(name: str, options: list[str]) -> str:
    return st.segmented_control(
        name,
        options,
        default=options[0],
        required=True,
        key=f"{KEY} {name}",
        label_visibility="collapsed",
    )


def _open(scope: str, sheet: Sheet) -> None:
    place = opened_contact(SHEET, [contact.number for contact in sheet.contacts])
    if place is not None:
        st.session_state[KEY] = (scope, place)


def _source(outliers: Outliers, *, ours: bool) -> Outliers | None:
    """Where the examples are stored: those of one class are among the held-out ones."""
    return None if ours or outliers.kind == "class" else outliers


def _places(model: ServedModel, found: Detected, *, ours: bool) -> IndexArray:
    """Places of the scored examples among those that `stored` gives."""
    rows = found.rows if ours else found.outlier_rows
    if rows is None:
        return np.arange(len(found.outliers))
    return np.searchsorted(held_out_rows(model), rows)


def _rows(model: ServedModel, found: Detected, *, ours: bool) -> IndexArray | None:
    """Rows of the model's latents by place, None for what has none."""
    return held_out_rows(model) if ours or found.outlier_rows is not None else None


def _examples(
    model: ServedModel, source: Outliers | None, places: IndexArray
) -> tuple[Float32Array, Int64Array | None]:
    """Values in the codec's units, and the labels that a conditional model is given."""
    x, labels = stored(model, source)
    scale = np.float32(model.manifest.description.maximum)
    return np.asarray(x[places] / scale, np.float32), None if labels is None else labels[places]


def _cells(model: ServedModel, x: Float32Array, label: Any) -> UInt8Array:
    """The pictures (n, h, w, 3 or 1) of the sheet, bytes."""
    manifest = model.manifest
    made = model.codec.decode(model.codec.encode(x, label)[0], label)
    if manifest.description.kind == "table":
        return profiles(x, made, manifest.low, manifest.high)
    errors = np.stack([difference_picture(*pair) for pair in zip(x, made, strict=True)])
    grey = (np.broadcast_to(to_uint8(values), (*errors.shape[:3], 3)) for values in (x, made))
    return np.concatenate([*grey, errors], axis=1)


def _contact(
    model: ServedModel, number: str, place: int, rows: IndexArray | None, outliers: Outliers
) -> Contact:
    label, title = -1, f"{outliers.title(model)}, example {place:,}"
    if rows is not None:
        label = int(model.artifact.latents.label[rows[place]])
        names = model.manifest.description.labels
        title = f"{label_name(label, names)}, example {rows[place]:,}"
    return Contact(place, number.split()[0], f"{title}, {number}", colour(label))


def _example(model: ServedModel, outliers: Outliers, place: int, *, ours: bool) -> Example:
    source = _source(outliers, ours=ours)
    if source is None:
        return example_of(model, int(held_out_rows(model)[place]))
    x, labels = _examples(model, source, np.array([place]))
    mean, log_var = model.codec.encode(x, labels)
    title = f"{outliers.title(model)}: example {place:,}"
    label = None if labels is None else int(labels[0])
    return Example(x[0], None, label, mean[0], log_var[0], title)
