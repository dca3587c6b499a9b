"""The small datasets that scikit-learn or this package ships, read without importing the former.

Importing scikit-learn costs the app process 70 MB and a second; its CSV files cost nothing.
"""

import csv
from functools import lru_cache
from importlib.util import find_spec
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core import paths
from vae_core.arrays import Int64Array
from vae_core.datasets.column import Feature
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry
from vae_core.errors import DataUnavailable


def is_available(entry: Entry) -> bool:
    """Whether the file is on this machine."""
    path = _path(entry)
    return path is not None and path.is_file()


def read(entry: Entry) -> tuple[NDArray[Any], Int64Array]:
    """All examples, read-only: uint8 images or float32 columns as `Feature` says, and labels."""
    path = _path(entry)
    if path is None or not path.is_file():
        raise DataUnavailable(
            f"Expected the file {entry.csv!r}. Received: path={path}. "
            "Install scikit-learn as requirements.txt names it, and Latent Explorer whole."
        )
    if entry.columns:
        return _read_words(path, entry.description, entry.columns, entry.label)
    return _read(path, entry.description.shape, entry.description.kind == "image")


@lru_cache(maxsize=8)
def _read(path: Path, shape: tuple[int, ...], is_image: bool) -> tuple[NDArray[Any], Int64Array]:
    header = 0 if is_image else 1
    values = np.loadtxt(path, delimiter=",", skiprows=header, dtype=np.float64)
    x = values[:, :-1].astype(np.uint8 if is_image else np.float32).reshape(-1, *shape)
    label = values[:, -1].astype(np.int64)
    x.flags.writeable = label.flags.writeable = False
    return x, label


@lru_cache(maxsize=8)
def _read_words(
    path: Path, description: Description, columns: tuple[str, ...], label: str
) -> tuple[NDArray[Any], Int64Array]:
    """A CSV file with a header, whose words are categories; 'NA' where a cell is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    features = zip(description.features, columns, strict=True)
    x = np.array([[_value(row[name], f) for row in rows] for f, name in features], np.float32).T
    labels = np.array([description.labels.index(row[label]) for row in rows], np.int64)
    x.flags.writeable = labels.flags.writeable = False
    return x, labels


def _value(cell: str, feature: Feature) -> float:
    if cell == "NA":
        return nan
    return feature.categories.index(cell) if feature.categories else float(cell) - feature.offset


def _path(entry: Entry) -> Path | None:
    if entry.columns:
        return paths.tables() / entry.csv
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data" / entry.csv
