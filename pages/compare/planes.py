"""The planes side by side, and what the example and the lasso say below them."""

import numpy as np
import streamlit as st

from latent_plane.comparison import (
    ComparedGroup,
    ComparedPlane,
    ComparisonEvent,
    compared_planes,
    comparison_event,
)
from pages.compare.choosing import Choice
from pages.compare.linked import LinkedView, linked_view
from pages.shared import thumbnails
from pages.shared.models import ServedModel
from vae_core.arrays import Float32Array, Int64Array
from vae_core.evaluation.comparison import Contender, same_data
from vae_core.text import number

LASSO_IN_ADDRESS = 60
"""So many examples of a lasso an address has room for."""
BETWEEN = "."


@st.fragment
def show_planes(choice: Choice) -> None:
    """All planes; only this runs when the pointer is let go."""
    key = f"compared {' '.join(model.model_id for model in choice.models)}"
    groups = _groups_of(choice)
    views = [
        linked_view(
            [choice.models[place] for place in places],
            [choice.axes[place] for place in places],
            overlay=choice.overlay,
        )
        for places in groups
    ]
    begun = [_begin(view, first=number == 0) for number, view in enumerate(views)]
    shells = [
        _group(choice, places, view, at, selected)
        for places, view, (at, selected) in zip(groups, views, begun, strict=True)
    ]
    event = comparison_event(key, shells)
    if event:
        shells[event.group] = _group(
            choice, groups[event.group], views[event.group], event.at, event.selected
        )
        _remember(views[event.group], event)
    compared_planes(shells, key=key)
    _say_selection(choice, groups, views, shells, event)


def _groups_of(choice: Choice) -> list[list[int]]:
    """Places of the models that show the same examples, in the order in which they come."""
    contenders = [Contender(model.artifact) for model in choice.models]
    groups: list[list[int]] = []
    for place, one in enumerate(contenders):
        known = (group for group in groups if same_data(contenders[group[0]], one))
        group = next(known, None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return groups


def _begin(view: LinkedView, *, first: bool) -> tuple[int, Int64Array]:
    """The example and the lasso of the address, which are those of the first group."""
    nothing = np.empty(0, np.int64)
    if not first:
        return 0, nothing
    asked = st.query_params.get("row", "")
    at = view.place_of(int(asked)) if asked.isdigit() and len(asked) < 10 else None
    rows = [part for part in st.query_params.get("lasso", "").split(BETWEEN) if part.isdigit()]
    places = [view.place_of(int(row)) for row in rows[:LASSO_IN_ADDRESS] if len(row) < 10]
    found = [place for place in places if place is not None]
    return at or 0, np.array(found, np.int64) if found else nothing


def _group(
    choice: Choice, places: list[int], view: LinkedView, at: int, selected: Int64Array
) -> ComparedGroup:
    return ComparedGroup(
        planes=tuple(
            _compared(choice, place, view, number, at) for number, place in enumerate(places)
        ),
        output=view.output,
        count=len(view.index),
        examples_url=view.examples_url,
        originals_url=view.originals_url,
        original=view.original(at),
        at=at,
        selected=selected,
    )


def _compared(
    choice: Choice, place: int, view: LinkedView, number_in_group: int, at: int
) -> ComparedPlane:
    model, own = choice.models[place], view.planes[number_in_group]
    return ComparedPlane(
        title=choice.titles[place],
        note=_note(model),
        caption=own.note,
        figure_url=own.figure_url,
        decoder_url=own.decoder_url,
        codes_url=own.codes_url,
        plane=own.plane,
        output=view.output,
        classes=len(model.classes),
        decoded=_decoded(model, own.rows[at]),
    )


def _decoded(model: ServedModel, row: int) -> Float32Array:
    latents = model.artifact.latents
    label = max(0, int(latents.label[row])) if model.classes else None
    return np.asarray(model.codec.parameters(latents.mean[row][None], label)[0])


def _note(model: ServedModel) -> str:
    metric = model.manifest.metric("elbo")
    if metric is None:
        return ""
    value, error = number(metric.value, ".1f"), number(metric.error, ".1f")
    return f"held-out ELBO {value} ± {error} nats"


def _remember(view: LinkedView, event: ComparisonEvent) -> None:
    """Write the example and a short lasso of the first group to the address."""
    if event.group:
        return
    st.query_params["row"] = str(view.index[event.at])
    if 0 < len(event.selected) <= LASSO_IN_ADDRESS:
        st.query_params["lasso"] = BETWEEN.join(map(str, view.index[event.selected]))
    elif "lasso" in st.query_params:
        del st.query_params["lasso"]


def _say_selection(
    choice: Choice,
    groups: list[list[int]],
    views: list[LinkedView],
    shells: list[ComparedGroup],
    event: ComparisonEvent | None,
) -> None:
    """How many of each label the lasso holds."""
    group = event.group if event else 0
    selected = shells[group].selected
    if not len(selected):
        return
    names = choice.models[groups[group][0]].manifest.description.labels
    st.markdown(f"**In the lasso: {len(selected):,} examples**")
    thumbnails.label_counts(views[group].label[selected], names)
