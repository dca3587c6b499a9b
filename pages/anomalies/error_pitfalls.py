"""The lesson of the page: what reconstruction error alone gets wrong, in this model's numbers."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.anomalies.example_scores import shares
from pages.anomalies.outliers import Intruder, stored
from pages.anomalies.scores import SCORES, kinds, parted, score_of, scored
from pages.shared.example.scores import held_out_rows
from pages.shared.models import BY_NAME, ServedModel
from vae_core.text import number

NOTICED = 0.95
"""Where the slider of the threshold stands at first."""


@dataclass(frozen=True)
class Lesson:
    """Numbers of the simplest thing there is, and of the labels.

    `blank` are its scores, `below` the shares of held-out examples below them; `simple` and
    `hard` are the labels of the least and the largest mean reconstruction, with it; `ink` is the
    correlation of reconstruction with ink, None for tables.
    """

    blank: dict[str, float]
    below: dict[str, float]
    simple: tuple[str, float] | None
    hard: tuple[str, float] | None
    ink: float | None


def show_lesson(model: ServedModel, intruder: Intruder) -> None:
    """A short text, none of whose numbers was written by hand."""
    lesson = lesson_of(model)
    image = model.manifest.description.kind == "image"
    st.markdown("**Does reconstruction error alone mislead?**")
    said = [
        *_labels(lesson, image=image),
        *_intruders(model, intruder),
        *_blank(lesson, image=image),
    ]
    st.markdown(" ".join(said))


@st.cache_data(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def lesson_of(model: ServedModel) -> Lesson:
    """The lesson's numbers, from all held-out examples."""
    x, told = stored(model, None)
    image = model.manifest.description.kind == "image"
    plain = np.zeros_like(x[:1]) if image else x.mean(axis=0, keepdims=True)
    label = None if told is None else told[:1]
    found = {
        name: float(values[0])
        for name, values in score_of(model, plain, label, bound=False, samples=16).items()
    }
    known, _ = kinds(model, None)
    held_out = scored(model, None, bound=False)["reconstruction"][known]
    ink = x[known].reshape(len(held_out), -1).mean(axis=1)
    names = model.manifest.description.labels
    by_label = model.artifact.latents.label[held_out_rows(model)[known]]
    means = sorted(
        (float(held_out[by_label == i].mean()), names[i]) for i in np.unique(by_label) if i >= 0
    )
    ends = [(name, mean) for mean, name in (means[0], means[-1])] if len(means) > 1 else None
    return Lesson(
        found,
        shares(model, found),
        ends[0] if ends else None,
        ends[1] if ends else None,
        float(np.corrcoef(ink, held_out)[0, 1]) if image else None,
    )


def _labels(lesson: Lesson, *, image: bool) -> list[str]:
    if lesson.simple is None or lesson.hard is None:
        return []
    things = "pictures" if image else "rows"
    said = (
        f"Among the held-out {things}, all of them normal, “{lesson.simple[0]}” costs "
        f"{_nats(lesson.simple[1])} on average and “{lesson.hard[0]}” {_nats(lesson.hard[1])}."
    )
    if lesson.ink is None:
        return [said]
    return [
        said,
        f"The score follows how much ink there is (correlation {number(lesson.ink, '.2f')}): "
        "it measures how hard a picture is to draw as much as how strange it is.",
    ]


def _intruders(model: ServedModel, intruder: Intruder) -> list[str]:
    """How many intruders are reconstructed better than half of what the model has learned."""
    normal, strange = parted(model, "reconstruction", intruder)
    count = int((strange < np.median(normal)).sum())
    return [
        f"**{count:,} of {len(strange):,}** of {intruder.title(model)} are reconstructed better "
        "than half of the held-out examples."
    ]


def _blank(lesson: Lesson, *, image: bool) -> list[str]:
    what = (
        "A picture without any ink, which is no example of anything,"
        if image
        else "A row that is average in every column, though hardly any example is so,"
    )
    share, other = lesson.below["reconstruction"], max(lesson.below, key=lesson.below.__getitem__)
    said = (
        f"{what} scores {_nats(lesson.blank['reconstruction'])}: stranger than "
        f"**{100 * share:.1f} %** of the held-out examples"
    )
    if share > NOTICED:
        return [f"{said}. This model notices it."]
    if lesson.below[other] > NOTICED:
        return [
            f"{said}, so its error passes for normal. By *{SCORES[other].name.lower()}* it is "
            f"stranger than **{100 * lesson.below[other]:.1f} %**: look at more than the error."
        ]
    return [f"{said}, so its error passes for normal; no other score of this model notices it."]


def _nats(value: float) -> str:
    return SCORES["reconstruction"].write(value)
