"""Train, open and measure variational autoencoders.

    import vae_core

    model = vae_core.train("digits", epochs=30)
    mean, log_var = model.encode(vae_core.load("digits").test.x)

Importing this is light: each name below brings what it needs when it is first used, and nothing
here imports Streamlit. The rooms and their levels are in `tests/test_architecture.py`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_core.api import Model, models, open_model, train
    from vae_core.datasets import catalogued as datasets
    from vae_core.datasets import load

__version__ = "0.2.0"
__all__ = ["Model", "datasets", "load", "models", "open_model", "train"]


def __getattr__(name: str) -> Any:
    """The names of `__all__`, imported when they are first asked for."""
    if name == "datasets":
        return import_module("vae_core.datasets")  # a package that can be called
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "vae_core.datasets" if name == "load" else "vae_core.api"
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
