"""Train, store, measure and decode variational autoencoders; the app stands on this.

    import vae_core

    model = vae_core.train("digits", epochs=30)
    mean, log_var = model.encode(vae_core.load("digits").test.x)

Importing this is light: each name of `__all__` brings what it needs when it is first used. One
folder answers one question, and imports run one way, from each line to those below it:

    cli                                      the commands
    api, estimator                           what this offers by name; a scikit-learn estimator
    worker                                   the process that trains one job
    training, figures, sweeps                Keras; Plotly; many trainings and the best of them
    evaluation, morph                        metrics of a model; paths
    jobs, metrics                            the queue and its supervisor; formulas on arrays
    artifacts                                stored models: manifest, registry, ONNX codec
    intake                                   the process that reads an untrusted file
    datasets                                 catalogue, download, splits, own tables
    spec, latent, systems                    what is asked for; the latent space; where it runs
    arrays, disk, errors, frozen, interrupts, memory, paths, text, threads

Only `training` and `worker` import Keras, and nothing here imports Streamlit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_core.api import Model, models, open_model, sweep, train
    from vae_core.datasets import catalogued as datasets
    from vae_core.datasets import load
    from vae_core.datasets.own.adding import add as add_dataset
    from vae_core.estimator import VAE

__version__ = "0.2.0"
__all__ = [
    "VAE",
    "Model",
    "add_dataset",
    "datasets",
    "load",
    "models",
    "open_model",
    "sweep",
    "train",
]

HOMES = {
    "load": ("vae_core.datasets", "load"),
    "add_dataset": ("vae_core.datasets.own.adding", "add"),
    "VAE": ("vae_core.estimator", "VAE"),
}
"""Names that don't come from `vae_core.api`: where from, and what they are called there."""


def __getattr__(name: str) -> Any:
    """The names of `__all__`, imported when they are first asked for."""
    if name == "datasets":
        return import_module("vae_core.datasets")  # a package that can be called
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, own_name = HOMES.get(name, ("vae_core.api", name))
    return getattr(import_module(home), own_name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
