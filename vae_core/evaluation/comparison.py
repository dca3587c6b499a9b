"""Which model is better on the same held-out examples, and which numbers can't say so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import nan
from typing import Any, Literal

import numpy as np

from vae_core.arrays import Float64Array, Int64Array
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import Codec
from vae_core.artifacts.manifest import Manifest
from vae_core.datasets import Dataset
from vae_core.evaluation.held_out import learned
from vae_core.evaluation.reconstructions import reconstruction_batches
from vae_core.evaluation.record import NATS
from vae_core.metrics import elbo_parts, mean_and_error
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.paired import PairedDifference, clear_best, paired_difference

Better = Literal["higher", "lower", ""]
DRAWN, CLOSED, AT_MEAN = (
    "Monte Carlo over q(z|x)",
    "closed form",
    "decoded at the posterior's mean",
)
BINARY = {"bernoulli_static": "thresholded", "bernoulli_dynamic": "sampled"}


@dataclass(frozen=True)
class Contender:
    """A model that is compared with others."""

    artifact: Artifact

    @property
    def manifest(self) -> Manifest:
        return self.artifact.manifest

    @cached_property
    def held_out(self) -> bytes:
        """Which examples of the dataset are its test split."""
        return np.sort(self.artifact.latents.of("test").index).tobytes()


@dataclass(frozen=True)
class Need:
    """What two models must share for a number to compare them, and what to say if they don't."""

    of: Callable[[Contender], Any]
    refusal: str


def _data(model: Contender) -> Any:
    """The name of a user's own dataset holds the hash of its content."""
    description = model.manifest.description
    return model.manifest.spec.dataset, description.shape, description.maximum


def _scaling(model: Contender) -> Any:
    """Mixed tables are scored in their own units, whatever they were scaled by."""
    manifest = model.manifest
    return None if manifest.spec.likelihood == "mixed" else (manifest.low, manifest.high)


DATA = Need(_data, "other data")
SPLIT = Need(
    lambda model: model.held_out,
    "other split: one has learned from what the other has not seen",
)
LIKELIHOOD = Need(
    lambda model: model.manifest.spec.likelihood, "other likelihood: nats can't be compared"
)
LABEL = Need(
    lambda model: model.manifest.spec.conditional,
    "one of them is told the label: log p(x|y) can't be compared with log p(x)",
)
SCALING = Need(_scaling, "other scaling: densities of differently scaled values")
ENDS = Need(
    lambda model: (model.manifest.low, model.manifest.high),
    "other scaling: errors of differently scaled values",
)
SEEN = Need(
    lambda model: BINARY.get(model.manifest.spec.likelihood),
    "one sees binary pictures, the other grey ones",
)


@dataclass(frozen=True)
class Measure:
    """A number of each example: what it is counted in, how it is estimated, which way is better."""

    name: str
    unit: str
    estimator: str
    better: Better
    needs: tuple[Need, ...]


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("elbo", NATS, DRAWN, "higher", (DATA, SPLIT, LIKELIHOOD, LABEL, SCALING)),
        Measure("reconstruction", NATS, DRAWN, "lower", (DATA, SPLIT, LIKELIHOOD, LABEL, SCALING)),
        Measure("kl", NATS, CLOSED, "", (DATA, SPLIT)),
        Measure("mse", "squared, scaled to [0, 1]", AT_MEAN, "lower", (DATA, SPLIT, SEEN, ENDS)),
        Measure("psnr", "dB", AT_MEAN, "higher", (DATA, SPLIT, SEEN)),
        Measure("ssim", "1 at best", AT_MEAN, "higher", (DATA, SPLIT, SEEN)),
    )
}
"""All that is measured example by example. The ELBO is that at beta 1, whatever beta a model was
trained with; the KL has no better side: a model buys reconstruction with it."""


@dataclass(frozen=True)
class ExampleValues:
    """What one model scores on each held-out example: `values` by measure, (n,) each.

    `index` (n,) are the examples' rows in the whole dataset, ascending; `learned` (n,) is False for
    those of a class that its training left out. `samples` draws of z an example, from `seed`.
    """

    index: Int64Array
    learned: Any
    values: Mapping[str, Float64Array]
    samples: int
    seed: int


def example_values(
    artifact: Artifact, codec: Codec, dataset: Dataset, *, samples: int = 1, seed: int = 0
) -> ExampleValues:
    """Every measure of each test example, in the same order and from the same draws for all models.

    Models of the same latent size share the noise of z, and all share what is binarised.
    """
    manifest, part = artifact.manifest, dataset.test.take(np.argsort(dataset.test.index))
    observation, scale = observation_model(manifest), dataset.description.maximum
    parts = elbo_parts(
        codec, part.x, part.label, observation, samples=samples, seed=seed, scale=scale
    )
    batches = [
        values[2:]
        for _, values in reconstruction_batches(codec, part, observation, seed=seed, scale=scale)
    ]
    errors = [np.concatenate(values) for values in zip(*batches, strict=True)]
    found = {"elbo": parts.elbo, "reconstruction": parts.reconstruction, "kl": parts.kl}
    found |= dict(zip(("mse", "psnr", "ssim"), errors, strict=False))
    finite = {name: values for name, values in found.items() if np.isfinite(values).all()}
    return ExampleValues(part.index, learned(manifest, part.label), finite, samples, seed)


@dataclass(frozen=True)
class Cell:
    """One model's number: mean and standard error over `examples`, and how far it is from the
    baseline's on the same examples.

    `difference` is None for the baseline itself, and where `refusal` says why there is none.
    """

    mean: float
    error: float
    examples: int
    difference: PairedDifference | None = None
    refusal: str = ""


@dataclass(frozen=True)
class Line:
    """A measure of all models, a cell each, and which of them is best by more than the error.

    `rivals` are those that can be compared with the baseline, itself among them.
    """

    measure: Measure
    cells: tuple[Cell, ...]
    rivals: tuple[int, ...]
    best: int | None


def refusal(measure: Measure, a: Contender, b: Contender) -> str:
    """Why a measure can't compare two models, in words; '' where it can."""
    return next((need.refusal for need in measure.needs if need.of(a) != need.of(b)), "")


def same_data(a: Contender, b: Contender) -> bool:
    """Whether two models are of the same examples, so that one can be followed from the one to
    the other."""
    return bool(DATA.of(a) == DATA.of(b))


def compare(
    models: Sequence[Contender], values: Sequence[ExampleValues], *, baseline: int = 0
) -> tuple[Line, ...]:
    """Each measure of the models, compared on the held-out examples that all of them can know.

    `values` are those of `example_values`, one for each model.
    """
    found = (_line(measure, models, values, baseline) for measure in MEASURES.values())
    return tuple(line for line in found if line is not None)


def _line(
    measure: Measure,
    models: Sequence[Contender],
    values: Sequence[ExampleValues],
    baseline: int,
) -> Line | None:
    has = [measure.name in one.values for one in values]
    if not any(has):
        return None
    refusals = [_refusal(measure, models, has, baseline, number) for number in range(len(models))]
    rivals = [number for number, words in enumerate(refusals) if not words]
    rows = _shared_rows([values[number] for number in rivals])
    taken = {number: _taken(values[number], measure.name, rows) for number in rivals}
    cells = [
        _rival(taken[number], None if number == baseline else taken[baseline])
        if number in taken
        else _alone(values[number], measure.name, refusals[number])
        for number in range(len(models))
    ]
    best = None
    if measure.better and rows.size:
        best = clear_best(list(taken.values()), higher_is_better=measure.better == "higher")
    return Line(measure, tuple(cells), tuple(rivals), None if best is None else rivals[best])


def _refusal(
    measure: Measure, models: Sequence[Contender], has: Sequence[bool], baseline: int, number: int
) -> str:
    if not has[number] or not has[baseline]:
        return "not measured" if not has[number] else "the baseline has no such number"
    return refusal(measure, models[baseline], models[number])


def _shared_rows(values: Sequence[ExampleValues]) -> Int64Array:
    """The examples that all models have, of classes that none left out."""
    kept = (one.index[one.learned] for one in values)
    rows: Int64Array = reduce(np.intersect1d, kept, values[0].index) if values else np.empty(0, int)
    return rows


def _taken(values: ExampleValues, name: str, rows: Int64Array) -> Float64Array:
    return np.asarray(values.values[name][np.searchsorted(values.index, rows)])


def _rival(own: Float64Array, other: Float64Array | None) -> Cell:
    if not own.size:
        return Cell(nan, nan, 0, refusal="no held-out example in common")
    difference = None if other is None else paired_difference(own, other)
    return Cell(*mean_and_error(own), len(own), difference)


def _alone(values: ExampleValues, name: str, words: str) -> Cell:
    """The number of a model that can't be compared, over the classes that it knows."""
    if name not in values.values:
        return Cell(nan, nan, 0, refusal=words)
    own = values.values[name][values.learned]
    return Cell(*mean_and_error(own), len(own), refusal=words)
