"""Picture strips.

Query parameters choose the case: ?case=morph | still | colour | follow | broken | empty, and
?model=<directory in pretrained> the decoder instead of a tiny one.
"""

import numpy as np
import onnxruntime as ort
import streamlit as st

from latent_plane import ImageOutput, assets, latent_plane, plane_event
from latent_plane.strips import Row, picture_strips
from tests.browser.decoders import decoder
from tests.browser.running import REPOSITORY
from vae_core import figures
from vae_core.latent.plane import Plane, limits_of

WAYS = ("Straight line", "Along the sphere", "Along the decoder", "Over the data")

case = st.query_params.get("case", "morph")
model = st.query_params.get("model")
classes = 10 if case == "follow" else 0
shape = (8, 8, 3) if case == "colour" else (8, 8, 1)


@st.cache_resource
def graph(case: str, model: str | None) -> bytes:
    if model:
        return (REPOSITORY / "pretrained" / model / "decoder.onnx").read_bytes()
    return decoder(latent_dim=2, shape=shape, classes=classes)


def bow(bend: float, frames: int) -> np.ndarray:
    """A path from (-2, -1) to (2, 1) that bends to one side."""
    t = np.linspace(0, 1, frames)[:, None]
    line = (1 - t) * [[-2, -1]] + t * [[2, 1]]
    return np.asarray(line + bend * np.sin(np.pi * t) * [[-1, 2]], np.float32)


def rows() -> list[Row]:
    if case == "empty":
        return []
    if case == "follow":
        styles = bow(0.3, 9)
        return [Row(str(digit), "", styles, label=digit) for digit in range(classes)]
    if case == "still":
        away = np.linspace(-3, 3, 13)[:, None]
        walks = [np.asarray(away * [[i == 0, i == 1]], np.float32) for i in range(2)]
        sixteen = [walks[i % 2] * (1 - i / 20) for i in range(16)]
        return [
            Row(f"z{i + 1}", f"KL {2.4 - i / 8:.2f} nats", walk.astype(np.float32), muted=i > 12)
            for i, walk in enumerate(sixteen)
        ]
    bend = st.slider("Bend", 0.0, 1.0, 0.5)
    return [
        Row(name, f"latent length {4 + i:.1f}", bow(bend * i / 2, 61))
        for i, name in enumerate(WAYS)
    ]


def plane(url: str, output: ImageOutput) -> None:
    """A latent plane without examples, with what it decodes."""
    axes, limits = Plane.axes(0, 1, latent_dim=2), limits_of(np.zeros((0, 2)))
    figure = figures.latent_figure(
        np.zeros((0, 2), np.float32), names=axes.names, limits=limits, revision=case
    )
    event = plane_event("plane", z=[0, 0], label=0 if classes else None)
    latent_plane(
        key="plane",
        figure_url=assets.serve(figure.to_json().encode(), suffix=".json"),
        decoder_url=url,
        plane=axes,
        output=output,
        z=event.z,
        label=event.label,
        decoded=np.zeros((output.height, output.width, output.channels)),
        limits=limits,
        classes=[str(i) for i in range(classes)],
        height=360,
    )


content = graph(case, model)
height, width, channels = shape
if model:
    height, width, channels = ort.InferenceSession(content).get_outputs()[0].shape[1:]
url = assets.serve(content, suffix=".onnx")
if case == "follow":
    plane(url, ImageOutput(height, width, channels))
if case == "still" and st.toggle("Hide"):
    st.stop()
sparse = case == "still" and st.toggle("Only the ends and the middle")
event = picture_strips(
    key="strips",
    decoder_url="content/missing.onnx" if case == "broken" else url,
    output=ImageOutput(height, width, channels),
    classes=classes,
    rows=rows(),
    player=case not in ("still", "follow"),
    columns=3 if sparse else {"still": 13, "follow": 9}.get(case, 12),
    follow="plane" if case == "follow" else None,
)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.code(f"runs={st.session_state['runs']} row={event.row} frame={event.frame}")
