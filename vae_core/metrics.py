"""Honest numbers on arrays: the ELBO and its parts through any `Codec`, in nats per example."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.codec import Codec
from vae_core.spec import Likelihood

Array = NDArray[np.float32]
Values = NDArray[np.float64]

SMALLEST_PROBABILITY = 1e-7

LIKELIHOOD_WORDS: dict[str, str] = {
    "bernoulli": "Bernoulli on grey values",
    "bernoulli_static": "Bernoulli on values binarised at 0.5",
    "bernoulli_dynamic": "Bernoulli on sampled binary values",
    "gaussian": "Gaussian with a learned scale on values scaled to [0, 1]",
}


@dataclass(frozen=True)
class Observation:
    """How a model's likelihood sees data: scaling to [0, 1] and, if Gaussian, the noise.

    `low`, `high` and `noise_scale` are in data units, one number or one a feature.
    """

    likelihood: Likelihood
    low: Array
    high: Array
    noise_scale: Array

    def scaled(self, x: ArrayLike) -> Values:
        """`x` with the training range mapped to [0, 1]."""
        return np.asarray((np.asarray(x, np.float64) - self.low) / (self.high - self.low))


@dataclass(frozen=True)
class Parts:
    """Terms of each example's negative ELBO (n,), nats, averaged over `samples` draws of z."""

    reconstruction: Values
    kl: Values
    samples: int

    @property
    def elbo(self) -> Values:
        return -self.reconstruction - self.kl


def kl_divergence(mean: ArrayLike, log_var: ArrayLike) -> Values:
    """KL(N(mean, exp(log_var)) || N(0, I)) of each example and dimension, (n, d), nats.

    Kingma & Welling (2014), appendix B; its sum over the last axis is the ELBO's second term.
    """
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    return np.asarray(0.5 * (np.exp(log_var) + mean**2 - 1 - log_var))


def reconstruction(x: ArrayLike, decoded: ArrayLike, observation: Observation) -> Values:
    """-log p(x|z) of each example, (n, ...) -> (n,), nats; `decoded` is the codec's answer."""
    x, decoded = observation.scaled(x), observation.scaled(decoded)
    if observation.likelihood == "gaussian":
        scale = np.asarray(observation.noise_scale / (observation.high - observation.low))
        terms = 0.5 * ((x - decoded) / scale) ** 2 + np.log(scale) + 0.5 * log(2 * pi)
    else:
        p = np.clip(decoded, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        terms = -(x * np.log(p) + (1 - x) * np.log1p(-p))
    return np.asarray(terms.reshape(len(terms), -1).sum(axis=1))


def elbo_parts(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: Observation,
    *,
    samples: int = 1,
    seed: int = 0,
    batch: int = 1000,
    scale: float = 1.0,
    progress: Callable[[int], None] | None = None,
) -> Parts:
    """The negative ELBO's terms for data (n, *shape), estimated with `samples` draws of z each.

    `x` times 1 / `scale` is in the codec's units, so that stored uint8 images are converted one
    batch at a time. Binary likelihoods binarise here, sampled ones with `seed`. `progress` is told
    the number of examples done after each batch.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for rows in _batches(len(np.asarray(x)), batch):
        y = None if label is None else np.asarray(label)[rows]
        observed = binarised(np.asarray(x)[rows] / np.float32(scale), observation.likelihood, rng)
        parts.append(_batch_parts(codec, observed, y, observation, samples, rng))
        if progress:
            progress(rows.stop)
    recon, kl = (np.concatenate(terms) for terms in zip(*parts, strict=True))
    return Parts(recon, kl, samples)


def binarised(x: ArrayLike, likelihood: str, rng: np.random.Generator) -> Array:
    """`x` in [0, 1] as the likelihood observes it: unchanged, thresholded at 0.5, or sampled."""
    x = np.asarray(x, np.float32)
    if likelihood == "bernoulli_static":
        return (x >= 0.5).astype(np.float32)
    if likelihood == "bernoulli_dynamic":
        return (rng.random(x.shape, np.float32) < x).astype(np.float32)
    return x


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Mean over examples (n,) and its standard error, in the values' unit."""
    values = np.asarray(values, np.float64)
    error = values.std(ddof=1) / sqrt(len(values)) if len(values) > 1 else 0.0
    return float(values.mean()), float(error)


def separation(values: ArrayLike, labels: ArrayLike) -> Values:
    """Share of each column's variance that lies between labels, (n, features) -> (features,).

    The correlation ratio eta squared (Fisher, 1925): 0 where all labels share a mean, 1 where a
    column is constant within each label.
    """
    values, labels = np.asarray(values, np.float64), np.asarray(labels)
    groups = [values[labels == label] for label in np.unique(labels)]
    centre = values.mean(axis=0)
    between = sum(len(group) * (group.mean(axis=0) - centre) ** 2 for group in groups)
    total = ((values - centre) ** 2).sum(axis=0)
    shares = np.divide(between, total, out=np.zeros(values.shape[1]), where=total > 0)
    return np.asarray(shares)


def _batch_parts(
    codec: Codec,
    x: Array,
    label: Array | None,
    observation: Observation,
    samples: int,
    rng: np.random.Generator,
) -> tuple[Values, Values]:
    mean, log_var = codec.encode(x, label)
    deviation = np.exp(0.5 * log_var)
    total = np.zeros(len(x))
    for _ in range(samples):
        z = mean + deviation * rng.standard_normal(mean.shape, np.float32)
        total += reconstruction(x, codec.decode(z, label), observation)
    return total / samples, kl_divergence(mean, log_var).sum(axis=1)


def _batches(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
