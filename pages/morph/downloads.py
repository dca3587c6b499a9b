"""A morph to take along: a moving picture, a strip, and the points themselves."""

from functools import partial
from io import BytesIO, StringIO

import numpy as np
import streamlit as st

from pages.morph.methods import METHODS
from pages.shared.models import ServedModel
from vae_core.arrays import Float32Array
from vae_core.figures.animation import MEDIA_TYPES, Format, morph_film
from vae_core.figures.raster import contact_sheet, png_bytes
from vae_core.morph import Path

FORMATS: tuple[Format, ...] = ("gif", "apng", "webp")
STRIP = 12
"""Pictures of each path in a strip."""
SCALE = 4
"""Pixels of a strip for each pixel of a picture, on each side."""


def save_morph(model: ServedModel, paths: dict[str, Path], label: int | None) -> None:
    """A box of downloads; each file is made when somebody asks for it."""
    with st.popover("Save", icon=":material/download:", disabled=not paths):
        if not paths:
            return
        chosen = st.radio(
            "Path", list(paths), format_func=lambda name: METHODS[name].title, key="saved path"
        )
        z = paths[chosen].z
        stem = f"{model.manifest.spec.dataset}-morph-{chosen}"
        if model.manifest.description.kind == "image":
            _pictures(model, paths, z, label, stem)
        _download("Points z as NPY", f"{stem}.npy", "application/octet-stream", partial(npy, z))
        _download("Points z as CSV", f"{stem}.csv", "text/csv", partial(csv, z))
        st.caption(f"{len(z)} points, evenly spaced by output length from anchor to anchor.")


def film(model: ServedModel, z: Float32Array, label: int | None, kind: Format) -> bytes:
    """What is decoded at `z` (n, d), there and back, as a moving picture."""
    return morph_film(model.codec.decode(z, label), format=kind)


def strip(model: ServedModel, paths: dict[str, Path], label: int | None) -> bytes:
    """A PNG with a row of `STRIP` pictures for each path."""
    rows = [
        path.z[np.linspace(0, len(path.z) - 1, STRIP).round().astype(int)]
        for path in paths.values()
    ]
    images = model.codec.decode(np.concatenate(rows), label)
    return png_bytes(contact_sheet(images, STRIP), SCALE)


def npy(z: Float32Array) -> bytes:
    """`z` as a NumPy file without pickle."""
    file = BytesIO()
    np.save(file, z, allow_pickle=False)
    return file.getvalue()


def csv(z: Float32Array) -> bytes:
    """`z` (n, d) as lines of numbers under 'z1,z2,...'."""
    file = StringIO()
    head = ",".join(f"z{number + 1}" for number in range(z.shape[1]))
    np.savetxt(file, z, delimiter=",", fmt="%.6g", header=head, comments="")
    return file.getvalue().encode()


def _pictures(
    model: ServedModel, paths: dict[str, Path], z: Float32Array, label: int | None, stem: str
) -> None:
    for kind in FORMATS:
        name = f"{stem}.{'png' if kind == 'apng' else kind}"
        make = partial(film, model, z, label, kind)
        _download(f"Animation as {kind.upper()}", name, MEDIA_TYPES[kind], make)
    strips = f"{model.manifest.spec.dataset}-morph-strips.png"
    _download("All paths as a PNG", strips, "image/png", partial(strip, model, paths, label))


def _download(text: str, name: str, media_type: str, make: partial[bytes]) -> None:
    st.download_button(text, make, name, media_type, key=f"save {name}", on_click="ignore")
