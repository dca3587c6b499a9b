"""What reconstruction error alone gets wrong, in this model's own numbers."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.anomalies.example_scores import shares
from pages.anomalies.outliers import Outliers, stored
from pages.anomalies.scores import SCORES, kinds, parted, score_of, scored
from pages.shared.example.scores import held_out_rows
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.templates import literal
from vae_core.text import number

NOTICED = 0.95
"""Where the slider of the threshold stands at first."""


@dataclass(frozen=True)
class Pitfalls:
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


def show_pitfalls(model: ServedModel, outliers: Outliers) -> None:
    """A short text, none of whose numbers was written by hand."""
    pitfalls = pitfalls_of(model)
    image = model.manifest.description.kind == "image"
    st.markdown("**Is reconstruction error alone misleading?**")
    said = [
        *_labels(pitfalls, image=image),
        *_outliers(model, outliers),
        *_blank(pitfalls, image=image),
    ]
    st.markdown(" ".join(said))


@st.cache_data(hash_funcs=BY_NAME, max_entries=32, show_spinner=False)
def pitfalls_of(model: ServedModel) -> Pitfalls:
    """The numbers, from all held-out examples."""
    x, labels = stored(model, None)
    image = model.manifest.description.kind == "image"
    plain = np.zeros_like(x[:1]) if image else x.mean(axis=0, keepdims=True)
    label = None if labels is None else labels[:1]
    found = {
        name: float(values[0])
        for name, values in score_of(model, plain, label, bound=False, samples=16).items()
    }
    normal, _ = kinds(model, None)
    held_out = scored(model, None, bound=False)["reconstruction"][normal]
    ink = x[normal].reshape(len(held_out), -1).mean(axis=1)
    names = model.manifest.description.labels
    by_label = model.artifact.latents.label[held_out_rows(model)[normal]]
    means = sorted(
        (float(held_out[by_label == i].mean()), names[i]) for i in np.unique(by_label) if i >= 0
    )
    ends = [(name, mean) for mean, name in (means[0], means[-1])] if len(means) > 1 else None
    return Pitfalls(
        found,
        shares(model, found),
        ends[0] if ends else None,
        ends[1] if ends else None,
        float(np.corrcoef(ink, held_out)[0, 1]) if image else None,
    )


def _labels(pitfalls: Pitfalls, *, image: bool) -> list[str]:
    if pitfalls.simple is None or pitfalls.hard is None:
        return []
    things = "pictures" if image else "rows"
    said = (
        f"Among the held-out {things}, all of them normal, the mean reconstruction error is lowest "
        f"for “{literal(pitfalls.simple[0])}” ({_nats(pitfalls.simple[1])}) and highest for "
        f"“{literal(pitfalls.hard[0])}” ({_nats(pitfalls.hard[1])})."
    )
    if pitfalls.ink is None:
        return [said]
    return [
        said,
        f"The error depends on the amount of ink (correlation {number(pitfalls.ink, '.2f')}): it "
        "measures how hard a picture is to draw as much as how unusual it is.",
    ]


def _outliers(model: ServedModel, outliers: Outliers) -> list[str]:
    """How many outliers are reconstructed better than half of what the model has learned."""
    normal, strange = parted(model, "reconstruction", outliers)
    count = int((strange < np.median(normal)).sum())
    name = literal(outliers.title(model))
    return [
        f"**{count:,} of {len(strange):,}** outliers ({name}) are reconstructed better than half "
        "of the held-out examples."
    ]


def _blank(pitfalls: Pitfalls, *, image: bool) -> list[str]:
    what = (
        "An empty picture, which shows nothing at all,"
        if image
        else "A row with the average of every column, though hardly any example is like that,"
    )
    below = pitfalls.below
    share, other = below["reconstruction"], max(below, key=below.__getitem__)
    said = (
        f"{what} has an error of {_nats(pitfalls.blank['reconstruction'])}, more than "
        f"**{100 * share:.1f} %** of the held-out examples"
    )
    if share > NOTICED:
        return [f"{said}. The error alone gives it away."]
    if below[other] > NOTICED:
        return [
            f"{said}, so by its error it passes for normal. Its *{SCORES[other].in_text}* is "
            f"higher than that of **{100 * below[other]:.1f} %**: look at more than the error."
        ]
    return [
        f"{said}, so by its error it passes for normal; no other score of this model gives it away."
    ]


def _nats(value: float) -> str:
    return SCORES["reconstruction"].write(value)
