"""Scores of held-out examples and outliers, and how well they part: once for all visitors."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane.threshold import serve_scores
from pages.anomalies.outliers import Outliers, stored
from pages.shared.example.scores import Quantity, held_out_rows
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.plane_view import DAY
from vae_core.arrays import BoolArray, Float64Array, IndexArray
from vae_core.evaluation import learned
from vae_core.figures.detection import precision_figure, roc_figure, scores_figure
from vae_core.metrics.anomaly import UNITS, Reference, anomaly_scores
from vae_core.metrics.detection import Detection, auroc, auroc_interval
from vae_core.metrics.likelihood import observation_model

Scores = dict[str, Float64Array]

BOUND = "negative_bound"
RELATIVE = "relative_reconstruction"
BOUND_SAMPLES = 5
ROUNDS = 300
"""Draws of the bootstrap: its ends move by less than the digits that are shown."""


def _score(key: str, name: str, digits: int, help: str) -> Quantity:
    return Quantity(name, UNITS[key], digits, False, help)


SCORES: dict[str, Quantity] = {
    "negative_elbo": _score(
        "negative_elbo",
        "Negative ELBO",
        1,
        "Reconstruction plus KL: an upper bound on the nats that the model needs for the example.",
    ),
    "reconstruction": _score(
        "reconstruction",
        "Reconstruction",
        1,
        "How badly the decoder explains the example, −log p(x|z), at one z drawn from its "
        "posterior.",
    ),
    RELATIVE: _score(
        RELATIVE,
        "Relative reconstruction",
        2,
        "Reconstruction divided by what it would be for a perfect decoder, the entropy of the "
        "picture's grey values: a picture no longer passes as normal only because it is easy to "
        "draw.",
    ),
    "kl": _score(
        "kl",
        "KL",
        2,
        "How far the example's posterior is from the prior: unusual codes cost more nats.",
    ),
    "mahalanobis": _score(
        "mahalanobis",
        "Distance from the centre",
        2,
        "Mahalanobis distance of the example's code from the mean of the training codes, in "
        "standard deviations. The decoder plays no role.",
    ),
    "neighbour_distance": _score(
        "neighbour_distance",
        "Distance to neighbours",
        3,
        "Distance from the example's code to the fifth-nearest training code. The decoder plays "
        "no role.",
    ),
    BOUND: _score(
        BOUND,
        "Importance-weighted bound",
        1,
        f"Like the negative ELBO, but closer to −log p(x), since {BOUND_SAMPLES} draws of z are "
        f"weighted by their importance. Takes {BOUND_SAMPLES} times as long.",
    ),
}


@dataclass(frozen=True, eq=False)
class Detected:
    """How one score parts held-out examples from outliers.

    `normal` (n,) and `outliers` (m,) are their scores, `rows` (n,) and `outlier_rows` (m,) the
    rows of the model's latents, the latter None unless the outliers are among them. `area` is
    the AUROC, `low` and `high` its interval.
    """

    normal: Float64Array
    outliers: Float64Array
    rows: IndexArray
    outlier_rows: IndexArray | None
    area: float
    low: float
    high: float
    average_precision: float
    url: str


def scores_for(model: ServedModel) -> list[str]:
    """Scores that a model can give; the relative one is for grey values alone."""
    grey = model.manifest.spec.likelihood == "bernoulli"
    return [name for name in SCORES if grey or name != RELATIVE]


def score_of(
    model: ServedModel, x: ArrayLike, label: ArrayLike | None, *, bound: bool, samples: int = 1
) -> Scores:
    """Scores (n,) of stored data (n, *shape), by name; the bound only if it is asked for."""
    return anomaly_scores(
        model.codec,
        x,
        label,
        observation_model(model.manifest),
        _reference(model),
        samples=samples,
        importance_samples=BOUND_SAMPLES * samples if bound else 0,
        scale=model.manifest.description.maximum,
    )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=32, show_spinner="Scoring all examples, once …")
def scored(model: ServedModel, outliers: Outliers | None, *, bound: bool) -> Scores:
    """Scores of all outliers, or of all held-out examples for None."""
    return score_of(model, *stored(model, outliers), bound=bound)


def parted(model: ServedModel, score: str, outliers: Outliers) -> tuple[Float64Array, Float64Array]:
    """That score of held-out examples and of outliers."""
    held_out = scored(model, None, bound=score == BOUND)[score]
    normal, strange = kinds(model, outliers)
    if strange is None:
        return held_out[normal], scored(model, outliers, bound=score == BOUND)[score]
    return held_out[normal], held_out[strange]


def normal_scores(model: ServedModel, *, bound: bool) -> Scores:
    """Scores of the held-out examples of all classes that the model was to learn."""
    normal, _ = kinds(model, None)
    held_out = scored(model, None, bound=bound)
    return {name: values[normal] for name, values in held_out.items()}


def kinds(model: ServedModel, outliers: Outliers | None) -> tuple[BoolArray, BoolArray | None]:
    """Which held-out examples are normal, and which are outliers; None where those are others.

    A class that the model was not to learn is never normal.
    """
    label = model.artifact.latents.label[held_out_rows(model)]
    normal = learned(model.manifest, label)
    if outliers is None or outliers.kind != "class":
        return normal, None
    inside = np.asarray(label == outliers.label)
    return normal & ~inside, inside


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=64, ttl=DAY, show_spinner="Comparing the scores …"
)
def detected(model: ServedModel, score: str, outliers: Outliers) -> Detected:
    """The numbers and figures of a score against outliers."""
    normal, strange = parted(model, score, outliers)
    rows = held_out_rows(model)
    ours, theirs = kinds(model, outliers)
    detection, quantity = Detection.of(normal, strange), SCORES[score]
    names = ("held-out examples", outliers.title(model))
    title = f"{quantity.name}, {quantity.unit}"
    figures = (
        scores_figure(normal, strange, names=names, title=title),
        roc_figure(detection),
        precision_figure(detection),
    )
    unit, digits = quantity.unit, quantity.digits
    url = serve_scores(figures, normal, strange, names=names, unit=unit, digits=digits)
    area, ends = auroc(normal, strange), auroc_interval(normal, strange, rounds=ROUNDS)
    average = detection.average_precision
    outlier_rows = None if theirs is None else rows[theirs]
    return Detected(normal, strange, rows[ours], outlier_rows, area, *ends, average, url)


@st.cache_data(hash_funcs=BY_NAME, max_entries=64, show_spinner=False)
def areas(model: ServedModel, outliers: Outliers) -> dict[str, float]:
    """The AUROC of each score that is cheap to have."""
    cheap = [name for name in scores_for(model) if name != BOUND]
    return {name: auroc(*parted(model, name, outliers)) for name in cheap}


@st.cache_resource(hash_funcs=BY_NAME, max_entries=16, show_spinner=False)
def _reference(model: ServedModel) -> Reference:
    return Reference.of(model.artifact.latents.of("train").mean)
