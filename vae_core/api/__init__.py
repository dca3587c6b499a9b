"""What `import vae_core` offers: stored models, datasets and training from Python."""

from vae_core.api.model import Model, models, open_model
from vae_core.api.sweeping import sweep
from vae_core.api.training import train, train_here

__all__ = ["Model", "models", "open_model", "sweep", "train", "train_here"]
