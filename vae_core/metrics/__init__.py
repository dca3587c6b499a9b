"""Honest numbers on arrays: bounds and their parts in nats, likeness of pictures, separation."""

from vae_core.metrics.bound import Importance, Parts, elbo_parts, importance_bound
from vae_core.metrics.image_quality import psnr, ssim
from vae_core.metrics.likelihood import (
    LIKELIHOOD_WORDS,
    ObservationModel,
    binarised,
    grey_entropy,
    log_likelihood,
    observed,
    reconstruction,
)
from vae_core.metrics.statistics import mean_and_error, separation

__all__ = [
    "LIKELIHOOD_WORDS",
    "Importance",
    "ObservationModel",
    "Parts",
    "binarised",
    "elbo_parts",
    "grey_entropy",
    "importance_bound",
    "log_likelihood",
    "mean_and_error",
    "observed",
    "psnr",
    "reconstruction",
    "separation",
    "ssim",
]
