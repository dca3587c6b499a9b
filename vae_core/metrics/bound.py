"""Bounds on the log likelihood of data: the ELBO's parts, and the importance-weighted bound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.errors import InvalidInput
from vae_core.latent.posterior import kl_divergence
from vae_core.metrics.likelihood import (
    ObservationModel,
    log_likelihood,
    observed_batches,
    reconstruction,
)

OnProgress = Callable[[int], None]

DECODED = 1000
"""Examples decoded at once for importance weights: bounds the memory, whatever the samples."""
MOST_SAMPLES = 100_000


@dataclass(frozen=True)
class ElboParts:
    """Terms of each example's negative ELBO (n,), nats, averaged over `samples` draws of z."""

    reconstruction: Float64Array
    kl: Float64Array
    samples: int

    @property
    def elbo(self) -> Float64Array:
        return -self.reconstruction - self.kl


@dataclass(frozen=True)
class ImportanceBound:
    """The importance-weighted bound of each example (n,), nats, with `samples` draws of z each.

    `elbo` (n,) is the ELBO that the same draws give, never above the bound. `effective` (n,) is
    the effective number of draws, (sum w)**2 / sum w**2, from 1 to `samples` (Kong, 1992): where it
    is near 1, more draws would still raise the bound.
    """

    bound: Float64Array
    elbo: Float64Array
    effective: Float64Array
    samples: int


def elbo_parts(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    *,
    samples: int = 1,
    seed: int = 0,
    batch: int = 1000,
    scale: float = 1.0,
    progress: OnProgress | None = None,
) -> ElboParts:
    """The negative ELBO's terms for data (n, *shape), estimated with `samples` draws of z each.

    `x` times 1 / `scale` is in the codec's units, so that stored uint8 images are converted one
    batch at a time. Binary likelihoods binarise here, sampled ones with `seed`. `progress` is told
    the number of examples done after each batch.
    """
    rng, parts = np.random.default_rng(seed), []
    for rows, seen, y in observed_batches(
        x, label, observation, seed=seed, batch=batch, scale=scale
    ):
        mean, log_var = codec.encode(seen, y)
        deviation, total = np.exp(0.5 * log_var), np.zeros(len(seen))
        for _ in range(samples):
            z = mean + deviation * rng.standard_normal(mean.shape, np.float32)
            total += reconstruction(seen, codec.parameters(z, y), observation)
        parts.append((total / samples, kl_divergence(mean, log_var).sum(axis=1)))
        if progress:
            progress(rows.stop)
    recon, kl = (np.concatenate(terms) for terms in zip(*parts, strict=True))
    return ElboParts(recon, kl, samples)


def importance_bound(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    *,
    samples: int = 500,
    seed: int = 0,
    scale: float = 1.0,
    progress: OnProgress | None = None,
) -> ImportanceBound:
    """log (1/k) sum p(x, z_i) / q(z_i|x) with k = `samples` draws from q(z|x), for each example.

    Burda, Grosse & Salakhutdinov, 'Importance weighted autoencoders' (2016), equation 8: in
    expectation the ELBO for k = 1, never falling with k, and log p(x) in the limit. Memory stays
    that of `DECODED` examples whatever k is. Arguments as `elbo_parts`; a sampled binary
    likelihood sees the same pictures there for the same `seed`. Raises `InvalidInput`.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise InvalidInput(
            f"Expected `samples` from 1 to {MOST_SAMPLES:,}. Received: samples={samples}"
        )
    rng, parts = np.random.default_rng(seed), []
    batch = max(1, DECODED // samples)
    for rows, seen, y in observed_batches(
        x, label, observation, seed=seed, batch=batch, scale=scale
    ):
        parts.append(_weighed(codec, seen, y, observation, samples, rng))
        if progress:
            progress(rows.stop)
    bound, elbo, effective = (np.concatenate(terms) for terms in zip(*parts, strict=True))
    return ImportanceBound(bound, elbo, effective, samples)


def _weighed(
    codec: Codec,
    x: Float32Array,
    label: Any,
    observation: ObservationModel,
    samples: int,
    rng: np.random.Generator,
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Bound, ELBO and effective draws of a few examples (n,), by chunks of draws."""
    posterior = codec.encode(x, label)
    largest = np.full(len(x), -np.inf)
    logs, total, squares = np.zeros((3, len(x)))
    for start in range(0, samples, DECODED):
        draws = min(DECODED, samples - start)
        weights = _log_weights(codec, x, label, observation, posterior, draws, rng)
        top = np.maximum(largest, weights.max(axis=1))
        shrunk, terms = np.exp(largest - top), np.exp(weights - top[:, None])
        total = total * shrunk + terms.sum(axis=1)
        squares = squares * shrunk**2 + (terms**2).sum(axis=1)
        logs, largest = logs + weights.sum(axis=1), top
    return largest + np.log(total / samples), logs / samples, total**2 / squares


def _log_weights(
    codec: Codec,
    x: Float32Array,
    label: Any,
    observation: ObservationModel,
    posterior: tuple[Float32Array, Float32Array],
    draws: int,
    rng: np.random.Generator,
) -> Float64Array:
    """log p(x, z) / q(z|x) (n, draws) at draws z of each example's posterior."""
    mean, log_var = (values.astype(np.float64) for values in posterior)
    noise = rng.standard_normal((len(x), draws, mean.shape[1]), np.float32).astype(np.float64)
    z = mean[:, None] + np.exp(0.5 * log_var)[:, None] * noise
    y = None if label is None else np.repeat(label, draws)
    decoded = codec.parameters(z.reshape(-1, mean.shape[1]), y)
    decoded = decoded.reshape(len(x), draws, *decoded.shape[1:])
    # The constants of the two Gaussians cancel.
    ratio = (noise**2 - z**2 + log_var[:, None]).sum(axis=-1)
    return np.asarray(log_likelihood(x, decoded, observation) + 0.5 * ratio)
