"""Choosing an example: one of the dataset's, a drawing, an upload, or a row that one types."""

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from latent_plane import ImageOutput, assets
from latent_plane.pad import drawing_pad
from pages.shared.example.dataset_row import choose_row, put_row, title_of
from pages.shared.example.row_form import ask_row
from pages.shared.models import ServedModel
from pages.shared.templates import literal
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array
from vae_core.artifacts.manifest import DECODER, ENCODER
from vae_core.datasets.description import Description
from vae_core.datasets.image_upload import FORMATS, Upload, read_image, recipe_of
from vae_core.errors import DataInvalid

DATASET, DRAW, UPLOAD, TYPE = "From the dataset", "Draw", "Upload", "Type a row"
ICONS = {
    DATASET: ":material/database:",
    DRAW: ":material/draw:",
    UPLOAD: ":material/upload:",
    TYPE: ":material/edit:",
}

TYPES = ("png", "jpg", "jpeg", "gif", "bmp", "webp")


@dataclass(frozen=True, eq=False)
class Example:
    """What somebody has chosen, and where the model puts it.

    `values` (shape) in the codec's units, None when they are not on this machine; `row` of
    the model's latents, None for a drawing, an upload or a typed row; `label` what a conditional
    model is given and what is known of others, else None; `mean`, `log_var` (d,). `live` says that
    the browser shows it on the plane by itself.
    """

    values: Float32Array | None
    row: int | None
    label: int | None
    mean: Float32Array
    log_var: Float32Array
    title: str
    live: bool = False

    def label_for(self, model: ServedModel) -> int | None:
        """The label that the model's graphs take, None for unconditional models."""
        return self.label if model.classes else None


def choose_example(
    model: ServedModel, key: str, *, plane_key: str | None = None, start: int | None = None
) -> Example | None:
    """Ask for an example, and where the model puts it; None while there is none.

    `key` tells several pickers of a page apart. A drawing moves the plane of key `plane_key`
    while it is drawn. `start` is the row of the model's latents to begin with, also in the form;
    `pick_row(model, key, row)` in a callback chooses another.
    """
    sources = _sources(model.manifest.description)
    st.session_state.setdefault(_slot(model, key), DATASET)
    source = st.segmented_control(
        "Example",
        sources,
        key=_slot(model, key),
        required=True,
        format_func=lambda name: f"{ICONS[name]} {name}",
        label_visibility="collapsed",
    )
    if source == DRAW:
        return _drawing(model, key, plane_key)
    if source == UPLOAD:
        return _upload(model, key)
    if source == TYPE:
        values = ask_row(model, key, start=start)
        return None if values is None else _encoded(model, values, None, "Your row")
    return example_of(model, choose_row(model, key, start=start))


def pick_row(model: ServedModel, key: str, row: int) -> None:
    """Make that row of the model's latents the example; call it before the picker is shown."""
    st.session_state[_slot(model, key)] = DATASET
    put_row(model, key, row)


def example_of(model: ServedModel, row: int) -> Example:
    """The example of a row of the model's latents."""
    latents = model.artifact.latents
    values = examples_of(model.manifest.description, latents.index[[row]])
    label = int(latents.label[row])
    return Example(
        None if values is None else values[0],
        row,
        None if label < 0 else label,
        latents.mean[row],
        latents.log_var[row],
        title_of(model, row),
    )


def _drawing(model: ServedModel, key: str, plane_key: str | None) -> Example | None:
    event = drawing_pad(
        key=f"{key}-pad",
        encoder_url=assets.serve_file(model.artifact.file(ENCODER)),
        decoder_url=assets.serve_file(model.artifact.file(DECODER)),
        output=ImageOutput(*model.codec.shape),
        recipe=recipe_of(model.manifest.description),
        z_dim=model.codec.latent_dim,
        label=0 if model.classes else None,
        classes=model.classes,
        plane_key=plane_key,
    )
    if event.picture is None:
        return None
    if event.mean is None or event.log_var is None:
        return _encoded(model, event.picture, event.label, "Your drawing")
    mean, log_var = event.mean, event.log_var
    return Example(event.picture, None, event.label, mean, log_var, "Your drawing", live=True)


def _upload(model: ServedModel, key: str) -> Example | None:
    file = st.file_uploader(
        f"A picture: {', '.join(FORMATS)}", type=list(TYPES), key=f"{key} upload"
    )
    label = None
    if model.classes:
        names = model.classes
        label = st.selectbox(
            "Label given to the model",
            range(len(names)),
            format_func=names.__getitem__,
            key=f"{key} label given to {model.model_id}",
            width=220,
        )
    if file is None:
        return None
    try:
        upload = _read(file, model.manifest.description)
    except DataInvalid as error:
        st.error(literal(error))
        return None
    st.caption(" ".join(upload.notes))
    return _encoded(model, upload.image, label, file.name)


@st.cache_data(
    max_entries=64,
    show_spinner=False,
    hash_funcs={
        UploadedFile: lambda file: file.file_id,
        Description: lambda description: description.model_dump_json(),
    },
)
def _read(file: UploadedFile, description: Description) -> Upload:
    """Read once, not at every rerun."""
    return read_image(file.getvalue(), description)


def _encoded(model: ServedModel, values: Float32Array, label: int | None, title: str) -> Example:
    mean, log_var = model.codec.encode(values[None], label)
    return Example(values, None, label, mean[0], log_var[0], title)


def _sources(description: Description) -> tuple[str, ...]:
    if description.kind == "table":
        return DATASET, TYPE
    return (DATASET, DRAW, UPLOAD) if description.shape[2] == 1 else (DATASET, UPLOAD)


def _slot(model: ServedModel, key: str) -> str:
    return f"{key} source of {model.manifest.description.kind}"
