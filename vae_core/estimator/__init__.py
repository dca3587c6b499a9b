"""`vae_core.VAE`, a scikit-learn estimator; it imports scikit-learn, and TensorFlow to fit."""

from vae_core.estimator.vae import VAE

__all__ = ["VAE"]
