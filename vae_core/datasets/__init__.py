"""Datasets, built in or your own: their catalogue, their splits, their originals.

Light to import and free of scikit-learn, pandas and pyarrow, since the app process stands on it.
"""

import sys
from types import ModuleType

from vae_core.datasets.catalogue import CATALOGUE, check_fits, default_spec, entry
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry
from vae_core.datasets.loading import (
    Dataset,
    are_here,
    has_test,
    is_available,
    label_number,
    load,
    originals,
)
from vae_core.datasets.split import Split, subset

__all__ = [
    "CATALOGUE",
    "Dataset",
    "Entry",
    "Split",
    "are_here",
    "catalogued",
    "check_fits",
    "default_spec",
    "entry",
    "has_test",
    "is_available",
    "label_number",
    "load",
    "originals",
    "subset",
]


def catalogued() -> dict[str, Description]:
    """What each built-in dataset is, by its name: kind, shape, labels, features, licence."""
    return {name: entry.description for name, entry in CATALOGUE.items()}


class _Callable(ModuleType):
    """`vae_core.datasets()` is `catalogued()`, though this package has the same name."""

    def __call__(self) -> dict[str, Description]:
        return catalogued()


sys.modules[__name__].__class__ = _Callable
