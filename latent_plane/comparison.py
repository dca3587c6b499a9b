"""Planes side by side: what several models make of the same example, with one lasso for all.

The planes of a group show the same examples, numbered by their place in the group; the browser
finds the one under the pointer, shows it in all of them and lets all decoders decode it.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane import assets
from latent_plane.plane import ImageOutput, TableOutput, output_data, packed_floats, plane_data
from latent_plane.plane_state import pack_rows, unpack_rows
from latent_plane.registration import program, register, unheard
from vae_core.arrays import Int64Array
from vae_core.errors import InvalidInput
from vae_core.latent.plane import Plane

MOST_PLANES = 4
_component = register(
    "compared_planes",
    html="comparison/comparison.html",
    module="comparison/main.js",
    styles=(
        "shared/base.css",
        "plane/plane.css",
        "plane/panel.css",
        "comparison/comparison.css",
    ),
)


@dataclass(frozen=True, eq=False)
class ComparedPlane:
    """One model's plane: `figure_url` has the group's examples by their places, `codes_url` where
    each lies, from `serve_numbers`.

    `title` and `note` stand beside its picture, `caption` under the plane. `classes` is how many
    labels a conditional decoder knows, 0 for others. `decoded` is the server's answer at the
    group's example, flattened.
    """

    title: str
    note: str
    caption: str
    figure_url: str
    decoder_url: str
    codes_url: str
    plane: Plane
    output: ImageOutput | TableOutput
    classes: int = 0
    decoded: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class ComparedGroup:
    """Planes of the same `count` examples, which `examples_url` names (`serve_examples`).

    `originals_url` serves the examples themselves as a decoder would answer them, None where they
    are not on this machine; `original` is the one at `at`. `at` and `selected` (n,) are where the
    rings begin and what is marked at first, as places among the examples.
    """

    planes: tuple[ComparedPlane, ...]
    output: ImageOutput | TableOutput
    count: int
    examples_url: str
    originals_url: str | None
    original: ArrayLike | None
    at: int
    selected: Int64Array = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, eq=False)
class ComparisonEvent:
    """Where the pointer was let go: the group, its example `at`, and what the lasso holds, (n,)."""

    group: int
    at: int
    selected: Int64Array
    serial: int


def compared_planes(
    groups: Sequence[ComparedGroup],
    *,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Show up to `MOST_PLANES` planes; a `key` is for one choice of models.

    Once shown, the browser leads: `comparison_event` says where the rings stand and what is marked.
    `on_change` is called before the rerun that a gesture causes. Raises `InvalidInput` for too many
    planes or none.
    """
    count = sum(len(group.planes) for group in groups)
    if not 1 <= count <= MOST_PLANES:
        raise InvalidInput(f"Expected 1 to {MOST_PLANES} planes. Received: {count}")
    served = program()
    event = comparison_event(key, groups)
    state = {
        **served,
        "key": key,
        "serial": event.serial if event else 0,
        "planes": [
            _plane(plane, number) for number, group in enumerate(groups) for plane in group.planes
        ],
        "groups": [_group(group) for group in groups],
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table.
        data={"modules": served["modules"], "state": json.dumps(state)},
        on_gesture_change=on_change or unheard,
    )


def comparison_event(key: str, groups: Sequence[ComparedGroup]) -> ComparisonEvent | None:
    """The newest gesture on the planes called `key`, None before the first."""
    gesture = (st.session_state.get(key) or {}).get("gesture")
    return read_gesture(gesture, [group.count for group in groups]) if gesture else None


def read_gesture(gesture: Mapping[str, Any], counts: Sequence[int]) -> ComparisonEvent | None:
    """A browser's message, in which anything may be; None when it makes no sense for groups of so
    many examples."""
    try:
        group, at, serial = (_whole(gesture[name]) for name in ("group", "at", "serial"))
        selected = unpack_rows(str(gesture.get("selected") or ""))
    except (KeyError, TypeError, ValueError):
        return None
    if group >= len(counts) or at >= counts[group]:
        return None
    return ComparisonEvent(group, at, selected[selected < counts[group]], serial)


def serve_examples(rows: ArrayLike, labels: ArrayLike, names: Sequence[str]) -> str:
    """URL of what the examples of a group are called: rows of the dataset (n,), labels (n,)."""
    content = {
        "rows": np.asarray(rows).tolist(),
        "labels": np.asarray(labels).tolist(),
        "names": list(names),
    }
    return assets.serve(json.dumps(content).encode(), suffix=".json")


def serve_numbers(values: ArrayLike, *, maximum: float = 1.0) -> str:
    """URL of numbers (n, ...), of each example in turn, that the browser divides by `maximum`.

    Bytes stay bytes, all else is float32.
    """
    array = np.asarray(values)
    array = array.reshape(len(array), -1)
    content: dict[str, Any] = {"size": array.shape[1], "maximum": maximum}
    if array.dtype == np.uint8:
        content["bytes"] = base64.b64encode(array.tobytes()).decode()
    else:
        content["floats"] = packed_floats(array)
    return assets.serve(json.dumps(content).encode(), suffix=".json")


def _plane(plane: ComparedPlane, group: int) -> dict[str, Any]:
    return {
        "title": plane.title,
        "note": plane.note,
        "caption": plane.caption,
        "group": group,
        "figure": plane.figure_url,
        "decoder": plane.decoder_url,
        "codes": plane.codes_url,
        "plane": plane_data(plane.plane),
        "output": output_data(plane.output),
        "classes": plane.classes,
        "decoded": None if plane.decoded is None else packed_floats(plane.decoded),
    }


def _group(group: ComparedGroup) -> dict[str, Any]:
    return {
        "examples": group.examples_url,
        "originals": group.originals_url,
        "original": None if group.original is None else packed_floats(group.original),
        "output": output_data(group.output),
        "at": group.at,
        "selected": pack_rows(group.selected),
    }


def _whole(value: object) -> int:
    """JSON may write a whole number as 3.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"Expected a number. Received: {value!r}")
    if value < 0 or value != int(value):
        raise ValueError(f"Expected a whole number from 0. Received: {value!r}")
    return int(value)
