"""How a likelihood sees data: scaling, binarising, and the log likelihood of what was decoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import Float32Array, Float64Array
from vae_core.artifacts.manifest import Manifest
from vae_core.datasets.heads import NUMBERS, Layout, layout_of
from vae_core.metrics.cells import cell_log_likelihood, draw_rows
from vae_core.spec.network import Likelihood

SMALLEST_PROBABILITY = 1e-7
BINARISING = 1
"""Sets the seeds of sampled binary pictures apart from those of z."""

LIKELIHOOD_WORDS: dict[str, str] = {
    "bernoulli": "Bernoulli on grey values",
    "bernoulli_static": "Bernoulli on values binarised at 0.5",
    "bernoulli_dynamic": "Bernoulli on sampled binary values",
    "gaussian": "Gaussian with a learned scale on values scaled to [0, 1]",
    "mixed": "one head a column, on its known values in their own units",
}


@dataclass(frozen=True)
class ObservationModel:
    """How a model's likelihood sees data: scaling to [0, 1] and, if Gaussian, the noise.

    `low`, `high` and `noise_scale` are in data units, one number or one a feature; a mixed table
    has the `layout` of its heads' parameters.
    """

    likelihood: Likelihood
    low: Float32Array
    high: Float32Array
    noise_scale: Float32Array
    layout: Layout | None = None

    def scaled(self, x: ArrayLike) -> Float64Array:
        """`x` with the training range mapped to [0, 1]."""
        return np.asarray((np.asarray(x, np.float64) - self.low) / (self.high - self.low))

    def vectors(self, x: ArrayLike) -> Float64Array:
        """Data (n, *shape) as rows (n, size) of numbers in [0, 1], as `said` has them.

        Of a mixed table, a 0 or 1 for each category, and NaN where a cell is missing.
        """
        if self.layout is not None:
            return self.said(self.layout.indicators(x))
        return self.scaled(x).reshape(len(np.asarray(x)), -1)

    def said(self, parameters: ArrayLike) -> Float64Array:
        """A codec's `parameters` as rows (n, size): numbers scaled to [0, 1], or probabilities."""
        if self.layout is None:
            return self.scaled(parameters).reshape(len(np.asarray(parameters)), -1)
        rows = np.array(parameters, np.float64)
        for group in self.layout.groups:
            if group.head in NUMBERS:
                low, high = self.low[group.columns], self.high[group.columns]
                places = group.parameters[:, 0]
                rows[:, places] = (rows[:, places] - low) / (high - low)
        return rows


def log_likelihood(x: ArrayLike, decoded: ArrayLike, observation: ObservationModel) -> Float64Array:
    """log p(x|z) in nats (n, s) of data (n, *shape), decoded at s points each (n, s, *shape).

    Of a Gaussian, the density of values scaled to [0, 1]; of a mixed table, `decoded` are
    parameters (n, s, P), and the known values' densities and probabilities are in their own units.
    Decoded float32 is summed as such: of a hundred nats, 3e-4 may be off in one example.
    """
    decoded = np.asarray(decoded)
    if observation.layout is not None:
        cells = cell_log_likelihood(
            np.asarray(x)[:, None], decoded, observation.layout, observation.noise_scale
        )
        return np.asarray(cells.sum(axis=2))
    count, points = decoded.shape[:2]
    if observation.likelihood == "gaussian":
        scale = np.asarray(observation.noise_scale / (observation.high - observation.low))
        off = observation.scaled(np.asarray(x)[:, None]) - observation.scaled(decoded)
        terms = 0.5 * (off / scale) ** 2 + np.log(scale) + 0.5 * log(2 * pi)
        return np.asarray(-terms.reshape(count, points, -1).sum(axis=2))
    flat = decoded.reshape(count, points, -1)
    smallest = flat.dtype.type(SMALLEST_PROBABILITY)
    white, black = np.maximum(flat, smallest), np.maximum(1 - flat, smallest)
    np.log(white, out=white)
    np.log(black, out=black)
    whole = black.sum(axis=2)
    white -= black
    grey = np.asarray(x).reshape(count, -1, 1).astype(flat.dtype, copy=False)
    return np.asarray(whole + (white @ grey)[:, :, 0], np.float64)


def reconstruction(x: ArrayLike, decoded: ArrayLike, observation: ObservationModel) -> Float64Array:
    """-log p(x|z) of each example, (n, ...) -> (n,), nats, of the codec's `parameters`."""
    return -log_likelihood(x, np.asarray(decoded)[:, None], observation)[:, 0]


def drawn(
    parameters: Float32Array, observation: ObservationModel, rng: np.random.Generator
) -> Float32Array:
    """Data (n, *shape) drawn from what the likelihood says at a codec's `parameters`.

    Of a mixed table, values of the columns' types; of a Gaussian, its noise is added; of pictures,
    each dot is black or white.
    """
    if observation.layout is not None:
        return draw_rows(parameters, observation.layout, observation.noise_scale, rng)
    if observation.likelihood == "gaussian":
        noise = observation.noise_scale * rng.standard_normal(parameters.shape, np.float32)
        return np.asarray(parameters + noise)
    return (rng.random(parameters.shape, np.float32) < parameters).astype(np.float32)


def grey_entropy(x: ArrayLike) -> Float64Array:
    """Entropy (n,) of grey values (n, *shape) in [0, 1] read as probabilities of white, nats.

    No decoder reconstructs them for less under a Bernoulli likelihood: that is the cross-entropy,
    which is smallest where both agree.
    """
    grey = np.asarray(x, np.float64).reshape(len(np.asarray(x)), -1)
    white, black = (np.maximum(part, SMALLEST_PROBABILITY) for part in (grey, 1 - grey))
    return np.asarray(-(grey * np.log(white) + (1 - grey) * np.log(black)).sum(axis=1))


def binarised(x: ArrayLike, likelihood: str, rng: np.random.Generator) -> Float32Array:
    """`x` in [0, 1] as the likelihood observes it: unchanged, thresholded at 0.5, or sampled."""
    x = np.asarray(x, np.float32)
    if likelihood == "bernoulli_static":
        return (x >= 0.5).astype(np.float32)
    if likelihood == "bernoulli_dynamic":
        return (rng.random(x.shape, np.float32) < x).astype(np.float32)
    return x


def observed_batches(
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    *,
    seed: int = 0,
    batch: int = 1000,
    scale: float = 1.0,
) -> Iterator[tuple[slice, Float32Array, NDArray[Any] | None]]:
    """Rows, data and labels of one batch after the other, as the likelihood observes them.

    `x` times 1 / `scale` is in the codec's units. What is sampled depends on `seed` alone, not on
    the batches.
    """
    x, rng = np.asarray(x), np.random.default_rng((seed, BINARISING))
    for start in range(0, len(x), batch):
        rows = slice(start, min(start + batch, len(x)))
        y = None if label is None else np.asarray(label)[rows]
        yield rows, binarised(x[rows] / np.float32(scale), observation.likelihood, rng), y


def observation_model(manifest: Manifest) -> ObservationModel:
    """How the stored model's likelihood sees data."""
    low, high, noise = (
        np.asarray(v, np.float32) for v in (manifest.low, manifest.high, manifest.noise_scale)
    )
    mixed = manifest.spec.likelihood == "mixed"
    layout = layout_of(manifest.description.features) if mixed else None
    return ObservationModel(manifest.spec.likelihood, low, high, noise, layout)
