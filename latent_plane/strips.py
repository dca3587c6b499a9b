"""Strips of decoded pictures under one slider: morphs, traversals, one row a class.

Python says which points the rows walk through; the browser decodes them and plays them.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from latent_plane.plane import ImageOutput
from latent_plane.registration import program, register, unheard
from vae_core.arrays import Float32Array
from vae_core.errors import DataInvalid, InvalidInput

_component = register(
    "picture_strips",
    html="strips/strips.html",
    module="strips/main.js",
    styles=("shared/base.css", "strips/strips.css"),
)


@dataclass(frozen=True, eq=False)
class Row:
    """One strip: the decoder's pictures at `z` (n, d) float32, in order; n = 0 shows none.

    `note` stands beside the `name`. `label` is the class that a conditional decoder is told, one
    for all pictures or one for each. `muted` greys the row, as for a latent dimension that the
    decoder ignores. `colour`, in CSS's words, is that of its line on a plane.
    """

    name: str
    note: str
    z: Float32Array
    label: int | tuple[int, ...] | None = None
    muted: bool = False
    colour: str | None = None

    def label_at(self, frame: int) -> int | None:
        """The class that the decoder is told for one picture."""
        return self.label[frame] if isinstance(self.label, tuple) else self.label


@dataclass(frozen=True)
class StripEvent:
    """The picture that was clicked: frame `frame` of row `row`, counted from 0; None for none yet.

    `serial` counts the clicks in a browser. A click on rows that are no longer shown is forgotten.
    """

    row: int | None = None
    frame: int | None = None
    serial: int = 0


def picture_strips(
    *,
    key: str,
    decoder_url: str,
    output: ImageOutput,
    rows: Sequence[Row],
    classes: int | Sequence[str] = 0,
    player: bool = True,
    columns: int = 12,
    follow: str | None = None,
    height: int | None = None,
    on_change: Callable[[], None] | None = None,
) -> StripEvent:
    """Show each row as a strip of `columns` pictures, sampled evenly, and say what was clicked.

    `decoder_url` serves an ONNX decoder that answers `output`; `classes`, their number or names,
    is for conditional ones. With `player`, one slider runs through all frames of all rows, and
    each row's picture of that moment stands at its left; its time, from 0 to 1, is published in
    the browser as `playing:<key>`. With `follow`, the key of a `latent_plane` on the page, and no
    `player`, that picture is instead what the row's class makes of the z that the plane shows.
    `height` in pixels bounds the rows, which then scroll. `on_change` is called before the rerun
    that a click causes. Raises InvalidInput and DataInvalid for arguments that do not fit.
    """
    count = classes if isinstance(classes, int) else len(classes)
    if player and follow is not None:
        raise InvalidInput("Expected `player=False` with `follow`. Received: player=True")
    if columns < 1:
        raise InvalidInput(f"Expected `columns` from 1. Received: columns={columns}")
    _check(rows, classes=count)
    digest = digest_of(rows, decoder_url=decoder_url)
    served = program()
    state = {
        **served,
        "key": key,
        "decoder": decoder_url,
        "output": asdict(output),
        "classes": count,
        "rows": [_row_data(row) for row in rows],
        "digest": digest,
        "player": player,
        "columns": columns,
        "follow": follow,
        "height": height,
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table.
        data={"modules": served["modules"], "state": json.dumps(state)},
        on_gesture_change=on_change or unheard,
    )
    gesture = (st.session_state.get(key) or {}).get("gesture")
    return read_click(gesture or {}, rows=rows, digest=digest)


def digest_of(rows: Sequence[Row], *, decoder_url: str) -> str:
    """What the pictures of `rows` depend on, by which a click is known to be on these."""
    shown = [decoder_url, *((row.label, row.z.shape, _floats(row.z)) for row in rows)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def read_click(gesture: Mapping[str, Any], *, rows: Sequence[Row], digest: str) -> StripEvent:
    """The event of a browser's message; an empty one when it speaks of no picture of `rows`."""
    row, frame, serial = (gesture.get(name) for name in ("row", "frame", "serial"))
    if not (isinstance(row, int) and isinstance(frame, int) and isinstance(serial, int)):
        return StripEvent()
    there = 0 <= row < len(rows) and 0 <= frame < len(rows[row].z)
    if not there or gesture.get("digest") != digest:
        return StripEvent()
    return StripEvent(row, frame, serial)


def _check(rows: Sequence[Row], *, classes: int) -> None:
    """Raise DataInvalid unless all rows fit one decoder."""
    for row in rows:
        size = rows[0].z.shape[-1] if rows[0].z.ndim == 2 else None
        if row.z.ndim != 2 or row.z.shape[1] != size or not np.isfinite(row.z).all():
            raise DataInvalid(
                f"Expected finite points (n, d) with one d for all rows. Received: "
                f"row {row.name!r} of shape {row.z.shape}, the first with d = {size}"
            )
        labels = row.label if isinstance(row.label, tuple) else (row.label,) * len(row.z)
        known = all(label is None or 0 <= label < classes for label in labels)
        if not known or len(labels) != len(row.z):
            raise DataInvalid(
                f"Expected `label` from 0 below the number of classes, {classes}, one or one a "
                f"picture. Received: row {row.name!r} with label={row.label}"
            )


def _row_data(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "note": row.note,
        "label": row.label,
        "muted": row.muted,
        "colour": row.colour,
        "z": _floats(row.z),
        "frames": len(row.z),
        "size": row.z.shape[1],
    }


def _floats(values: Float32Array) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()
