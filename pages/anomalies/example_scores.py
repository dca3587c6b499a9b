"""One example: how strange each score finds it among the held-out ones."""

from html import escape

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

SAMPLES = 16
"""Draws of z for an example that was not scored with the held-out ones."""


def mark_of(model: ServedModel, example: Example | None, score: str) -> Mark | None:
    """Where the example stands among the scores."""
    if example is None or example.values is None:
        return None
    value = scores_of(model, example, bound=score == BOUND)[score]
    return Mark(value, example.title.split(":")[0])


def show_one(model: ServedModel, example: Example, score: str) -> None:
    """What it is, how strange, what the model makes of it, and where one can go with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{example.title}**", width="stretch")
        if example.row is not None:
            links.reconstruct_this(model, example.row)
        links.walk_from_here(model, example.mean, example.told(model))
    if example.values is None:
        return
    found = scores_of(model, example, bound=score == BOUND)
    st.html(_table(shares(model, found), found, score))
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
    return dict(_scores(model, values.tobytes(), example.told(model), bound))


def shares(model: ServedModel, found: dict[str, float]) -> dict[str, float]:
    """Share of the held-out examples that score below, by score."""
    held_out = normal_scores(model, bound=BOUND in found)
    return {name: float((held_out[name] < value).mean()) for name, value in found.items()}


@shared(most=256, key=by_name)
def _scores(
    model: ServedModel, values: bytes, label: int | None, bound: bool
) -> tuple[tuple[str, float], ...]:
    """Of values in the codec's units; hashed by value, since a rerun asks again."""
    x = np.frombuffer(values, np.float32).reshape(1, *model.codec.shape)
    stored = x * np.float32(model.manifest.description.maximum)
    labels = None if label is None else [label]
    found = score_of(model, stored, labels, bound=bound, samples=SAMPLES)
    return tuple((name, float(score[0])) for name, score in found.items())


def _table(share: dict[str, float], found: dict[str, float], chosen: str) -> str:
    lines = "".join(
        f'<tr style="{"font-weight:650" if name == chosen else ""}"><td>'
        f"{escape(SCORES[name].name)}</td><td>{SCORES[name].write(found[name])}</td>"
        f"<td>{100 * share[name]:.1f} %</td></tr>"
        for name in SCORES
        if name in found
    )
    return (
        '<table style="font-size:.9rem;border-spacing:1.2em .15em;margin-left:-1.2em;'
        'font-variant-numeric:tabular-nums"><tr style="text-align:left"><th>Score</th>'
        f"<th>of this example</th><th>stranger than … of the held-out</th></tr>{lines}</table>"
    )
