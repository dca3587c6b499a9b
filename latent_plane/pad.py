"""A drawing pad: each stroke is encoded and decoded in the browser while it is drawn."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane.plane import ImageOutput
from latent_plane.plane_state import LARGEST
from latent_plane.registration import program, register, unheard
from vae_core.arrays import Float32Array
from vae_core.errors import DataInvalid, InvalidInput

_component = register(
    "drawing_pad",
    html="pad/pad.html",
    module="pad/main.js",
    styles=("shared/base.css", "pad/pad.css"),
)


@dataclass(frozen=True, eq=False)
class PadEvent:
    """What is on the pad, as the model sees it.

    `picture` (h, w, 1) float32 in [0, 1], None when the pad is empty; `mean` and `log_var` (d,)
    float32 its posterior, None when the pad is empty, when Python has put the picture there and
    nobody has drawn since, and when the browser cannot encode: ask the codec then. `label` is the
    class that the model is told (conditional models), else None; `serial` counts the browser's
    messages.
    """

    picture: Float32Array | None = None
    mean: Float32Array | None = None
    log_var: Float32Array | None = None
    label: int | None = None
    serial: int = 0


@dataclass
class Memory:
    """The server's side of one pad, in session state.

    `given` is what Python wanted last: only something else changes the pad. `revision` counts
    those changes; the browser follows Python only when it grows.
    """

    event: PadEvent
    given: tuple[str, int | None]
    encoder: str
    revision: int = 0

    def put(self, **changes: Any) -> None:
        """Change what is on the pad; its posterior is then unknown."""
        self.event = replace(self.event, mean=None, log_var=None, **changes)
        self.revision += 1


def drawing_pad(
    *,
    key: str,
    encoder_url: str,
    decoder_url: str,
    output: ImageOutput,
    recipe: Literal["mnist", "box"],
    z_dim: int,
    label: int | None = None,
    classes: Sequence[str] = (),
    plane_key: str | None = None,
    picture: ArrayLike | None = None,
    height: int = 300,
    on_change: Callable[[], None] | None = None,
) -> PadEvent:
    """Show a pad to draw on and what the model makes of the drawing, and say what was drawn.

    `encoder_url` and `decoder_url` serve ONNX graphs (`assets.serve_file`) of `z_dim` latent
    dimensions for pictures as `output` says, with one channel. `recipe` turns a drawing into such
    a picture: 'mnist' as MNIST was made (ink's longest side to 20 pixels, centre of mass on
    pixel (14, 14) of 28 x 28), 'box' fits the ink into the whole picture. `classes` names the
    labels of a conditional model and `label` the one to begin with. `plane_key` is the key of a
    `latent_plane` on the same page that shall follow with its ring and the posterior's two-sigma
    ellipse. `picture` (h, w) or (h, w, 1) in [0, 1] is put onto the pad as it is; another one, or
    another `label`, than at the last call replaces what is there. `height` in pixels is the
    sheet's. `on_change` is called before the rerun that a stroke's end causes.

    Raises InvalidInput for arguments that do not fit each other, DataInvalid for a picture that
    does not fit the model.
    """
    _check(output, recipe=recipe, label=label, classes=classes)
    given = (encode_picture(picture, output=output), label if classes else None)
    memory = remembered(
        key, given=given, encoder=encoder_url, output=output, z_dim=z_dim, classes=len(classes)
    )
    served, event = program(), memory.event
    state = {
        **served,
        "key": key,
        "encoder": encoder_url,
        "decoder": decoder_url,
        "output": asdict(output),
        "recipe": recipe,
        "classes": list(classes),
        "plane": plane_key,
        "picture": encode_picture(event.picture, output=output),
        "label": event.label,
        "serial": event.serial,
        "revision": memory.revision,
        "height": height,
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table.
        data={"modules": served["modules"], "state": json.dumps(state)},
        on_gesture_change=on_change or unheard,
    )
    return event


def remembered(
    key: str,
    *,
    given: tuple[str, int | None],
    encoder: str,
    output: ImageOutput,
    z_dim: int,
    classes: int,
) -> Memory:
    """The memory of a pad, with the browser's newest message and Python's wish taken in."""
    picture, label = decode_picture(given[0], output=output), given[1]
    start = Memory(PadEvent(picture, label=label), given, encoder)
    memory: Memory = st.session_state.setdefault(f"{key}:memory", start)
    gesture = (st.session_state.get(key) or {}).get("gesture") or {}
    heard = read_gesture(gesture, output=output, z_dim=z_dim, classes=classes)
    if heard and heard.serial > memory.event.serial:
        memory.event, memory.encoder = heard, str(gesture.get("encoder"))
    if encoder != memory.encoder:  # another model: it sees the same drawing, elsewhere
        memory.event, memory.encoder = replace(memory.event, mean=None, log_var=None), encoder
    shown = memory.event.picture
    if given[0] != memory.given[0] or (shown is not None and shown.shape != _shape(output)):
        memory.put(picture=picture)
    if label != memory.given[1]:
        memory.put(label=label)
    memory.given = given
    return memory


def read_gesture(
    gesture: Mapping[str, Any], *, output: ImageOutput, z_dim: int, classes: int
) -> PadEvent | None:
    """The event of a browser's message; None when it makes no sense for this model.

    A message is made in the browser, hence anything may be in it.
    """
    label = gesture.get("label")
    if label not in (range(classes) if classes else (None,)):
        return None
    try:
        picture = decode_picture(gesture["picture"], output=output)
        mean, log_var = (_numbers(gesture.get(name), z_dim) for name in ("mean", "logVar"))
        serial = int(gesture["serial"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return PadEvent(picture, mean, log_var, None if label is None else int(label), serial)


def encode_picture(picture: ArrayLike | None, *, output: ImageOutput) -> str:
    """Base64 of a picture's grey values as bytes, row by row; '' for none.

    Raises DataInvalid when it is not (h, w) or (h, w, 1) of finite numbers in [0, 1].
    """
    if picture is None:
        return ""
    values = np.asarray(picture, np.float32)
    shape = (output.height, output.width)
    if values.shape not in (shape, (*shape, 1)) or not ((values >= 0) & (values <= 1)).all():
        raise DataInvalid(
            f"Expected `picture` of shape {shape} with values from 0 to 1. "
            f"Received: shape={values.shape}, from {values.min(initial=np.inf)} "
            f"to {values.max(initial=-np.inf)}"
        )
    return base64.b64encode(np.rint(values * 255).astype(np.uint8).tobytes()).decode()


def decode_picture(text: str, *, output: ImageOutput) -> Float32Array | None:
    """The picture (h, w, 1) of `encode_picture`'s text; ValueError for any other text."""
    if not text:
        return None
    try:
        grey = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except binascii.Error as error:
        raise ValueError(f"Expected base64. Received: {text[:40]!r}") from error
    return grey.reshape(_shape(output)).astype(np.float32) / np.float32(255)


def _numbers(values: Sequence[float] | None, count: int) -> Float32Array | None:
    if values is None:
        return None
    numbers = np.asarray(values, np.float64)
    if numbers.shape != (count,) or not (np.abs(numbers) <= LARGEST).all():
        raise ValueError(f"Expected {count} numbers up to {LARGEST}. Received: {values!r}")
    return numbers.astype(np.float32)


def _shape(output: ImageOutput) -> tuple[int, int, int]:
    return output.height, output.width, output.channels


def _check(output: ImageOutput, *, recipe: str, label: int | None, classes: Sequence[str]) -> None:
    if output.channels != 1:
        raise InvalidInput(f"Expected `output` with one channel. Received: {output}")
    if recipe not in ("mnist", "box"):
        raise InvalidInput(f"Expected `recipe` 'mnist' or 'box'. Received: {recipe!r}")
    if recipe == "mnist" and _shape(output) != (28, 28, 1):
        raise InvalidInput(f"Expected 28 x 28 pictures for recipe 'mnist'. Received: {output}")
    if classes and label not in range(len(classes)):
        raise InvalidInput(
            f"Expected `label` from 0 to {len(classes) - 1}, one of the classes. "
            f"Received: label={label}"
        )
