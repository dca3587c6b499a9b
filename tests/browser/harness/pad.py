"""The drawing pad.

Query parameters choose the case: ?case=mnist | digits | conditional | missing (its encoder is
not there), and what the page has besides: &plane=1 the latent plane, &twice=1 a second pad.
"""

import numpy as np
import streamlit as st

from latent_plane import ImageOutput, assets, latent_plane, plane_event
from latent_plane.pad import PadEvent, drawing_pad
from vae_core import figures
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import DECODER, ENCODER, Manifest
from vae_core.latent.plane import Plane, limits_of

case = st.query_params.get("case", "mnist")


@st.cache_resource
def shipped(dataset: str, conditional: bool) -> tuple[Artifact, OnnxCodec]:
    kind, found = (dataset, conditional, 2), dict[str, Manifest]()
    for entry in registry.models(within=registry.roots()[:1]):
        spec = entry.manifest.spec if entry.manifest else None
        if spec and (spec.dataset, spec.conditional, spec.latent_dim) == kind:
            assert entry.manifest
            found[entry.model_id] = entry.manifest
    artifact = registry.open_model(min(found, key=lambda name: registry.rank(found[name])))
    return artifact, OnnxCodec(artifact)


artifact, codec = shipped("digits" if case == "digits" else "mnist", case == "conditional")
plane = Plane.axes(0, 1, latent_dim=2)
limits = limits_of(artifact.latents.mean)
labels = artifact.manifest.description.labels


@st.cache_data
def figure_url(case: str) -> str:
    figure = figures.latent_figure(
        plane.project(artifact.latents.mean[:600]),
        labels=artifact.latents.label[:600],
        label_names=labels,
        names=plane.names,
        limits=limits,
        density=None,
        revision=case,
    )
    return assets.serve(figure.to_json().encode(), suffix=".json")


def pad(key: str) -> PadEvent:
    encoder_url = assets.serve_file(artifact.file(ENCODER))
    return drawing_pad(
        key=key,
        encoder_url="content/none.onnx" if case == "missing" else encoder_url,
        decoder_url=assets.serve_file(artifact.file(DECODER)),
        output=ImageOutput(*codec.shape),
        recipe="box" if case == "digits" else "mnist",
        z_dim=2,
        label=3 if codec.classes else None,
        classes=labels if codec.classes else (),
        plane_key="plane" if key == "pad" else None,
        picture=st.session_state.get("put"),
    )


if st.button("Put a picture"):
    decoded = codec.decode(np.array([[0.7, -0.9]]), 3 if codec.classes else None)[0]
    st.session_state["put"] = np.rint(decoded * 255) / 255
event = pad("pad") if st.toggle("Pad", value=True) else PadEvent()
if "twice" in st.query_params:
    pad("other")
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
difference = "None"
if event.picture is not None and event.mean is not None:
    mean, log_var = codec.encode(event.picture[None], event.label)
    worst = max(np.abs(mean[0] - event.mean).max(), np.abs(log_var[0] - event.log_var).max())
    difference = f"{worst:.1e}"
st.code(
    f"runs={st.session_state['runs']} serial={event.serial} label={event.label} "
    f"ink={'None' if event.picture is None else round(float(event.picture.sum()), 2)} "
    f"mean={'None' if event.mean is None else np.round(event.mean, 3).tolist()} "
    f"difference={difference}"
)
if "plane" in st.query_params:
    start = plane_event("plane", z=np.zeros(2), label=3 if codec.classes else None)
    shown = latent_plane(
        key="plane",
        figure_url=figure_url(case),
        decoder_url=assets.serve_file(artifact.file(DECODER)),
        plane=plane,
        output=ImageOutput(*codec.shape),
        z=start.z,
        label=start.label,
        decoded=codec.decode(start.z[None], start.label)[0],
        limits=limits,
        classes=labels if codec.classes else (),
    )
    st.code(f"plane z={np.round(shown.z, 3).tolist()}")
