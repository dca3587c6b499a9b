"""Log densities of many Gaussians with diagonal covariances, none lost to rounding."""

from dataclasses import dataclass, field
from math import log, pi
from typing import Self

import numpy as np

from vae_core.arrays import Float64Array

ROUNDING = 1e-6
"""Nats that products may lose; where they could lose more, differences are taken one by one."""
FLATTEST = 600.0
"""Log variances are kept within plus and minus this: squares of whitened differences stay finite,
and what is narrower by far than float64 resolves counts as that narrow."""


@dataclass(frozen=True)
class DiagonalGaussians:
    """n Gaussians N(mean, exp(log_var)) in d dimensions.

    The exponents of all at many points are one product of (z, z squared) with what is kept of the
    Gaussians. That expands a square: of narrow Gaussians far from the centre, huge terms cancel.
    How much float64 can lose so is known beforehand, and where it is too much each difference is
    taken before it is squared, some times slower.
    """

    _centre: Float64Array = field(repr=False)
    _constants: Float64Array = field(repr=False)
    _factors: tuple[Float64Array, ...] = field(repr=False)
    """Of products one array (2 d, n); of differences the means and the whitening, each (d, n)."""

    @classmethod
    def of(cls, mean: Float64Array, log_var: Float64Array) -> Self:
        """From means and log variances (n, d)."""
        centre = mean.mean(axis=0)
        off, log_var = mean - centre, np.clip(log_var, -FLATTEST, FLATTEST)
        constants = -0.5 * (log_var + log(2 * pi)).sum(axis=1)
        if _lost(off, log_var) > ROUNDING:
            whitening = np.exp(-0.5 * log_var)
            factors = (np.ascontiguousarray(mean.T), np.ascontiguousarray(whitening.T))
            return cls(np.zeros_like(centre), constants, factors)
        precision = np.exp(-log_var)
        weights = np.concatenate([off * precision, -0.5 * precision], axis=1).T
        constants -= 0.5 * (off**2 * precision).sum(axis=1)
        return cls(centre, constants, (np.ascontiguousarray(weights),))

    def __len__(self) -> int:
        return len(self._constants)

    def log_density(self, z: Float64Array) -> Float64Array:
        """Of points (m, d), under each of the Gaussians, (m, n): nats per unit of volume."""
        off = z - self._centre
        if len(self._factors) == 1:
            terms = np.concatenate([off, off**2], axis=1) @ self._factors[0]
            terms += self._constants
            return np.asarray(terms)
        terms = np.zeros((len(z), len(self)))
        step = np.empty_like(terms)
        for column, mean, whitening in zip(off.T, *self._factors, strict=True):
            np.subtract(column[:, None], mean, out=step)
            step *= whitening
            np.square(step, out=step)
            terms -= step
        terms *= 0.5
        terms += self._constants
        return terms


def _lost(off: Float64Array, log_var: Float64Array) -> float:
    """The most nats that float64 loses by expanding the square, for points among the means.

    Of a sum of 2 d + 1 products at most so many half units in the last place of the sum of their
    sizes; farther away the exponent itself grows as fast as what is lost of it.
    """
    reach = 2 * np.abs(off).max(axis=0)
    sizes = (np.exp(-log_var) * reach**2).sum(axis=1).max()
    return float((off.shape[1] + 1) * np.finfo(np.float64).eps * sizes)
