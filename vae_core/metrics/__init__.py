"""Metrics on arrays: the ELBO and its bounds in nats, quality of images, errors of means."""

from vae_core.metrics.bound import ElboParts, ImportanceBound, elbo_parts, importance_bound
from vae_core.metrics.image_quality import psnr, ssim
from vae_core.metrics.likelihood import (
    LIKELIHOOD_WORDS,
    ObservationModel,
    binarised,
    grey_entropy,
    log_likelihood,
    observed_batches,
    reconstruction,
)
from vae_core.metrics.statistics import correlation_ratio, deviation, mean_and_error

__all__ = [
    "LIKELIHOOD_WORDS",
    "ElboParts",
    "ImportanceBound",
    "ObservationModel",
    "binarised",
    "correlation_ratio",
    "deviation",
    "elbo_parts",
    "grey_entropy",
    "importance_bound",
    "log_likelihood",
    "mean_and_error",
    "observed_batches",
    "psnr",
    "reconstruction",
    "ssim",
]
