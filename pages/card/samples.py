"""What a model makes of held-out examples, and of places all over its prior."""

import numpy as np
import streamlit as st

from latent_plane.live_figures import live_figure
from pages.shared import links, thumbnails
from pages.shared.dataset_download import not_here
from pages.shared.example.scores import held_out_rows
from pages.shared.models import BOX, BY_NAME, ServedModel
from pages.shared.plane_view import telling_features
from pages.shared.templates import render
from vae_core.arrays import IndexArray, Int64Array, UInt8Array
from vae_core.datasets import has_test, originals
from vae_core.figures import Figure
from vae_core.figures.feature_maps import feature_maps
from vae_core.figures.profiles import profiles
from vae_core.figures.raster import contact_sheet, data_uri, originals_over_reconstructions
from vae_core.latent import sampling
from vae_core.latent.plane import quantile_grid

EXAMPLES = 12
COLUMNS = {"image": 6, "table": 4}
SIDE = 28
"""Smaller pictures are blown up by whole numbers to at least so many pixels, for thin gaps."""
GRID = 20
SMALL_GRID = 10
"""Cells across of samples, and of pictures so small that they would run into each other."""
ROWS = 6
PLACES = 31
MAPS = 520
"""Height of a table's maps in pixels."""


def show_reconstructions(model: ServedModel) -> None:
    """Held-out originals over what the model makes of them."""
    description = model.manifest.description
    st.markdown(
        f"**{EXAMPLES} held-out examples**",
        help="Drawn at random, with equally many of each label as far as possible; none was "
        "chosen for its looks. Each is decoded at the mean of its posterior.",
    )
    if not has_test(description.name):
        st.caption(f"{not_here(description)}, so they can't be shown.")
        return
    st.html(_reconstructions(model))
    what = (
        "Originals above, reconstructions below."
        if description.kind == "image"
        else "Two bars for each feature: the original dark, the reconstruction orange."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(what, width="stretch")
        links.look_closer(model)


def show_manifold(model: ServedModel) -> None:
    """What is decoded at places that the prior finds equally likely, or at its samples."""
    flat, table = model.codec.latent_dim == 2, model.manifest.description.kind == "table"
    if flat and table:
        title, help_text = (
            "What each point of the plane decodes to",
            "For z from −3 to 3, each in its unit.",
        )
    elif flat:
        title = "The plane, decoded"
        help_text = (
            "Cells of equal probability under the prior, each decoded at its median (Kingma & "
            "Welling, 2014, figure 4)."
        )
    else:
        title, help_text = (
            "Samples from the prior",
            "Draws of z from the standard normal, decoded; seed 0.",
        )
    st.markdown(f"**{title}**", help=help_text)
    label = None
    if model.classes:
        label = st.selectbox(
            "Label given to the decoder",
            range(len(model.classes)),
            format_func=model.classes.__getitem__,
            key=f"card label of {model.model_id}",
            width=BOX,
        )
    if not table:
        st.html(_manifold(model, label))
    elif flat:
        key = f"card maps {model.model_id}"
        live_figure(_maps(model, label), key=key, height=MAPS)
    else:
        z = sampling.prior(ROWS, model.codec.latent_dim)
        heads = [str(number + 1) for number in range(ROWS)]
        features = model.manifest.description.features
        thumbnails.example_table(model.codec.decode(z, label), heads, features)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def _reconstructions(model: ServedModel) -> str:
    """The sheet as HTML."""
    latents, manifest = model.artifact.latents, model.manifest
    rows = _examples(held_out_rows(model), latents.label)
    stored = originals(manifest.description.name, latents.index[rows])
    x = np.asarray(stored / np.float32(manifest.description.maximum), np.float32)
    made = model.codec.decode(latents.mean[rows], latents.label[rows] if model.classes else None)
    columns = COLUMNS[manifest.description.kind]
    if manifest.description.kind == "table":
        cells = profiles(x, made, manifest.low, manifest.high)
        return _sheet(contact_sheet(cells, columns, gap=6), "rows and reconstructions")
    large = -(-SIDE // x.shape[1])
    x, made = (images.repeat(large, axis=1).repeat(large, axis=2) for images in (x, made))
    pairs = originals_over_reconstructions(x, made, columns=columns)
    return _sheet(pairs, "originals over reconstructions")


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner="Decoding …")
def _manifold(model: ServedModel, label: int | None) -> str:
    """The sheet of decoded pictures as HTML."""
    codec = model.codec
    flat = codec.latent_dim == 2
    size = GRID if flat and codec.shape[0] >= SIDE else SMALL_GRID
    z = quantile_grid(size=size) if flat else sampling.prior(size**2, codec.latent_dim)
    return _sheet(
        contact_sheet(codec.decode(z, label), size, gap=0), "decoded places of the latent space"
    )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner="Decoding …")
def _maps(model: ServedModel, label: int | None) -> Figure:
    """The features of a table that tell most, over the plane."""
    places = np.linspace(-3, 3, PLACES, dtype=np.float32)
    columns = telling_features(model)
    z = np.stack(np.meshgrid(places, places), axis=-1).reshape(-1, 2)
    values = model.codec.decode(z, label)[:, columns].reshape(PLACES, PLACES, -1)
    features = [model.manifest.description.features[column] for column in columns]
    return feature_maps(values, places, features=features)


def _examples(rows: IndexArray, label: Int64Array) -> IndexArray:
    """As many rows of each label as can be, at random, sorted by label."""
    mixed = np.random.default_rng(0).permutation(rows)
    turn = np.zeros(len(mixed), np.int64)
    for name in np.unique(label[mixed]):
        same = label[mixed] == name
        turn[same] = np.arange(same.sum())
    chosen = mixed[np.argsort(turn, kind="stable")[:EXAMPLES]]
    return chosen[np.argsort(label[chosen], kind="stable")]


def _sheet(pixels: UInt8Array, alt: str) -> str:
    return render("card/sheet.html", source=data_uri(pixels), alt=alt)
