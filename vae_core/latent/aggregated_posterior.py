"""How densely the encoded examples lie around a point of the latent space."""

from dataclasses import dataclass, field
from math import log, pi
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import Float32Array, Float64Array, IndexArray
from vae_core.errors import DataInvalid

REFERENCES = 200
BATCH = 33


@dataclass(frozen=True)
class AggregatedPosterior:
    """The aggregated posterior q(z): the mean of the n examples' own posteriors.

    It has no bandwidth of our choice: it is the very density of the codes that the decoder was
    trained on, in any number of dimensions (Hoffman & Johnson, 'ELBO surgery', 2016). `typical`
    is the median, over examples, of the log density that the *other* examples give to where an
    example is encoded, in nats.
    """

    typical: float
    _weights: Float32Array = field(repr=False)
    _constants: Float32Array = field(repr=False)

    @classmethod
    def of(cls, mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> Self:
        """From the posteriors N(mean, exp(log_var)), both (n >= 2, d); raises `DataInvalid`."""
        mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
        if mean.ndim != 2 or len(mean) < 2 or mean.shape != log_var.shape:
            raise DataInvalid(
                "Expected `mean` and `log_var` of one shape (n >= 2, d). "
                f"Received: shapes {mean.shape} and {log_var.shape}"
            )
        precision = np.exp(-log_var)
        # The exponents of all Gaussians at z, as one product with (z, z squared).
        weights = np.concatenate([mean * precision, -0.5 * precision], axis=1).T
        constants = -0.5 * (log_var + mean**2 * precision + log(2 * pi)).sum(axis=1)
        q = cls(0.0, weights.astype(np.float32), constants.astype(np.float32))
        rows = np.random.default_rng(seed).permutation(len(mean))[:REFERENCES]
        return cls(float(np.median(q._mixed(mean[rows], without=rows))), q._weights, q._constants)

    def log_density(self, z: ArrayLike) -> Float64Array:
        """log q(z) of points (n, d), (n,): nats, per unit of latent volume."""
        return self._mixed(np.asarray(z))

    def relative(self, z: ArrayLike) -> Float64Array:
        """log q(z) of points (n, d) less that of a typical example, (n,), nats.

        0: as dense as where an example lies; -2.3: ten times sparser.
        """
        return self.log_density(z) - self.typical

    def _mixed(self, z: NDArray[np.floating], without: IndexArray | None = None) -> Float64Array:
        """log of the mean of the Gaussians; `without` leaves one out for each of `z` (n, d)."""
        count, result = len(self._constants) - (without is not None), []
        for start in range(0, len(z), BATCH):
            rows = np.asarray(z[start : start + BATCH], np.float32)
            terms = np.concatenate([rows, rows**2], axis=1) @ self._weights
            terms += self._constants
            if without is not None:
                terms[np.arange(len(rows)), without[start : start + BATCH]] = -np.inf
            largest = terms.max(axis=1, keepdims=True)
            np.exp(terms - largest, out=terms)
            result.append(largest[:, 0] + np.log(terms.sum(axis=1, dtype=np.float64)))
        return np.concatenate(result) - log(count)


MOST_DRAWS = 10_000


@dataclass(frozen=True)
class KlDecomposition:
    """The KL term of the ELBO in two parts, nats: their means sum to the mean of KL(q(z|x) || p).

    One number a draw (draws,), to be averaged. `marginal`: log q(z) / p(z), whose mean is
    KL(q(z) || p(z)), how far all codes together are from the prior. `information`:
    log q(z|x) / q(z), whose mean is the mutual information between an example's index and its
    code; at most log n.
    """

    marginal: Float64Array
    information: Float64Array


def kl_decomposition(mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> KlDecomposition:
    """Monte Carlo estimate over q(z), the exact mixture of the posteriors N(mean, exp(log_var)).

    Hoffman & Johnson, 'ELBO surgery: yet another way to carve up the variational evidence lower
    bound' (2016). `mean` and `log_var` are (n >= 2, d); one z is drawn from each example's
    posterior, of at most `MOST_DRAWS` examples. q(z) is that of these n examples, so there is no
    bias of a mixture that was estimated from fewer. Raises `DataInvalid`.
    """
    rng = np.random.default_rng(seed)
    q = AggregatedPosterior.of(mean, log_var)
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    rows = rng.permutation(len(mean))[:MOST_DRAWS]
    noise = rng.standard_normal((len(rows), mean.shape[1]))
    z = mean[rows] + np.exp(0.5 * log_var[rows]) * noise
    prior = -0.5 * (z**2 + log(2 * pi)).sum(axis=1)
    own = -0.5 * (noise**2 + log_var[rows] + log(2 * pi)).sum(axis=1)
    together = q.log_density(z)
    return KlDecomposition(together - prior, own - together)
