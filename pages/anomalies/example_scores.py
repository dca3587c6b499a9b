"""One example: how unusual each score finds it among the held-out ones."""

import numpy as np
import streamlit as st

from latent_plane.threshold import Mark
from pages.anomalies.scores import BOUND, SCORES, normal_scores, score_of, scored
from pages.shared import links
from pages.shared.cache import shared
from pages.shared.example.picker import Example
from pages.shared.example.reconstruction_html import look_at
from pages.shared.example.scores import held_out_rows
from pages.shared.models import ServedModel, by_name
from pages.shared.templates import literal, show

SAMPLES = 16
"""Draws of z for an example that was not scored with the held-out ones."""
PLACE = "example-scores"
"""Key of the container on the page."""


def mark_of(model: ServedModel, example: Example | None, score: str) -> Mark | None:
    """Where the example stands among the scores."""
    if example is None or example.values is None:
        return None
    value = scores_of(model, example, bound=score == BOUND)[score]
    return Mark(value, example.title.split(":")[0])


def show_example(model: ServedModel, example: Example, score: str) -> None:
    """What it is, its scores, what the model makes of it, and where one can go with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(example.title)}**", width="stretch")
        if example.row is not None:
            links.reconstruct_this(model, example.row)
        links.walk_from_here(model, example.mean, example.label_for(model))
    if example.values is None:
        return
    found = scores_of(model, example, bound=score == BOUND)
    share = shares(model, found)
    lines = [
        (SCORES[name].name, SCORES[name].write(found[name]), f"{100 * share[name]:.1f}", chosen)
        for name, chosen in ((name, name == score) for name in SCORES if name in found)
    ]
    show("anomalies/scores_table.html", lines=lines)
    if not example.live:  # a drawing shows itself
        st.html(look_at(model, example).beside)


def scores_of(model: ServedModel, example: Example, *, bound: bool) -> dict[str, float]:
    """The example's scores; those of a held-out one as they were counted."""
    if example.row is not None:
        place = np.flatnonzero(held_out_rows(model) == example.row)
        if len(place):
            held_out = scored(model, None, bound=bound)
            return {name: float(values[place[0]]) for name, values in held_out.items()}
    values = np.asarray(example.values, np.float32)
    return dict(_scores(model, values.tobytes(), example.label_for(model), bound))


def shares(model: ServedModel, found: dict[str, float]) -> dict[str, float]:
    """Share of the held-out examples that score below, by score."""
    held_out = normal_scores(model, bound=BOUND in found)
    return {name: float((held_out[name] < value).mean()) for name, value in found.items()}


@shared(most=256, key=by_name)
def _scores(
    model: ServedModel, values: bytes, label: int | None, bound: bool
) -> tuple[tuple[str, float], ...]:
    """Of values in the codec's units; kept by value, since a rerun asks again."""
    x = np.frombuffer(values, np.float32).reshape(1, *model.codec.shape)
    stored = x * np.float32(model.manifest.description.maximum)
    labels = None if label is None else [label]
    found = score_of(model, stored, labels, bound=bound, samples=SAMPLES)
    return tuple((name, float(score[0])) for name, score in found.items())
