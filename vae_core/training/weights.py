"""The weights of a VAE as safetensors."""

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from vae_core.datasets.scaling import Scaling as Scaling
from vae_core.errors import ArtifactCorrupt
from vae_core.training.half_precision import halved
from vae_core.training.vae import VAE


def save_weights(vae: VAE, path: Path) -> None:
    """Write all weights as safetensors, large ones in half precision."""
    path.write_bytes(weight_bytes(vae))


def weight_bytes(vae: VAE) -> bytes:
    """All weights in the safetensors format, large ones in half precision."""
    values = {name: np.asarray(weight) for name, weight in _named_weights(vae).items()}
    return save({name: halved(value) for name, value in values.items()})


def load_weights(vae: VAE, path: Path) -> None:
    """Read weights into `vae`; raises `ArtifactCorrupt` when names or shapes do not fit."""
    try:
        values = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ArtifactCorrupt(f"{path}: not a safetensors file ({error})") from error
    weights = _named_weights(vae)
    expected = {name: tuple(weight.shape) for name, weight in weights.items()}
    found = {name: value.shape for name, value in values.items()}
    if expected != found:
        name = min(key for key in expected | found if expected.get(key) != found.get(key))
        raise ArtifactCorrupt(
            f"{path}: expected `{name}` with shape {expected.get(name)} for this specification. "
            f"Received: shape={found.get(name)}. Continue only a model of the same architecture."
        )
    for name, weight in weights.items():
        weight.assign(values[name])


def _named_weights(vae: VAE) -> dict[str, Any]:
    networks = {"encoder": vae.encoder, "decoder": vae.decoder}
    names = {
        f"{part}.{layer.name}.{weight.name}": weight
        for part, model in networks.items()
        for layer in model.layers
        for weight in layer.weights
    }
    return {**names, "log_scale": vae.log_scale}
