"""The evidence lower bound in Keras operations, in nats per example.

ELBO = E_q(z|x)[log p(x|z)] - KL(q(z|x) || p(z)), Kingma & Welling (2014), equation 3, with a
diagonal Gaussian q and a standard normal prior. `vae_core.metrics` holds the same formulas for
arrays; a test keeps the two together.
"""

from collections.abc import Callable, Mapping
from math import log, pi
from typing import Any

from vae_core.training.backend import keras

Tensor = Any
ops = keras.ops

MIN_LOG_SCALE = log(0.01)


def kl_divergence(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mean, exp(log_var)) || N(0, I)) of each example, (n, d) -> (n,), nats.

    Kingma & Welling (2014), appendix B.
    """
    return 0.5 * ops.sum(ops.exp(log_var) + mean**2 - 1 - log_var, axis=-1)


def bernoulli_reconstruction(x: Tensor, logits: Tensor, log_scale: Tensor) -> Tensor:  # noqa: ARG001
    """-log p(x|z) of each example under Bernoulli pixels, (n, ...) -> (n,), nats.

    For x strictly between 0 and 1 this is the usual cross-entropy, not a likelihood of x.
    """
    softplus = ops.relu(logits) + ops.log1p(ops.exp(-ops.abs(logits)))
    return _sum(softplus - x * logits)


def gaussian_reconstruction(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """-log p(x|z) of each example under N(mean, exp(log_scale)**2), (n, ...) -> (n,), nats.

    `log_scale` is learned: one number for images, one a feature for tables (the sigma-VAE of
    Rybkin, Daniilidis & Levine, 2021). It is held above log 0.01 of the scaled range, so that a
    constant feature does not make the density infinite.
    """
    log_scale = ops.maximum(log_scale, MIN_LOG_SCALE)
    error = (x - mean) * ops.exp(-log_scale)
    return _sum(0.5 * error**2 + log_scale + 0.5 * log(2 * pi))


RECONSTRUCTIONS: Mapping[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "bernoulli": bernoulli_reconstruction,
    "bernoulli_static": bernoulli_reconstruction,
    "bernoulli_dynamic": bernoulli_reconstruction,
    "gaussian": gaussian_reconstruction,
}


def _sum(terms: Tensor) -> Tensor:
    return ops.sum(ops.reshape(terms, (ops.shape(terms)[0], -1)), axis=-1)
