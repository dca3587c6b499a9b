"""A small app around anchors on the plane, with the paths between them and their strips.

Query parameters: ?dim=2 (latent dimensions), ?model=<directory in pretrained> instead of a tiny
decoder.
"""

import numpy as np
import onnxruntime as ort
import streamlit as st

from latent_plane import ImageOutput, PlanePath, assets, latent_plane, plane_event
from latent_plane.strips import Row, picture_strips
from tests.browser.decoders import decoder
from tests.browser.running import REPOSITORY
from vae_core import figures
from vae_core.latent.plane import Plane, limits_of

COLOURS = {"Straight line": "#1e89f9", "With a bend": "#fc9722"}

model = st.query_params.get("model")
dim = int(st.query_params.get("dim", "2"))
start = np.zeros((3, dim), np.float32)
start[:, :2] = np.array([[-2, -1], [0.5, 1.5], [2, -0.5]])
start[:, 2:] = 0.25


@st.cache_resource
def graph(dim: int, model: str | None) -> bytes:
    if model:
        return (REPOSITORY / "pretrained" / model / "decoder.onnx").read_bytes()
    return decoder(latent_dim=dim, shape=(8, 8, 1))


def walk(anchors: np.ndarray, bend: float) -> np.ndarray:
    """Through all anchors, 61 points, swinging to one side on the way."""
    t = np.linspace(0, len(anchors) - 1, 61)
    line = np.stack([np.interp(t, np.arange(len(anchors)), column) for column in anchors.T], axis=1)
    line[:, 1] += bend * np.sin(np.pi * (t % 1))
    return line.astype(np.float32)


if st.button("Put them back") or "anchors" not in st.session_state:
    st.session_state["anchors"] = start
if st.button("Drop the last"):
    st.session_state["anchors"] = st.session_state["anchors"][:-1]


def moved() -> None:
    """The browser has let an anchor go."""
    st.session_state["anchors"] = plane_event("plane", z=[0] * dim).anchors


content = graph(dim, model)
height, width, channels = (
    ort.InferenceSession(content).get_outputs()[0].shape[1:] if model else (8, 8, 1)
)
url = assets.serve(content, suffix=".onnx")
axes = Plane.axes(0, 1, latent_dim=dim)
limits = limits_of(np.zeros((0, dim)))
figure = figures.latent_figure(
    np.zeros((0, 2), np.float32), names=axes.names, limits=limits[:2], revision="anchors"
)
event = plane_event("plane", z=[0] * dim)
anchors = st.session_state["anchors"]
walks = {name: walk(anchors, bend) for name, bend in zip(COLOURS, (0, 0.8), strict=True)}
event = latent_plane(
    key="plane",
    figure_url=assets.serve(figure.to_json().encode(), suffix=".json"),
    decoder_url=url,
    plane=axes,
    output=ImageOutput(height, width, channels),
    z=event.z,
    decoded=np.zeros((height, width, channels)),
    limits=limits,
    anchors=anchors,
    paths=[PlanePath(name, z, COLOURS[name]) for name, z in walks.items()],
    paths_follow="strips",
    height=420,
    on_change=moved,
)
picture_strips(
    key="strips",
    decoder_url=url,
    output=ImageOutput(height, width, channels),
    rows=[Row(name, f"{len(z)} pictures", z) for name, z in walks.items()],
)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
shown = np.round(anchors if event.anchors is None else event.anchors, 3)
st.code(f"runs={st.session_state['runs']} anchors={shown.tolist()}")
