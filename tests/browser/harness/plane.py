"""The latent plane by itself.

Query parameters choose the case: ?case=image | table | six | conditional, ?points=10000.
"""

from typing import Any

import numpy as np
import onnxruntime as ort
import streamlit as st

from latent_plane import (
    Bar,
    ImageOutput,
    TableOutput,
    assets,
    latent_plane,
    move_plane,
    plane_event,
)
from tests.browser.decoders import decoder
from vae_core import figures
from vae_core.datasets.description import Feature
from vae_core.latent.plane import Plane, density, ellipse, limits_of

NAMES = {
    "image": [str(digit) for digit in range(10)],
    "table": ["setosa", "versicolor", "virginica"],
}
FEATURES = [Feature(name=name, unit="cm") for name in ("sepal length", "sepal width")]
FEATURES += [Feature(name=name, unit="cm") for name in ("petal length", "petal width")]

case = st.query_params.get("case", "image")
count = int(st.query_params.get("points", "600"))
latent_dim = {"six": 6, "one": 1}.get(case, 2)
table = case == "table"
names = NAMES["table" if table else "image"]
classes = names if case == "conditional" else []


@st.cache_resource
def prepared(case: str, count: int) -> dict[str, Any]:
    generator = np.random.default_rng(0)
    label = np.arange(count) % len(names)
    angle = 2 * np.pi * np.arange(len(names)) / len(names)
    z = generator.normal(0, 0.35, (count, latent_dim))
    z[:, 0] += 1.7 * np.cos(angle)[label]
    if latent_dim > 1:
        z[:, 1] += 1.7 * np.sin(angle)[label]
    shape = (4,) if table else (8, 8, 1)
    graph = decoder(
        latent_dim=latent_dim, shape=shape, classes=len(classes), scale=8.0 if table else 1.0
    )
    return {"label": label, "z": z.astype(np.float32), "graph": graph}


def decode(session: ort.InferenceSession, z: np.ndarray, label: int | None) -> np.ndarray:
    feeds = {"z": z[None]}
    if classes:
        feeds["y"] = np.eye(len(classes), dtype=np.float32)[[label or 0]]
    return session.run(["x"], feeds)[0][0]


data = prepared(case, count)
session = ort.InferenceSession(data["graph"])
plane = Plane.axes(0, 1, latent_dim=latent_dim)
points = plane.project(data["z"])
if latent_dim == 1:
    points = points[:, :1]
limits = limits_of(points)
if latent_dim == 1:
    limits = np.concatenate([limits, [[-1.2, 1.2]]])

start = np.zeros(latent_dim, np.float32)
if st.button("Go to example 7"):
    move_plane("plane", z=data["z"][7], clicked=7)
event = plane_event("plane", z=start, label=0 if classes else None)


@st.cache_data
def served(case: str, count: int) -> tuple[str, str, str | None]:
    crowd = None if latent_dim == 1 else density(points, limits=limits)
    figure = figures.latent_figure(
        points,
        labels=data["label"],
        label_names=names,
        names=plane.names,
        limits=limits,
        density=crowd,
        revision=case,
    )
    matrix = None
    if table:
        values = session.run(["x"], {"z": data["z"]})[0]
        matrix = figures.feature_matrix(
            values, features=FEATURES, labels=data["label"], label_names=names, revision=case
        )
    return (
        assets.serve(figure.to_json().encode(), suffix=".json"),
        assets.serve(data["graph"], suffix=".onnx"),
        assets.serve(matrix.to_json().encode(), suffix=".json") if matrix else None,
    )


figure_url, decoder_url, matrix_url = served(case, count)
outline = None
if event.clicked is not None:
    spread = np.full(latent_dim, -2.0, np.float32)
    outline = ellipse(data["z"][event.clicked], spread, plane)
output = (
    TableOutput(tuple(Bar(f.name, f.unit, 0.0, 8.0, i, i) for i, f in enumerate(FEATURES)))
    if table
    else ImageOutput(8, 8, 1)
)
event = latent_plane(
    key="plane",
    figure_url=figure_url,
    decoder_url=decoder_url,
    plane=plane,
    output=output,
    z=event.z,
    label=event.label,
    decoded=decode(session, event.z, event.label),
    limits=limits_of(data["z"]),
    classes=classes,
    ellipse=outline,
    feature_matrix_url=matrix_url,
    lasso=True,
)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.code(
    f"runs={st.session_state['runs']} z={np.round(event.z, 3).tolist()} label={event.label} "
    f"clicked={event.clicked} selected={len(event.selected)} decodes={event.decodes_in_browser}"
)
