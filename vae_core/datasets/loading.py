"""From a dataset's name to its examples."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import Int64Array, UInt8Array
from vae_core.datasets import bundled, store
from vae_core.datasets.catalogue import entry
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry, Remote
from vae_core.datasets.split import Split, choose, leave_out, three_way
from vae_core.errors import InvalidInput, NotFound

VALIDATION = 5_000


@dataclass(frozen=True)
class Dataset:
    """A dataset and its three disjoint parts."""

    description: Description
    train: Split
    validation: Split
    test: Split


def is_available(name: str) -> bool:
    """Whether `load` would find the dataset on this machine. Raises `NotFound`."""
    found = entry(name)
    return store.is_available(found.remote) if found.remote else bundled.is_available(found)


def load(
    name: str, *, seed: int = 0, without: str | None = None, download: bool = False
) -> Dataset:
    """The dataset in three parts, stratified by label and repeatable from `seed`.

    MNIST and Fashion-MNIST keep their official test sets; 5,000 training images validate. The
    label `without` is left out of training and validation, which are otherwise the same, and
    stays in the test split. Examples stay in file order: shuffle before training. Raises
    `NotFound`, `DataUnavailable` (also as `DownloadFailed`), `DataInvalid`.
    """
    found = entry(name)
    whole = _load(found, seed, download=download)
    if without is None:
        return whole
    number = label_number(found.description, without)
    train, validation = (leave_out(part, number) for part in (whole.train, whole.validation))
    return replace(whole, train=train, validation=validation)


def label_number(description: Description, name: str) -> int:
    """The number of a label; `NotFound` lists the names that exist."""
    if name not in description.labels:
        known = ", ".join(description.labels) or "none"
        raise NotFound(
            f"Expected a label of {description.name} ({known}). Received: label={name!r}"
        )
    return description.labels.index(name)


def originals(name: str, index: ArrayLike) -> NDArray[Any]:
    """The examples at these rows of the whole dataset, stored as they are.

    Rows of MNIST and Fashion-MNIST count the training file first, then the test file. Raises
    `NotFound`, `DataUnavailable`, `DataInvalid`, `InvalidInput` for rows that do not exist.
    """
    found = entry(name)
    rows = np.asarray(index, np.int64)
    if rows.size and (rows.min() < 0 or rows.max() >= found.examples):
        raise InvalidInput(
            f"Expected rows of {name} from 0 to {found.examples - 1}. "
            f"Received: rows from {rows.min()} to {rows.max()}"
        )
    if found.remote is None:
        x: NDArray[Any] = bundled.read(found)[0][rows]
        return x
    return _rows_of(found.description, found.remote, rows)


def _may_fetch(remote: Remote) -> bool:
    """Whether the files are absent, or lie where a download may replace damaged ones."""
    own = (None, store.folder_of(remote))
    return not store.is_cached(remote) and store.locate(remote) in own


def _load(found: Entry, seed: int, *, download: bool) -> Dataset:
    if found.remote is None:
        return _load_shipped(found, seed)
    if download and _may_fetch(found.remote):
        from vae_core.datasets.download import fetch

        fetch(found.remote)
    return _load_remote(found.description, found.remote, seed)


def _load_shipped(found: Entry, seed: int) -> Dataset:
    x, label = bundled.read(found)
    whole = Split(x, label, np.arange(len(x)))
    parts = three_way(label, found.held_out, seed)
    return Dataset(found.description, *(whole.take(rows) for rows in parts))


def _load_remote(description: Description, remote: Remote, seed: int) -> Dataset:
    train_x, train_label, test_x, test_label = (
        np.asarray(store.open_file(remote, file)) for file in remote.files
    )
    count = len(train_label)
    whole = Split(
        train_x.reshape(-1, *description.shape), train_label.astype(np.int64), np.arange(count)
    )
    held = choose(whole.label, min(VALIDATION, count // 2), seed)
    test = Split(
        test_x.reshape(-1, *description.shape),
        test_label.astype(np.int64),
        count + np.arange(len(test_label)),
    )
    return Dataset(description, whole.take(_complement(held, count)), whole.take(held), test)


def _rows_of(description: Description, remote: Remote, rows: Int64Array) -> UInt8Array:
    train, test = (store.open_file(remote, remote.files[i]) for i in (0, 2))
    images = np.empty((*rows.shape, *train.shape[1:]), np.uint8)
    in_test = rows >= len(train)
    images[~in_test] = train[rows[~in_test]]
    images[in_test] = test[rows[in_test] - len(train)]
    return images.reshape(*rows.shape, *description.shape)


def _complement(rows: Int64Array, count: int) -> Int64Array:
    keep = np.ones(count, bool)
    keep[rows] = False
    return np.flatnonzero(keep)
