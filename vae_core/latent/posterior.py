"""Numbers on the encoder's answers alone: divergence from the prior, dimensions in use."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import BoolArray, Float64Array

ACTIVE = 0.01
"""Variance of the posterior mean over the data above which a latent dimension counts as active."""


def kl_divergence(mean: ArrayLike, log_var: ArrayLike) -> Float64Array:
    """KL(N(mean, exp(log_var)) || N(0, I)) of each example and dimension, (n, d), nats.

    Kingma & Welling (2014), appendix B; its sum over the last axis is the ELBO's second term.
    """
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    return np.asarray(0.5 * (np.exp(log_var) + mean**2 - 1 - log_var))


def dimension_kl(mean: ArrayLike, log_var: ArrayLike) -> Float64Array:
    """KL of each latent dimension (d,) in nats, averaged over posteriors (n, d)."""
    return np.asarray(kl_divergence(mean, log_var).mean(axis=0))


def active_units(mean: ArrayLike) -> BoolArray:
    """Which latent dimensions (d,) the encoder uses, from the posterior means (n, d) of data.

    A unit is active if its posterior mean varies over the data by more than `ACTIVE` (Burda,
    Grosse & Salakhutdinov, 'Importance weighted autoencoders', 2016).
    """
    return np.asarray(np.asarray(mean, np.float64).var(axis=0) > ACTIVE)


DEAD_NATS = 0.01
"""A latent dimension whose KL, averaged over examples, is below this tells nothing of an example:
the decoder could do without it."""


def dead_dimensions(kl: ArrayLike) -> tuple[int, ...]:
    """Dimensions, counted from 0, whose mean KL (d,) in nats is below `DEAD_NATS`."""
    return tuple(map(int, np.flatnonzero(np.asarray(kl) < DEAD_NATS)))
