"""A Gaussian mixture in place of the prior: samples from where the encoder puts examples.

Fitted here, since `GaussianMixture` of scikit-learn would add 146 MiB and a second or more to the
app's process for fits that are no better in two dimensions: `python benchmarks/mixture.py`.
"""

from dataclasses import dataclass
from math import inf, log, pi
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.errors import DataInvalid
from vae_core.latent.sampling import check_draws
from vae_core.threads import one_thread

COMPONENTS = (1, 2, 3, 5, 8, 12, 18, 27)
"""Numbers of components that are tried, each about one and a half times the one before."""
PATIENCE = 2
EXAMPLES = 5_000
"""More examples than that are a sample of so many: all fits together stay within two seconds."""
ROUNDS = 60
GAIN = 1e-3
"""A round of expectation maximisation that gains fewer nats per example is the last."""
NARROWEST = 1e-4
"""Added to all variances, so that no component falls onto a single example."""


@dataclass(frozen=True)
class Mixture:
    """Gaussians with `weights` (k,), `means` (k, d) and `covariances` (k, d, d), in units of z."""

    weights: Float64Array
    means: Float64Array
    covariances: Float64Array

    @classmethod
    def of(cls, z: Float64Array, responsibilities: Float64Array) -> Self:
        """The most likely one for points (n, d) that belong to components by shares (n, k)."""
        mass = responsibilities.sum(axis=0) + 1e-9
        means = responsibilities.T @ z / mass[:, None]
        covariances = []
        for share, mean, total in zip(responsibilities.T, means, mass, strict=True):
            off = z - mean
            covariances.append((off * share[:, None]).T @ off / total)
        floor = NARROWEST * np.eye(z.shape[1])
        return cls(mass / mass.sum(), means, np.stack(covariances) + floor)

    def log_density(self, z: ArrayLike) -> Float64Array:
        """Of points (n, d), (n,): nats, per unit of latent volume."""
        return _log_sum(self._terms(np.asarray(z, np.float64)))

    def responsibilities(self, z: ArrayLike) -> Float64Array:
        """The probability (n, k) that each of the points (n, d) came from each component."""
        terms = self._terms(np.asarray(z, np.float64))
        return np.asarray(np.exp(terms - _log_sum(terms)[:, None]))

    def sample(self, count: int, *, seed: int = 0, temperature: float = 1.0) -> Float32Array:
        """Draws (count, d); `temperature` multiplies each component's standard deviations.

        Raises `InvalidInput`.
        """
        check_draws(count, temperature=temperature)
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(self.weights), count, p=self.weights)
        noise = rng.standard_normal((count, self.means.shape[1]))
        turned = np.einsum("nij,nj->ni", np.linalg.cholesky(self.covariances)[chosen], noise)
        return np.asarray(self.means[chosen] + temperature * turned, np.float32)

    def _terms(self, z: Float64Array) -> Float64Array:
        """log of weight times density of each component at each point, (n, k)."""
        roots = np.linalg.cholesky(self.covariances)
        constants = np.log(self.weights) - 0.5 * z.shape[1] * log(2 * pi)
        constants -= np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        squares = [
            (((z - mean) @ whitening.T) ** 2).sum(axis=1)
            for mean, whitening in zip(self.means, np.linalg.inv(roots), strict=True)
        ]
        return np.asarray(constants - 0.5 * np.stack(squares, axis=1))


@dataclass(frozen=True)
class MixtureFit:
    """The chosen `mixture`, and for each number of components tried its criterion `bic`.

    The Bayesian information criterion of Schwarz, 'Estimating the dimension of a model' (1978):
    -2 log likelihood + parameters times log n; the smallest was chosen.
    """

    mixture: Mixture
    bic: dict[int, float]


def fit_mixture(mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> MixtureFit:
    """The mixture that fits the aggregated posterior best.

    Fitted by expectation maximisation (Dempster, Laird & Rubin, 1977) to one draw of each
    example's posterior N(mean, exp(log_var)), both (n, d), n >= 10. More components are tried
    until `PATIENCE` numbers in a row are no better. Raises `DataInvalid`.
    """
    z, bic, least, worse = _drawn(mean, log_var, seed), dict[int, float](), inf, 0
    for components in COMPONENTS:
        if components > len(z) // 5 or worse == PATIENCE:
            break
        with one_thread():
            mixture = _fitted(z, components, np.random.default_rng(seed))
            bic[components] = _bic(mixture, z)
        worse += 1
        if bic[components] < least:
            chosen, least, worse = mixture, bic[components], 0
    return MixtureFit(chosen, bic)


def _drawn(mean: ArrayLike, log_var: ArrayLike, seed: int) -> Float64Array:
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    if mean.ndim != 2 or len(mean) < 10 or mean.shape != log_var.shape:
        raise DataInvalid(
            "Expected `mean` and `log_var` of one shape (n >= 10, d). "
            f"Received: shapes {mean.shape} and {log_var.shape}"
        )
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(mean))[:EXAMPLES]
    noise = rng.standard_normal((len(rows), mean.shape[1]))
    return np.asarray(mean[rows] + np.exp(0.5 * log_var[rows]) * noise)


def _fitted(z: Float64Array, components: int, rng: np.random.Generator) -> Mixture:
    mixture, reached = Mixture.of(z, _first_shares(z, components, rng)), -inf
    for _ in range(ROUNDS):
        terms = mixture._terms(z)
        each = _log_sum(terms)
        if each.mean() < reached + GAIN:
            break
        mixture, reached = Mixture.of(z, np.exp(terms - each[:, None])), float(each.mean())
    return mixture


def _first_shares(z: Float64Array, components: int, rng: np.random.Generator) -> Float64Array:
    """Each point to the nearest of centres drawn far apart (Arthur & Vassilvitskii, 2007)."""
    distances = np.empty((len(z), components))
    centre = z[rng.integers(len(z))]
    for number in range(components):
        distances[:, number] = ((z - centre) ** 2).sum(axis=1)
        nearest = distances[:, : number + 1].min(axis=1) + 1e-12
        centre = z[rng.choice(len(z), p=nearest / nearest.sum())]
    return np.asarray(np.eye(components)[distances.argmin(axis=1)])


def _bic(mixture: Mixture, z: Float64Array) -> float:
    components, dim = mixture.means.shape
    parameters = components * (1 + dim + dim * (dim + 1) // 2) - 1
    return float(-2 * mixture.log_density(z).sum() + parameters * log(len(z)))


def _log_sum(terms: Float64Array) -> Float64Array:
    largest = terms.max(axis=1, keepdims=True)
    return np.asarray(largest[:, 0] + np.log(np.exp(terms - largest).sum(axis=1)))
