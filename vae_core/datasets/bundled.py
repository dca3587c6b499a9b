"""The small datasets that scikit-learn ships, read without importing it.

Importing scikit-learn costs the app process 70 MB and a second; its CSV files cost nothing.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Int64Array
from vae_core.datasets.entry import Entry
from vae_core.errors import DataUnavailable


def is_available(entry: Entry) -> bool:
    """Whether scikit-learn's file is on this machine."""
    path = _path(entry.csv)
    return path is not None and path.is_file()


def read(entry: Entry) -> tuple[NDArray[Any], Int64Array]:
    """All examples, read-only: uint8 images or float32 columns in own units, and their labels."""
    path = _path(entry.csv)
    if path is None or not path.is_file():
        raise DataUnavailable(
            f"Expected scikit-learn's file {entry.csv!r}. Received: path={path}. "
            "Install scikit-learn as requirements.txt names it."
        )
    return _read(path, entry.description.shape, entry.description.kind == "image")


@lru_cache(maxsize=8)
def _read(path: Path, shape: tuple[int, ...], is_image: bool) -> tuple[NDArray[Any], Int64Array]:
    header = 0 if is_image else 1
    values = np.loadtxt(path, delimiter=",", skiprows=header, dtype=np.float64)
    x = values[:, :-1].astype(np.uint8 if is_image else np.float32).reshape(-1, *shape)
    label = values[:, -1].astype(np.int64)
    x.flags.writeable = label.flags.writeable = False
    return x, label


def _path(csv: str) -> Path | None:
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data" / csv
