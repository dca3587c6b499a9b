"""A sheet of originals over reconstructions, sorted by how well they fit; a click opens one."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from latent_plane import assets
from latent_plane.contact_sheet import Contact, contact_sheet, opened_contact
from pages.shared.example.picker import pick_row
from pages.shared.example.scores import QUANTITIES, HeldOut, held_out_scores
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.plane_view import DAY
from vae_core.arrays import IndexArray, UInt8Array
from vae_core.datasets import originals
from vae_core.errors import DataUnavailable
from vae_core.figures import colour
from vae_core.figures.profiles import profiles
from vae_core.figures.raster import contact_sheet as one_picture
from vae_core.figures.raster import png_bytes, to_uint8
from vae_core.text import label_name

COUNT = 100
COLUMNS = 10
LABEL = "label"
HIGHEST, LOWEST, SPREAD = "Highest", "Lowest", "From highest to lowest"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Everything that the browser needs of a sorted sheet; made once for all visitors."""

    url: str
    ratio: float
    contacts: tuple[Contact, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(contact.number for contact in self.contacts)


def show_sheet(model: ServedModel, key: str, *, chosen: int | None, reveal: str) -> None:
    """The sheet with the row `chosen` marked; a click makes its example that of the picker `key`.

    The page then scrolls to the container of key `reveal`.
    """
    kind = model.manifest.description.kind
    measured = held_out_scores(model)
    if measured is None:
        return
    names = {name: QUANTITIES[name].name for name in measured.quantities} | {LABEL: "Label"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            "Sort by", list(names), format_func=names.__getitem__, key=f"{key} by {kind}", width=190
        )
        order = SPREAD
        if by != LABEL:
            order = st.segmented_control(
                "Show",
                [SPREAD, HIGHEST, LOWEST],
                default=SPREAD,
                required=True,
                key=f"{key} order of pairs",
            )
    sheet = sheet_of(model, by, order)
    _explain(model, measured, len(sheet.contacts), None if by == LABEL else by)
    contact_sheet(
        key=f"{key}-pairs",
        sheet_url=sheet.url,
        columns=COLUMNS,
        ratio=sheet.ratio,
        contacts=sheet.contacts,
        chosen=chosen,
        width=72 if kind == "table" else 56,
        reveal=reveal,
        on_open=lambda: _open(model, key, sheet),
    )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=128, ttl=DAY, show_spinner="Drawing the sheet …")
def sheet_of(model: ServedModel, by: str, order: str) -> Sheet:
    """The sheet of a model's held-out examples, sorted by one of `QUANTITIES` or by label."""
    measured = held_out_scores(model)
    if measured is None:
        raise DataUnavailable(f"Expected the originals of {model.model_id} on this machine.")
    places = _places(model, measured, by, order)
    cells = _cells(model, measured.rows[places])
    picture = png_bytes(one_picture(cells, COLUMNS, gap=0))
    contacts = (_contact(model, measured, int(place), by) for place in places)
    url = assets.serve(picture, suffix=".png")
    return Sheet(url, cells.shape[2] / cells.shape[1], tuple(contacts))


def _open(model: ServedModel, key: str, sheet: Sheet) -> None:
    row = opened_contact(f"{key}-pairs", sheet.numbers)
    if row is not None:
        pick_row(model, key, row)


def _places(model: ServedModel, measured: HeldOut, by: str, order: str) -> IndexArray:
    """Places in `measured` of the examples to show, in the sheet's order."""
    if by == LABEL:
        return _by_label(model, measured)
    ranked = np.argsort(-measured.quantities[by], kind="stable")
    if order == LOWEST:
        ranked = ranked[::-1]
    if order == SPREAD:
        ranked = ranked[np.linspace(0, len(ranked) - 1, min(COUNT, len(ranked))).astype(int)]
    return np.asarray(ranked[:COUNT])


def _by_label(model: ServedModel, measured: HeldOut) -> IndexArray:
    """As many of each label, the ones with the highest ELBO first."""
    label = model.artifact.latents.label[measured.rows]
    found = np.unique(label)
    mixed = np.random.default_rng(0).permutation(len(label))
    share = -(-COUNT // len(found))
    chosen = [mixed[label[mixed] == name][:share] for name in found]
    elbo = measured.scores.elbo
    return np.concatenate([part[np.argsort(-elbo[part], kind="stable")] for part in chosen])[:COUNT]


def _cells(model: ServedModel, rows: IndexArray) -> UInt8Array:
    """The pictures (n, h, w, c) of the sheet, bytes."""
    manifest, latents = model.manifest, model.artifact.latents
    stored = originals(manifest.description.name, latents.index[rows])
    x = np.asarray(stored / np.float32(manifest.description.maximum), np.float32)
    made = model.codec.decode(latents.mean[rows], latents.label[rows] if model.classes else None)
    if manifest.description.kind == "table":
        return profiles(x, made, manifest.low, manifest.high)
    return np.concatenate([to_uint8(x), to_uint8(made)], axis=1)


def _contact(model: ServedModel, measured: HeldOut, place: int, by: str) -> Contact:
    row = int(measured.rows[place])
    label = int(model.artifact.latents.label[row])
    title = label_name(label, model.manifest.description.labels)
    if by == LABEL:
        return Contact(row, title, f"{title}, example {row:,}", colour(label))
    number = QUANTITIES[by].write(float(measured.quantities[by][place]))
    name = f"{title}, {QUANTITIES[by].name} {number}, example {row:,}"
    return Contact(row, number.split()[0], name, colour(label))


def _explain(model: ServedModel, measured: HeldOut, shown: int, by: str | None) -> None:
    kind = model.manifest.description.kind
    what = (
        "Original above, reconstruction below"
        if kind == "image"
        else "Two bars for each feature: the original dark, the reconstruction orange"
    )
    count = len(measured.rows)
    number = ""
    if by is not None:
        unit = QUANTITIES[by].unit
        number = f"; the number is the {QUANTITIES[by].name}{f' in {unit}' if unit else ''}"
    st.caption(
        f"{shown} of {count:,} held-out examples. {what}{number}; the line has the colour of the "
        "label. Click one to open it.",
        help="Here each example was scored with one draw of z, so ELBO and reconstruction differ "
        "slightly from the values above, which average over many draws.",
    )
