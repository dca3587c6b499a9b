"""What the browser says about a plane, and what the server has made of it."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Int64Array

LARGEST = 1e6  # no z of any use is further out; beyond float32's range it would be infinite


def _no_rows() -> Int64Array:
    return np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class PlaneEvent:
    """Where the cursor stands and what is chosen.

    `z` (d,) float32; `label` the class that the decoder is told (conditional models), else None;
    `clicked` the row of the example that the cursor stands on, None when it stands between;
    `selected` the rows inside the lasso; `decodes_in_browser` is False once a browser has said
    that it cannot decode; `anchors` (k, d) float32 where the numbered handles stand, None without.
    """

    z: Float32Array
    label: int | None = None
    clicked: int | None = None
    selected: Int64Array = field(default_factory=_no_rows)
    decodes_in_browser: bool = True
    anchors: Float32Array | None = None


@dataclass
class Memory:
    """The server's side of one plane, in session state.

    `serial` counts the browser's gestures that are in `event`; `revision` counts the changes that
    Python made. The browser follows Python only when `revision` grows, so that its own z coming
    back never moves the cursor. `arrangement` is the same for the anchors.
    """

    event: PlaneEvent
    serial: int = 0
    revision: int = 0
    arrangement: int = 0

    def move(self, event: PlaneEvent) -> None:
        self.event = event
        self.revision += 1

    def hear(self, serial: int, event: PlaneEvent, *, arrangement: object) -> None:
        """Take in a gesture; its anchors only if the browser had the newest of Python's."""
        known, said = self.event.anchors, event.anchors
        alike = known is not None and said is not None and known.shape == said.shape
        if not alike or arrangement != self.arrangement:
            event = replace(event, anchors=known)
        self.serial, self.event = serial, event

    def arrange(self, anchors: Float32Array | None) -> None:
        """Put the anchors where Python wants them, unless they stand there."""
        if not np.array_equal(self.event.anchors, anchors):  # type: ignore[arg-type]
            self.event = replace(self.event, anchors=anchors)
            self.arrangement += 1


def plane_event(key: str, *, z: ArrayLike, label: int | None = None) -> PlaneEvent:
    """What the plane called `key` shows now; `z` (d,) and `label` are where it starts.

    Read it before `latent_plane` to decode at its `z`. Another length of z starts anew.
    """
    start = PlaneEvent(np.asarray(z, np.float32), label)
    return remembered(key, start=start).event


def move_plane(
    key: str,
    *,
    z: ArrayLike,
    label: int | None = None,
    clicked: int | None = None,
    selected: ArrayLike | None = None,
) -> None:
    """Put the cursor of the plane called `key` at `z` (d,); for callbacks and deep links.

    `selected` are the rows to mark; None leaves them as they are.
    """
    event = PlaneEvent(np.asarray(z, np.float32), label, clicked)
    memory = remembered(key, start=event)
    rows = memory.event.selected if selected is None else np.asarray(selected, np.int64)
    decodes = memory.event.decodes_in_browser
    anchors = memory.event.anchors
    memory.move(replace(event, selected=rows, decodes_in_browser=decodes, anchors=anchors))


def remembered(key: str, *, start: PlaneEvent) -> Memory:
    """The memory of a plane, with the browser's newest gesture taken in."""
    slot = f"{key}:memory"
    memory: Memory | None = st.session_state.get(slot)
    if memory is None or memory.event.z.shape != start.z.shape:
        decodes = memory is None or memory.event.decodes_in_browser
        memory = Memory(
            replace(start, decodes_in_browser=decodes),
            serial=memory.serial if memory else 0,
            revision=memory.revision + 1 if memory else 0,
            arrangement=memory.arrangement + 1 if memory else 0,
        )
        st.session_state[slot] = memory
    gesture = (st.session_state.get(key) or {}).get("gesture")
    if gesture and (read := read_gesture(gesture, latent_dim=len(start.z))):
        serial, event = read
        if serial > memory.serial:
            memory.hear(serial, event, arrangement=gesture.get("arrangement"))
    return memory


def read_gesture(gesture: Mapping[str, Any], *, latent_dim: int) -> tuple[int, PlaneEvent] | None:
    """Serial number and event of a browser's message; None when it makes no sense here.

    A message is made in the browser, hence anything may be in it; and after a change of model one
    with the former model's z may still arrive.
    """
    try:
        event = PlaneEvent(
            _point(gesture["z"], latent_dim),
            _integer(gesture.get("label")),
            _integer(gesture.get("clicked")),
            unpack_rows(gesture.get("selected") or ""),
            bool(gesture.get("decodes", True)),
            _anchors(gesture.get("anchors"), latent_dim),
        )
        serial = int(gesture.get("serial", 1))
    except (KeyError, TypeError, ValueError):
        return None
    return serial, event


def unpack_rows(text: str) -> Int64Array:
    """Row numbers of the set bits of a base64 bitset, first row in the highest bit.

    Raises ValueError for text that is not base64.
    """
    try:
        bits = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except binascii.Error as error:
        raise ValueError(f"Expected a base64 bitset. Received: {text[:40]!r}") from error
    return np.flatnonzero(np.unpackbits(bits)).astype(np.int64)


def pack_rows(rows: ArrayLike) -> str:
    """The base64 bitset of row numbers; '' for none."""
    rows = np.asarray(rows, np.int64)
    if not rows.size:
        return ""
    bits = np.zeros(int(rows.max()) + 1, np.uint8)
    bits[rows] = 1
    return base64.b64encode(np.packbits(bits).tobytes()).decode()


def _point(numbers: Sequence[float], latent_dim: int) -> Float32Array:
    z = np.asarray(numbers, np.float64)
    if z.shape != (latent_dim,) or not (np.abs(z) <= LARGEST).all():
        raise ValueError(f"Expected {latent_dim} numbers up to {LARGEST}. Received: {numbers!r}")
    return z.astype(np.float32)


def _anchors(rows: Sequence[Sequence[float]] | None, latent_dim: int) -> Float32Array | None:
    return np.stack([_point(numbers, latent_dim) for numbers in rows]) if rows else None


def _integer(value: object) -> int | None:
    """A row or a label; JSON may write it as 3.0."""
    if value is None:
        return None
    number = float(value) if isinstance(value, int | float) else math.nan
    if not number.is_integer() or number < 0:
        raise ValueError(f"Expected a whole number from 0. Received: {value!r}")
    return int(number)
