"""The posteriors that an encoder gives: KL from the prior, active and collapsed dimensions."""

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
    Grosse & Salakhutdinov, 'Importance weighted autoencoders', 2016). Where only the KL is known,
    as while a run trains, `collapsed_dimensions` asks the nearest question.
    """
    return np.asarray(np.asarray(mean, np.float64).var(axis=0) > ACTIVE)


COLLAPSED_NATS = 0.01
"""Mean KL below which a latent dimension counts as collapsed onto the prior."""


def collapsed_dimensions(kl: ArrayLike) -> tuple[int, ...]:
    """Dimensions, counted from 0, whose mean KL (d,) in nats is below `COLLAPSED_NATS`.

    Their posteriors are the prior whatever the example (posterior collapse), and the decoder
    could do without them. By the KL's closed form the variance of their means is at most twice
    `COLLAPSED_NATS`, so they are the dimensions that `active_units` leaves out, up to those whose
    variance is near its threshold.
    """
    return tuple(map(int, np.flatnonzero(np.asarray(kl) < COLLAPSED_NATS)))
