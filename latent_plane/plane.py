"""The latent plane: a Streamlit component that decodes in the browser while the pointer moves.

Python draws the figure and names the decoder; the browser mounts them, follows the pointer and
tells Python where it was let go. What the decoder's output means is all that it is told of data.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from latent_plane.broadcast import Subscription, subscription_data
from latent_plane.plane_state import Memory, PlaneEvent, move_plane, pack_rows, remembered
from latent_plane.registration import program, register, unheard
from vae_core.arrays import Float32Array
from vae_core.errors import DataInvalid
from vae_core.latent.plane import Plane

_component = register(
    "latent_plane",
    html="plane/plane.html",
    module="plane/main.js",
    styles=(
        "shared/base.css",
        *(f"plane/{name}.css" for name in ("plane", "panel", "route", "layout")),
    ),
)


@dataclass(frozen=True)
class ImageOutput:
    """The decoder answers pictures (height, width, channels) in [0, 1]; 1 or 3 channels."""

    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Bar:
    """One column of a table: `low` and `high` are the ends of its bar, in its own unit.

    The decoder's numbers from `start` on, `width` of them, are what it says of the column number
    `column`: a value, to which `offset` is added, or probabilities of the `categories`. A date
    counts in `unit` from `since`. `counts` is the data's histogram between the ends, empty for a
    plain bar.
    """

    name: str
    unit: str
    low: float
    high: float
    column: int
    start: int
    width: int = 1
    kind: str = "real"
    categories: tuple[str, ...] = ()
    offset: float = 0.0
    since: str = ""
    whole: bool = False
    counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableOutput:
    """The decoder answers the parameters of each column; those of `bars` are shown."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, eq=False)
class PlanePath:
    """A line over the map through the points `z` (n, d) float32; `colour` in CSS's words."""

    name: str
    z: Float32Array
    colour: str


def latent_plane(
    *,
    key: str,
    figure_url: str,
    decoder_url: str,
    plane: Plane,
    output: ImageOutput | TableOutput,
    z: ArrayLike,
    label: int | None = None,
    decoded: ArrayLike | None,
    limits: ArrayLike,
    points: ArrayLike | None = None,
    classes: Sequence[str] = (),
    ellipse: ArrayLike | None = None,
    feature_matrix_url: str | None = None,
    anchors: ArrayLike | None = None,
    paths: Sequence[PlanePath] = (),
    paths_follow: str | None = None,
    lasso: bool = False,
    follows: Subscription | None = None,
    height: int = 600,
    on_change: Callable[[], None] | None = None,
) -> PlaneEvent:
    """Show a map of the latent space to walk on, and say where the walker let go.

    `figure_url` and `feature_matrix_url` serve the JSON of `vae_core.figures`, `decoder_url` an
    ONNX decoder (`assets.serve` and `assets.serve_file` make such URLs). Shapes: `z` (d,), where
    the cursor stands (`plane_event(key, ...).z`; any other value moves it there); `decoded`, the
    server's answer at `z`, flattened: the first picture, and the only ones for a browser that
    cannot decode (None leaves what is there); `limits` (d, 2), the ends of the sliders; `points`
    (n, 2), or (n, 1) on a line, where the figure's examples are by now, by their rows; `ellipse`
    (k, 2) on the plane. `classes` names the labels of a conditional decoder and is empty for
    others. `anchors` (k, d) are handles to drag, numbered from 1; they stand where Python says, so
    hand in those of `plane_event` to leave them where they were let go. `paths` are drawn over the
    map, each with a dot where the `picture_strips` of key `paths_follow` are. `lasso` lets one
    select examples. `follows` names the channel whose part "plane" (`plane_part`) replaces figure,
    decoder and points, while the cursor stays. `height` in pixels. `on_change` is called before
    the rerun that a gesture causes. Raises DataInvalid for anchors or paths of another latent
    dimension.
    """
    start = PlaneEvent(np.asarray(z, np.float32), label)
    memory = remembered(key, start=start)
    if label != memory.event.label or not np.array_equal(start.z, memory.event.z):
        move_plane(key, z=start.z, label=label)
    memory.arrange(None if anchors is None else _points(anchors, plane, name="anchors"))
    served = program()
    state = {
        **served,
        "key": key,
        **_scene(figure_url, decoder_url, points),
        **subscription_data(follows),
        "matrix": feature_matrix_url,
        "plane": plane_data(plane),
        "output": output_data(output),
        "classes": list(classes),
        "limits": np.asarray(limits, np.float32).tolist(),
        "z": memory.event.z.tolist(),
        "label": memory.event.label,
        "clicked": memory.event.clicked,
        "selected": pack_rows(memory.event.selected),
        "decoded": None if decoded is None else packed_floats(decoded),
        "ellipse": None if ellipse is None else packed_floats(ellipse),
        **_route_data(memory, paths, plane),
        "paths_follow": paths_follow,
        "lasso": lasso,
        "serial": memory.serial,
        "revision": memory.revision,
        "height": height,
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table, at a tenth of
        # the cost of a rerun.
        data={"modules": served["modules"], "state": json.dumps(state)},
        on_gesture_change=on_change or unheard,
    )
    return memory.event


def plane_part(*, figure_url: str, decoder_url: str, points: ArrayLike | None = None) -> str:
    """The part "plane" of a channel's status, as JSON; arguments as for `latent_plane`."""
    return json.dumps(_scene(figure_url, decoder_url, points))


def _scene(figure_url: str, decoder_url: str, points: ArrayLike | None) -> dict[str, Any]:
    rows = None if points is None else _rows(points)
    return {"figure": figure_url, "decoder": decoder_url, "points": rows}


def plane_data(plane: Plane) -> dict[str, Any]:
    """A plane as the browser's messages have it."""
    return {
        "origin": plane.origin.tolist(),
        "basis": plane.basis.tolist(),
        "names": list(plane.names),
    }


def output_data(output: ImageOutput | TableOutput) -> dict[str, Any]:
    """What a decoder answers, as the browser's messages have it."""
    kind = "image" if isinstance(output, ImageOutput) else "table"
    return {"kind": kind, **asdict(output)}


def _route_data(memory: Memory, paths: Sequence[PlanePath], plane: Plane) -> dict[str, Any]:
    lines = [
        {
            "name": path.name,
            "colour": path.colour,
            "points": packed_floats(plane.project(_points(path.z, plane, name=path.name))),
        }
        for path in paths
    ]
    anchors = memory.event.anchors
    return {
        "anchors": [] if anchors is None else anchors.tolist(),
        "arrangement": memory.arrangement,
        "paths": lines,
    }


def _points(values: ArrayLike, plane: Plane, *, name: str) -> Float32Array:
    points = np.asarray(values, np.float32)
    if points.ndim != 2 or points.shape[1] != plane.latent_dim or not np.isfinite(points).all():
        raise DataInvalid(
            f"Expected `{name}` of shape (n, {plane.latent_dim}), finite. "
            f"Received: shape={points.shape}"
        )
    return points


def _rows(values: ArrayLike) -> dict[str, Any]:
    points = np.asarray(values, np.float32)
    return {"width": points.shape[1], "values": packed_floats(points)}


def packed_floats(values: ArrayLike) -> str:
    """Little-endian float32 in base64: a third of the size of digits, and exact."""
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()
