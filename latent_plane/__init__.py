"""The latent plane: a Streamlit component that decodes in the browser while the pointer moves.

Python draws the figure and names the decoder; the browser mounts them, follows the pointer and
tells Python where it was let go. What the decoder's output means is all that it is told of data.
"""

import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane import assets
from latent_plane.event import (
    PlaneEvent,
    move_plane,
    pack_rows,
    plane_event,
    remembered,
)
from vae_core.latent import Plane

__all__ = [
    "Bar",
    "ImageOutput",
    "PlaneEvent",
    "TableOutput",
    "latent_plane",
    "move_plane",
    "plane_event",
]

HERE = Path(__file__).parent
ONNX_RUNTIME = HERE.parent / "static" / "ort"

FRESH_SECONDS = 5
"""How long a changed JavaScript file may go unnoticed."""

STYLES = ("plane.css", "panel.css", "layout.css")

# Nothing but the way to the modules: this text travels with every rerun.
ENTRY = """
export default function (component) {
  const plane = import(new URL(component.data.modules + "/main.js", document.baseURI).href);
  plane.then(({ render }) => render(component));
  return () => plane.then(({ unmount }) => unmount(component.parentElement));
}
"""

_component = st.components.v2.component(
    "latent_plane",
    html=(HERE / "plane.html").read_text(encoding="utf-8"),
    css="\n".join((HERE / name).read_text(encoding="utf-8") for name in STYLES),
    js=ENTRY,
    isolate_styles=False,  # Plotly puts its own style sheet into the document
)


@dataclass(frozen=True)
class ImageOutput:
    """The decoder answers pictures (height, width, channels) in [0, 1]; 1 or 3 channels."""

    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Bar:
    """One feature of a table: `low` and `high` are the ends of its bar, in its own unit."""

    name: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class TableOutput:
    """The decoder answers one number a feature, in the data's units."""

    bars: tuple[Bar, ...]


def latent_plane(
    *,
    key: str,
    figure_url: str,
    decoder_url: str,
    plane: Plane,
    output: ImageOutput | TableOutput,
    z: ArrayLike,
    label: int | None = None,
    decoded: ArrayLike,
    limits: ArrayLike,
    classes: Sequence[str] = (),
    ellipse: ArrayLike | None = None,
    feature_matrix_url: str | None = None,
    height: int = 600,
    on_change: Callable[[], None] | None = None,
) -> PlaneEvent:
    """Show a map of the latent space to walk on, and say where the walker let go.

    `figure_url` and `feature_matrix_url` serve the JSON of `vae_core.figures`, `decoder_url` an
    ONNX decoder (`assets.serve` and `assets.serve_file` make such URLs). Shapes: `z` (d,), where
    the cursor stands (`plane_event(key, ...).z`; any other value moves it there); `decoded`, the
    server's answer at `z`, flattened: the first picture, and the only ones for a browser that
    cannot decode; `limits` (d, 2), the ends of the sliders; `ellipse` (k, 2) on the plane.
    `classes` names the labels of a conditional decoder and is empty for others. `height` in
    pixels. `on_change` is called before the rerun that a gesture causes.
    """
    start = PlaneEvent(np.asarray(z, np.float32), label)
    memory = remembered(key, start=start)
    if label != memory.event.label or not np.array_equal(start.z, memory.event.z):
        move_plane(key, z=start.z, label=label)
    program = _program(assets.served_root(), int(time.monotonic() // FRESH_SECONDS))
    state = {
        **program,
        "key": key,
        "figure": figure_url,
        "matrix": feature_matrix_url,
        "decoder": decoder_url,
        "plane": _plane_data(plane),
        "output": _output_data(output),
        "classes": list(classes),
        "limits": np.asarray(limits, np.float32).tolist(),
        "z": memory.event.z.tolist(),
        "label": memory.event.label,
        "clicked": memory.event.clicked,
        "selected": pack_rows(memory.event.selected),
        "decoded": _floats(decoded),
        "ellipse": None if ellipse is None else _floats(ellipse),
        "serial": memory.serial,
        "revision": memory.revision,
        "height": height,
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table, at a tenth of
        # the cost of a rerun.
        data={"modules": program["modules"], "state": json.dumps(state)},
        on_gesture_change=on_change or _nothing,
    )
    return memory.event


@lru_cache(maxsize=8)
def _program(root: Path, _moment: int) -> dict[str, str]:
    """URLs of what every plane runs on; `_moment` makes the files be looked at again."""
    return {
        "modules": assets.serve_directory(HERE / "js", root=root),
        "runtime": assets.serve_directory(ONNX_RUNTIME, root=root),
        "plotly": assets.plotly_url(root=root),
    }


def _plane_data(plane: Plane) -> dict[str, Any]:
    return {
        "origin": plane.origin.tolist(),
        "basis": plane.basis.tolist(),
        "names": list(plane.names),
    }


def _output_data(output: ImageOutput | TableOutput) -> dict[str, Any]:
    kind = "image" if isinstance(output, ImageOutput) else "table"
    return {"kind": kind, **asdict(output)}


def _floats(values: ArrayLike) -> str:
    """Little-endian float32 in base64: a third of the size of digits, and exact."""
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def _nothing() -> None:
    """Streamlit wants a callback for each state name, even where nobody listens."""
