"""The built-in datasets: their catalogue, their splits, their originals.

Light to import and free of scikit-learn and pandas, since the app process stands on it.
"""

from vae_core.datasets.catalogue import CATALOGUE, check_fits, default_spec, entry
from vae_core.datasets.entry import Entry
from vae_core.datasets.loading import Dataset, is_available, label_number, load, originals
from vae_core.datasets.split import Split, subset

__all__ = [
    "CATALOGUE",
    "Dataset",
    "Entry",
    "Split",
    "check_fits",
    "default_spec",
    "entry",
    "is_available",
    "label_number",
    "load",
    "originals",
    "subset",
]
