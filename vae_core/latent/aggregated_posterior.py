"""How densely the encoded examples lie around a point of the latent space."""

from dataclasses import dataclass, field
from math import log, pi
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, IndexArray
from vae_core.errors import DataInvalid
from vae_core.latent.gaussians import DiagonalGaussians

REFERENCES = 200
BLOCK = 500_000
"""Points times Gaussians at once: 4 MB, which stay near the processor."""
NEGLIGIBLE = -80.0
"""Nats below the largest: even a million such terms of a sum would not change its float64."""


@dataclass(frozen=True)
class AggregatedPosterior:
    """The aggregated posterior q(z): the mean of the n examples' own posteriors.

    It has no bandwidth of our choice: it is the very density of the codes that the decoder was
    trained on, in any number of dimensions (Hoffman & Johnson, 'ELBO surgery', 2016). `typical`
    is the median, over examples, of the log density that the *other* examples give to where an
    example is encoded, in nats.
    """

    typical: float
    _posteriors: DiagonalGaussians = field(repr=False)

    @classmethod
    def of(cls, mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> Self:
        """From the posteriors N(mean, exp(log_var)), both (n >= 2, d); raises `DataInvalid`."""
        mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
        if mean.ndim != 2 or len(mean) < 2 or mean.shape != log_var.shape:
            raise DataInvalid(
                "Expected `mean` and `log_var` of one shape (n >= 2, d). "
                f"Received: shapes {mean.shape} and {log_var.shape}"
            )
        q = cls(0.0, DiagonalGaussians.of(mean, log_var))
        rows = np.random.default_rng(seed).permutation(len(mean))[:REFERENCES]
        others, _ = q._mixed(mean[rows], without=rows)
        return cls(float(np.median(others)), q._posteriors)

    def log_density(self, z: ArrayLike) -> Float64Array:
        """log q(z) of points (n, d), (n,): nats, per unit of latent volume."""
        return self._mixed(np.asarray(z, np.float64))[0]

    def relative(self, z: ArrayLike) -> Float64Array:
        """log q(z) of points (n, d) less that of a typical example, (n,), nats.

        0: as dense as where an example lies; -2.3: ten times sparser.
        """
        return self.log_density(z) - self.typical

    def _mixed(
        self, z: Float64Array, without: IndexArray | None = None
    ) -> tuple[Float64Array, Float64Array]:
        """log of the mean of the Gaussians at `z` (n, d), and the entropy of their shares, (n,).

        A Gaussian's share is the probability that `z` is its example's code, so the entropy goes
        from 0, where that is certain, to log n. `without` leaves one out for each of `z`.
        """
        count, rows = len(self._posteriors), max(1, BLOCK // len(self._posteriors))
        logs, entropies = np.empty((2, len(z)))
        for start in range(0, len(z), rows):
            part = slice(start, start + rows)
            terms = self._posteriors.log_density(z[part])
            if without is not None:
                terms[np.arange(len(terms)), without[part]] = -np.inf
            largest = terms.max(axis=1)
            terms -= largest[:, None]
            np.maximum(terms, NEGLIGIBLE, out=terms)
            # Differences are safe in float32, whose exponential takes a quarter of the time.
            below = terms.astype(np.float32)
            shares = np.exp(below)
            total = shares.sum(axis=1, dtype=np.float64)
            logs[part] = largest + np.log(total)
            shares *= below
            entropies[part] = np.log(total) - shares.sum(axis=1, dtype=np.float64) / total
        return logs - log(count - (without is not None)), entropies


MOST_DRAWS = 10_000


@dataclass(frozen=True)
class KlDecomposition:
    """The KL term of the ELBO in two parts, nats: their means sum to the mean of KL(q(z|x) || p).

    One number a draw (draws,), to be averaged. `marginal`: log q(z) / p(z), whose mean is
    KL(q(z) || p(z)), how far all codes together are from the prior. `information`: what the draw
    tells of its example's index, from 0 to log n, whose mean is the mutual information between
    the two.
    """

    marginal: Float64Array
    information: Float64Array


def kl_decomposition(mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> KlDecomposition:
    """Monte Carlo estimate over q(z), the exact mixture of the posteriors N(mean, exp(log_var)).

    Hoffman & Johnson, 'ELBO surgery: yet another way to carve up the variational evidence lower
    bound' (2016). `mean` and `log_var` are (n >= 2, d); one z is drawn from each example's
    posterior, of at most `MOST_DRAWS` examples. q(z) is that of these n examples, so there is no
    bias of a mixture that was estimated from fewer. The information of a draw is log n less the
    entropy of the index given z, which is between 0 and log n as a mutual information is;
    log q(z|x) / q(z), whose mean is the same, may fall below 0. Raises `DataInvalid`.
    """
    rng = np.random.default_rng(seed)
    q = AggregatedPosterior.of(mean, log_var)
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    rows = rng.permutation(len(mean))[:MOST_DRAWS]
    noise = rng.standard_normal((len(rows), mean.shape[1]))
    z = mean[rows] + np.exp(0.5 * log_var[rows]) * noise
    prior = -0.5 * (z**2 + log(2 * pi)).sum(axis=1)
    together, entropy = q._mixed(z)
    # Entropies of equal shares and of a single one are off by a last place or two.
    return KlDecomposition(together - prior, np.clip(log(len(mean)) - entropy, 0, log(len(mean))))
