"""The strangest examples by a score, each over its reconstruction and its errors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from latent_plane import assets
from latent_plane.contact_sheet import Contact, contact_sheet, opened_contact
from pages.anomalies.outliers import Intruder, stored
from pages.anomalies.scores import SCORES, Detected, detected
from pages.shared.example.picker import Example, example_of
from pages.shared.example.scores import held_out_rows
from pages.shared.models import ServedModel, served
from pages.shared.plane_view import DAY
from pages.shared.thumbnails import label_name
from vae_core.arrays import Float32Array, IndexArray, Int64Array, UInt8Array
from vae_core.figures import colour
from vae_core.figures.difference import difference_picture
from vae_core.figures.profiles import profiles
from vae_core.figures.raster import contact_sheet as one_picture
from vae_core.figures.raster import png_bytes, to_uint8

COUNT = 24
COLUMNS = 10
KEY = "strangest"
HELD_OUT, INTRUDERS = "Held-out examples", "Intruders"
MOST, LEAST = "Strangest first", "Least strange first"


@dataclass(frozen=True, eq=False)
class Sheet:
    """The picture of the cells, and what each of them is: `places` (n,) in the scores."""

    url: str
    ratio: float
    contacts: tuple[Contact, ...]
    places: IndexArray


def show_strangest(model: ServedModel, score: str, intruder: Intruder) -> Example | None:
    """Two choices and the sheet; the example that was opened, None before that."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = _choice("Of", [HELD_OUT, INTRUDERS])
        order = _choice("Order", [MOST, LEAST])
    model_id = model.manifest.model_id
    ours = who == HELD_OUT
    sheet = sheet_of(model_id, score, intruder, ours=ours, most=order == MOST)
    image = model.manifest.description.kind == "image"
    st.caption(
        (
            "From above: the example, what the decoder makes of its mean, and the error, red too "
            "much, blue too little. "
            if image
            else "A pair of bars a feature: dark the example, orange its reconstruction. "
        )
        + f"The number is its score in {SCORES[score].unit}. Choose one to see it closer."
    )
    scope = f"{model_id} {score} {intruder} {ours}"
    opened = st.session_state.get(KEY)
    chosen = opened[1] if opened and opened[0] == scope else None
    contact_sheet(
        key="strangest-sheet",
        sheet_url=sheet.url,
        columns=COLUMNS,
        ratio=sheet.ratio,
        contacts=sheet.contacts,
        chosen=chosen,
        width=64 if image else 84,
        reveal="strange-one",
        on_open=lambda: _open(scope, sheet),
    )
    return None if chosen is None else _example(model, intruder, chosen, ours=ours)


def close() -> None:
    """Open none of them; to be called before the page is shown."""
    st.session_state.pop(KEY, None)


@st.cache_resource(max_entries=64, ttl=DAY, show_spinner="Drawing the strangest …")
def sheet_of(model_id: str, score: str, intruder: Intruder, *, ours: bool, most: bool) -> Sheet:
    """The first `COUNT` held-out examples or intruders by a score."""
    model, found = served(model_id), detected(model_id, score, intruder)
    values = found.normal if ours else found.strange
    order = np.argsort(-values if most else values, kind="stable")[:COUNT]
    places = _places(model_id, found, ours=ours)[order]
    x, told = _examples(model, _source(intruder, ours=ours), places)
    cells = _cells(model, x, told)
    rows = _rows(model_id, found, ours=ours)
    contacts = tuple(
        _contact(model, SCORES[score].write(float(values[i])), int(place), rows, intruder)
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
    place = opened_contact("strangest-sheet", [contact.number for contact in sheet.contacts])
    if place is not None:
        st.session_state[KEY] = (scope, place)


def _source(intruder: Intruder, *, ours: bool) -> Intruder | None:
    """Where the examples are stored: those of one class are among the held-out ones."""
    return None if ours or intruder.kind == "class" else intruder


def _places(model_id: str, found: Detected, *, ours: bool) -> IndexArray:
    """Places of the scored examples among those that `stored` gives."""
    rows = found.rows if ours else found.strange_rows
    if rows is None:
        return np.arange(len(found.strange))
    return np.searchsorted(held_out_rows(model_id), rows)


def _rows(model_id: str, found: Detected, *, ours: bool) -> IndexArray | None:
    """Rows of the model's latents by place, None for what has none."""
    return held_out_rows(model_id) if ours or found.strange_rows is not None else None


def _examples(
    model: ServedModel, source: Intruder | None, places: IndexArray
) -> tuple[Float32Array, Int64Array | None]:
    """Values in the codec's units, and labels that the model is told."""
    x, told = stored(model.manifest.model_id, source)
    scale = np.float32(model.manifest.description.maximum)
    return np.asarray(x[places] / scale, np.float32), None if told is None else told[places]


def _cells(model: ServedModel, x: Float32Array, told: Any) -> UInt8Array:
    """The pictures (n, h, w, 3 or 1) of the sheet, bytes."""
    manifest = model.manifest
    made = model.codec.decode(model.codec.encode(x, told)[0], told)
    if manifest.description.kind == "table":
        return profiles(x, made, manifest.low, manifest.high)
    errors = np.stack([difference_picture(*pair) for pair in zip(x, made, strict=True)])
    grey = (np.broadcast_to(to_uint8(values), (*errors.shape[:3], 3)) for values in (x, made))
    return np.concatenate([*grey, errors], axis=1)


def _contact(
    model: ServedModel, number: str, place: int, rows: IndexArray | None, intruder: Intruder
) -> Contact:
    label, title = -1, f"{intruder.title(model)}, example {place:,}"
    if rows is not None:
        label = int(model.artifact.latents.label[rows[place]])
        names = model.manifest.description.labels
        title = f"{label_name(label, names)}, example {rows[place]:,}"
    return Contact(place, number.split()[0], f"{title}, {number}", colour(label))


def _example(model: ServedModel, intruder: Intruder, place: int, *, ours: bool) -> Example:
    source = _source(intruder, ours=ours)
    if source is None:
        return example_of(model, int(held_out_rows(model.manifest.model_id)[place]))
    x, told = _examples(model, source, np.array([place]))
    mean, log_var = model.codec.encode(x, told)
    title = f"{intruder.title(model)}: example {place:,}"
    label = None if told is None else int(told[0])
    return Example(x[0], None, label, mean[0], log_var[0], title)
