"""Scores of held-out examples and intruders, and how well they part: once for all visitors."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from latent_plane.threshold import serve_scores
from pages.anomalies.outliers import Intruder, stored
from pages.shared.example.scores import Quantity, held_out_rows
from pages.shared.models import ServedModel, served
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
        "Reconstruction plus KL: how many nats the model needs for the example, at most.",
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
        "Reconstruction over what the picture would cost a perfect decoder, the entropy of its "
        "grey values: a picture that is simple to draw no longer passes for that alone.",
    ),
    "kl": _score(
        "kl",
        "KL",
        2,
        "How far the example's posterior is from the prior: strange codes cost more nats.",
    ),
    "mahalanobis": _score(
        "mahalanobis",
        "Distance from the centre",
        2,
        "Mahalanobis distance of the example's code from the centre of the training codes, "
        "counted in their standard deviations. What it decodes to plays no role.",
    ),
    "neighbour_distance": _score(
        "neighbour_distance",
        "Distance to neighbours",
        3,
        "Distance from the example's code to the fifth nearest training code. What it decodes to "
        "plays no role.",
    ),
    BOUND: _score(
        BOUND,
        "Importance-weighted bound",
        1,
        f"As the negative ELBO, but closer to −log p(x): {BOUND_SAMPLES} draws of z are weighed. "
        f"Takes {BOUND_SAMPLES} times as long.",
    ),
}


@dataclass(frozen=True, eq=False)
class Detected:
    """How one score parts held-out examples from intruders.

    `normal` (n,) and `strange` (m,) are their scores, `rows` (n,) and `strange_rows` (m,) the
    rows of the model's latents, the latter None unless the intruders are among them. `area` is
    the AUROC, `low` and `high` its interval.
    """

    normal: Float64Array
    strange: Float64Array
    rows: IndexArray
    strange_rows: IndexArray | None
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
    model_id: str, x: ArrayLike, label: ArrayLike | None, *, bound: bool, samples: int = 1
) -> Scores:
    """Scores (n,) of stored data (n, *shape), by name; the bound only if it is asked for."""
    model = served(model_id)
    return anomaly_scores(
        model.codec,
        x,
        label,
        observation_model(model.manifest),
        _reference(model_id),
        samples=samples,
        importance_samples=BOUND_SAMPLES * samples if bound else 0,
        scale=model.manifest.description.maximum,
    )


@st.cache_resource(max_entries=32, show_spinner="Scoring all examples, once …")
def scored(model_id: str, intruder: Intruder | None, *, bound: bool) -> Scores:
    """Scores of all intruders, or of all held-out examples for None."""
    return score_of(model_id, *stored(model_id, intruder), bound=bound)


def parted(model_id: str, score: str, intruder: Intruder) -> tuple[Float64Array, Float64Array]:
    """That score of held-out examples and of intruders."""
    held_out = scored(model_id, None, bound=score == BOUND)[score]
    normal, strange = kinds(model_id, intruder)
    if strange is None:
        return held_out[normal], scored(model_id, intruder, bound=score == BOUND)[score]
    return held_out[normal], held_out[strange]


def normal_scores(model_id: str, *, bound: bool) -> Scores:
    """Scores of the held-out examples of all classes that the model was to learn."""
    known, _ = kinds(model_id, None)
    held_out = scored(model_id, None, bound=bound)
    return {name: values[known] for name, values in held_out.items()}


def kinds(model_id: str, intruder: Intruder | None) -> tuple[BoolArray, BoolArray | None]:
    """Which held-out examples are normal, and which are intruders; None where those are others.

    A class that the model was not to learn is never normal.
    """
    model = served(model_id)
    label = model.artifact.latents.label[held_out_rows(model_id)]
    known = learned(model.manifest, label)
    if intruder is None or intruder.kind != "class":
        return known, None
    inside = np.asarray(label == intruder.label)
    return known & ~inside, inside


@st.cache_resource(max_entries=64, ttl=DAY, show_spinner="Telling them apart …")
def detected(model_id: str, score: str, intruder: Intruder) -> Detected:
    """The numbers and figures of a score against intruders."""
    normal, strange = parted(model_id, score, intruder)
    rows = held_out_rows(model_id)
    ours, theirs = kinds(model_id, intruder)
    detection, quantity = Detection.of(normal, strange), SCORES[score]
    names = ("held-out examples", intruder.title(served(model_id)))
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
    strange_rows = None if theirs is None else rows[theirs]
    return Detected(normal, strange, rows[ours], strange_rows, area, *ends, average, url)


@st.cache_data(max_entries=64, show_spinner=False)
def areas(model_id: str, intruder: Intruder) -> dict[str, float]:
    """The AUROC of each score that is cheap to have."""
    cheap = [name for name in scores_for(served(model_id)) if name != BOUND]
    return {name: auroc(*parted(model_id, name, intruder)) for name in cheap}


@st.cache_resource(max_entries=16, show_spinner=False)
def _reference(model_id: str) -> Reference:
    return Reference.of(served(model_id).artifact.latents.of("train").mean)
