"""Honest numbers on arrays: bounds and their parts in nats, likeness of pictures, separation."""

from vae_core.metrics.bound import Importance, Parts, elbo_parts, importance_bound
from vae_core.metrics.likeness import psnr, ssim
from vae_core.metrics.observation import (
    LIKELIHOOD_WORDS,
    Observation,
    binarised,
    grey_entropy,
    log_likelihood,
    observed,
    reconstruction,
)
from vae_core.metrics.posterior import active_units, dimension_kl, kl_divergence
from vae_core.metrics.statistics import mean_and_error, separation

__all__ = [
    "LIKELIHOOD_WORDS",
    "Importance",
    "Observation",
    "Parts",
    "active_units",
    "binarised",
    "dimension_kl",
    "elbo_parts",
    "grey_entropy",
    "importance_bound",
    "kl_divergence",
    "log_likelihood",
    "mean_and_error",
    "observed",
    "psnr",
    "reconstruction",
    "separation",
    "ssim",
]
