"""How unusual each example is to a model: scores, each in its unit, the higher the stranger."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.errors import DataInvalid
from vae_core.latent.neighbours import nearest_neighbours
from vae_core.metrics import (
    ObservationModel,
    elbo_parts,
    grey_entropy,
    importance_bound,
    observed_batches,
)

UNITS: Mapping[str, str] = {
    "reconstruction": "nats",
    "relative_reconstruction": "times the least possible",
    "kl": "nats",
    "negative_elbo": "nats",
    "negative_bound": "nats",
    "mahalanobis": "standard deviations",
    "neighbour_distance": "latent units",
}
"""All scores, and what each is counted in."""
NEIGHBOURS = 5
POINTS = 10_000
"""More training codes than that are a sample of so many."""
LEAST = 1.0
"""Nats; a picture without grey values could be reconstructed for nothing, and none is divided."""


@dataclass(frozen=True)
class Reference:
    """Where a model puts normal examples: `mean` (d,), `whitening` (d, d), `points` (n, d)."""

    mean: Float64Array
    whitening: Float64Array
    points: Float64Array

    @classmethod
    def of(cls, codes: ArrayLike, *, seed: int = 0) -> Self:
        """From the posterior means (n >= 2, d) of normal training examples.

        Raises `DataInvalid`.
        """
        codes = np.asarray(codes, np.float64)
        if codes.ndim != 2 or len(codes) < 2 or not np.isfinite(codes).all():
            raise DataInvalid(f"Expected finite codes (n >= 2, d). Received: shape={codes.shape}")
        off = codes - codes.mean(axis=0)
        values, vectors = np.linalg.eigh(off.T @ off / (len(codes) - 1))
        # A dimension that no code uses would make every distance along it infinite.
        values = np.maximum(values, max(1e-6 * values.max(), 1e-12))
        rows = np.random.default_rng(seed).permutation(len(codes))[:POINTS]
        return cls(codes.mean(axis=0), vectors / np.sqrt(values), codes[rows])

    def mahalanobis(self, z: ArrayLike) -> Float64Array:
        """Distance (n,) of points (n, d) from the codes' centre in their standard deviations.

        Mahalanobis, 'On the generalised distance in statistics' (1936).
        """
        off = (np.asarray(z, np.float64) - self.mean) @ self.whitening
        return np.asarray(np.sqrt((off**2).sum(axis=1)))

    def neighbour_distance(self, z: ArrayLike, *, neighbours: int = NEIGHBOURS) -> Float64Array:
        """Distance (n,) of points (n, d) to the `neighbours`-th nearest of the codes."""
        return nearest_neighbours(z, self.points, count=neighbours)[1][:, -1]


def anomaly_scores(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    reference: Reference,
    *,
    samples: int = 1,
    importance_samples: int = 0,
    seed: int = 0,
    scale: float = 1.0,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Float64Array]:
    """Scores (n,) of data (n, *shape), by name: those of `UNITS`, in its order.

    `reconstruction` is -log p(x|z) and `negative_elbo` its sum with `kl`, with `samples` draws of
    z; `negative_bound` is there only with `importance_samples`, which cost as many decodes.
    `relative_reconstruction`, of grey values under a Bernoulli alone, divides by the entropy of
    the picture: likelihoods favour simple pictures (Serrà et al., 'Input complexity and
    out-of-distribution detection with likelihood-based generative models', 2020). The two
    distances are those of the posterior mean from `reference`. The other arguments are as for
    `vae_core.metrics.elbo_parts`. Raises `DataInvalid`.
    """
    parts = elbo_parts(
        codec, x, label, observation, samples=samples, seed=seed, scale=scale, progress=progress
    )
    z, least = _encoded(codec, observed_batches(x, label, observation, seed=seed, scale=scale))
    scores = {"reconstruction": parts.reconstruction}
    if observation.likelihood == "bernoulli":
        scores["relative_reconstruction"] = parts.reconstruction / np.maximum(least, LEAST)
    scores |= {"kl": parts.kl, "negative_elbo": -parts.elbo}
    if importance_samples:
        answer = importance_bound(
            codec, x, label, observation, samples=importance_samples, seed=seed, scale=scale
        )
        scores["negative_bound"] = -answer.bound
    return {
        **scores,
        "mahalanobis": reference.mahalanobis(z),
        "neighbour_distance": reference.neighbour_distance(z),
    }


def _encoded(
    codec: Codec, batches: Iterable[tuple[slice, Any, Any]]
) -> tuple[Float64Array, Float64Array]:
    """Posterior means (n, d), and the entropy (n,) of what was encoded."""
    pairs = [(codec.encode(seen, y)[0], grey_entropy(seen)) for _, seen, y in batches]
    z, least = (np.concatenate(values) for values in zip(*pairs, strict=True))
    return z, least
