"""Generated pictures beside the map of where they come from; a click on one puts the ring there."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from latent_plane import ImageOutput, PlaneEvent, move_plane, plane_event
from latent_plane.strips import Row, digest_of, picture_strips, read_click
from pages.generate.sampling import CLASSES, Axes, Draw, Request, drawn, map_of, samples_url
from pages.shared import links, query_params, thumbnails
from pages.shared.dataset_download import offer_originals
from pages.shared.example.picker import Example, choose_example, pick_row
from pages.shared.models import ServedModel
from pages.shared.plane_view import model_plane
from pages.shared.templates import literal
from vae_core.latent.plane import ellipse
from vae_core.text import label_name, number

PICKER = "generate"
HEIGHT = 430
WRITTEN = 4
"""Up to so many dimensions a point is written out."""


def plane_key(model: ServedModel) -> str:
    """The key of the page's plane for a model; the ring stays when the method changes."""
    return f"samples-{model.model_id}"


def ring(model: ServedModel) -> PlaneEvent:
    """Where the ring stands: at first where the address says."""
    start = query_params.read_point(st.query_params.get("z", ""), model.codec.latent_dim)
    label = query_params.read_label(st.query_params.get("label", ""), len(model.classes))
    return plane_event(plane_key(model), z=start, label=label)


def show_map(model: ServedModel, axes: Axes, *, request: Request | None = None) -> PlaneEvent:
    """The plane with the samples as dots, or the examples' own map without a request."""
    view, event = map_of(model, axes), ring(model)
    around = request.around if request else None
    event = model_plane(
        model,
        view,
        key=plane_key(model),
        z=event.z,
        label=0 if model.classes else None,
        figure_url=samples_url(model, request, axes) if request else view.figure_url,
        ellipse=ellipse(*around, view.plane, sigmas=2) if around else None,
        height=HEIGHT,
        on_change=partial(_take_click, model, request),
    )
    st.query_params["z"] = query_params.write_point(event.z)
    if event.label is not None:
        st.query_params["label"] = str(event.label)
    return event


def show_pictures(model: ServedModel, axes: Axes, rows: Sequence[Row], *, method: str) -> None:
    """Strips of pictures; a click on one puts the ring of the plane where it was made."""
    decoder_url = map_of(model, axes).decoder_url
    key = f"pictures {method} {model.model_id}"
    picture_strips(
        key=key,
        decoder_url=decoder_url,
        output=ImageOutput(*model.codec.shape),
        rows=rows,
        classes=len(model.classes),
        player=False,
        columns=max(len(row.z) for row in rows),
        follow=plane_key(model) if method == CLASSES else None,
        on_change=partial(_go_to_picture, key, plane_key(model), rows, decoder_url),
    )


def grid(draw: Draw, columns: int) -> list[Row]:
    """Rows of `columns` pictures without names, in the order of the draw."""
    starts = range(0, len(draw.z), columns)
    labelled = bool((draw.label >= 0).all())
    return [
        Row(
            "",
            "",
            draw.z[start : start + columns],
            label=tuple(draw.label[start : start + columns].tolist()) if labelled else None,
        )
        for start in starts
    ]


def offer_point(model: ServedModel, event: PlaneEvent, draw: Draw | None) -> None:
    """What stands at the ring, and the ways to take it to other pages."""
    place = draw.at(event.z, event.label) if draw else None
    name = "the ring" if place is None else f"sample {place + 1}"
    numbers = ", ".join(number(value, ".2f") for value in event.z)
    where = f", z = ({numbers})" if len(event.z) <= WRITTEN else ""
    label = "" if event.label is None else f", label {literal(model.classes[event.label])}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"From **{name}**{where}{label}:", width="content")
        links.walk_from_here(model, event.z, event.label)
        links.use_as_anchor(model, event.z)
        if event.clicked is not None and event.clicked < len(model.artifact.latents.label):
            links.reconstruct_this(model, event.clicked)


def choose_centre(model: ServedModel) -> Example | None:
    """The example that samples lie around; the ring goes to a new one."""
    key = plane_key(model)
    start = query_params.find_number(
        st.query_params.get("row", ""), len(model.artifact.latents.label)
    )
    picker, shown = st.columns([5, 1])
    with picker:
        example = choose_example(model, PICKER, plane_key=key, start=start)
        if example is not None and example.values is None:
            offer_originals(model.manifest.description, PICKER)
    if example is None:
        return None
    if example.row is not None:
        st.query_params["row"] = str(example.row)
    slot, new = f"{key} centre", (example.mean.tobytes(), example.label_for(model))
    if st.session_state.get(slot) != new:
        ring(model)
        move_plane(key, z=example.mean, label=example.label_for(model), clicked=example.row)
        st.session_state[slot] = new
    if not example.live:  # a drawing stands on its pad
        with shown:
            _show_example(model, example)
    return example


def _show_example(model: ServedModel, example: Example) -> None:
    """The example itself, or its reconstruction where the data are not here."""
    values, description = example.values, model.manifest.description
    if values is None:
        values = model.codec.decode(example.mean[None], example.label_for(model))[0]
    if description.kind == "image":
        label = -1 if example.label is None else example.label
        name = example.title if label < 0 else label_name(label, description.labels)
        thumbnails.picture_row([values], [name], [label])
    else:
        thumbnails.example_table([values], [example.title], description.features)


def _take_click(model: ServedModel, request: Request | None) -> None:
    """A click on a sample's dot puts the ring at its very z, off the plane too.

    One on an example's dot makes it the one that samples lie around, where they do.
    """
    event, examples = ring(model), len(model.artifact.latents.label)
    if request is None or event.clicked is None:
        return
    if event.clicked >= examples:
        draw = drawn(model, request)
        place = min(event.clicked - examples, len(draw.z) - 1)
        label = event.label if request.method == CLASSES else draw.label_at(place)
        move_plane(plane_key(model), z=draw.z[place], label=label)
    elif request.around:
        pick_row(model, PICKER, event.clicked)


def _go_to_picture(key: str, plane: str, rows: Sequence[Row], decoder_url: str) -> None:
    gesture = (st.session_state.get(key) or {}).get("gesture") or {}
    click = read_click(gesture, rows=rows, digest=digest_of(rows, decoder_url=decoder_url))
    if click.row is not None and click.frame is not None:
        row = rows[click.row]
        move_plane(plane, z=np.array(row.z[click.frame]), label=row.label_at(click.frame))
