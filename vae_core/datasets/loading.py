"""From a dataset's name to its examples."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.arrays import BoolArray, Int64Array, UInt8Array
from vae_core.datasets import bundled, store
from vae_core.datasets.catalogue import entry, find
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry, Remote
from vae_core.datasets.own.partition import PARTS, renewed
from vae_core.datasets.own.store import OwnDataset
from vae_core.datasets.split import Split, choose, leave_out, three_way
from vae_core.errors import InvalidInput, NotFound

VALIDATION = 5_000


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset and its three disjoint parts.

    The test split is always there. `train` and `validation` are read when they are first asked
    for; those of MNIST and Fashion-MNIST have to be downloaded, so that this may raise
    `DataUnavailable`, or `DataInvalid`.
    """

    description: Description
    test: Split
    _learn: Callable[[], tuple[Split, Split]] = field(repr=False)

    @classmethod
    def of(cls, description: Description, *, train: Split, validation: Split, test: Split) -> Self:
        """A dataset all of whose parts are at hand."""
        return cls(description, test, lambda: (train, validation))

    @property
    def train(self) -> Split:
        """What models learn from."""
        return self._learned[0]

    @property
    def validation(self) -> Split:
        """What early stopping looks at."""
        return self._learned[1]

    def read(self) -> Self:
        """The same, once all parts have been read. Raises what `train` raises."""
        _ = self._learned
        return self

    @cached_property
    def _learned(self) -> tuple[Split, Split]:
        return self._learn()


def is_available(name: str) -> bool:
    """Whether the training examples are on this machine; not those of an unknown dataset."""
    found = find(name)
    if found is None or found.own:
        return found is not None
    return store.is_available(found.remote) if found.remote else bundled.is_available(found)


def has_test(name: str) -> bool:
    """Whether the test examples are on this machine, as they are of each built-in dataset."""
    found = find(name)
    if found is None or found.own:
        return found is not None
    return store.has_test(found.remote) if found.remote else bundled.is_available(found)


def are_here(name: str, index: ArrayLike) -> BoolArray:
    """Which of these rows (n,) of the whole dataset `originals` would find on this machine."""
    rows, found = np.asarray(index, np.int64), find(name)
    if found is None or found.remote is None:
        return np.full(rows.shape, is_available(name))
    training = rows < found.remote.training[0].shape[0]
    return np.where(training, is_available(name), has_test(name))


def load(
    name: str, *, seed: int = 0, without: str | None = None, download: bool = False
) -> Dataset:
    """The dataset in three parts, stratified by label and repeatable from `seed`.

    MNIST and Fashion-MNIST keep their official test sets, which come with this program; 5,000
    training images validate. Of an own dataset the test split is the stored one, and with seed 0
    so is the whole split. `download` fetches the training images if they are not here. The
    label `without` is left out of training and validation, which are otherwise the same, and
    stays in the test split. Examples stay in file order: shuffle before training. Raises
    `NotFound`, `DataUnavailable` (also as `DownloadFailed`), `DataInvalid`.
    """
    found = entry(name)
    number = None if without is None else label_number(found.description, without)
    if found.own:
        return _load_own(found.own, seed, number)
    if found.remote is None:
        return _load_bundled(found, seed, number)
    if download and _may_fetch(found.remote):
        from vae_core.datasets.download import fetch

        fetch(found.remote)
    return _load_remote(found.description, found.remote, seed, number)


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

    Rows of MNIST and Fashion-MNIST count the training file first, then the test file; only for
    the former do the training files have to be here, see `are_here`. Raises `NotFound`,
    `DataUnavailable`, `DataInvalid`, `InvalidInput` for rows that do not exist.
    """
    found = entry(name)
    rows = np.asarray(index, np.int64)
    if rows.size and (rows.min() < 0 or rows.max() >= found.examples):
        raise InvalidInput(
            f"Expected rows of {name} from 0 to {found.examples - 1}. "
            f"Received: rows from {rows.min()} to {rows.max()}"
        )
    if found.own:
        return found.own.rows(rows)
    if found.remote is None:
        x: NDArray[Any] = bundled.read(found)[0][rows]
        return x
    return _rows_of(found.description, found.remote, rows)


def _may_fetch(remote: Remote) -> bool:
    """Whether the files are absent, or lie where a download may replace damaged ones."""
    own = (None, store.folder_of(remote))
    return not store.is_cached(remote) and store.locate(remote) in own


def _load_bundled(found: Entry, seed: int, without: int | None) -> Dataset:
    x, label = bundled.read(found)
    whole = Split(x, label, np.arange(len(x)))
    train, validation, test = map(whole.take, three_way(label, found.held_out, seed))
    train, validation = _without(without, train, validation)
    return Dataset.of(found.description, train=train, validation=validation, test=test)


def _load_own(own: OwnDataset, seed: int, without: int | None) -> Dataset:
    """The stored parts, mapped; another seed chooses other rows to validate where no time does."""
    stored, description = own.split, own.manifest.description
    bounds = np.searchsorted(stored[own.order], (*PARTS, len(PARTS)))

    def part(number: int) -> Split:
        place = slice(bounds[number], bounds[number + 1])
        rows = own.order[place]
        return Split(own.x[place], own.label[rows], rows)

    def learn() -> tuple[Split, Split]:
        if seed == 0 or own.manifest.held_out_by == "time":
            return _without(without, part(0), part(1))
        split = renewed(stored, own.label, own.group, seed)
        train, validation = (np.flatnonzero(split == one) for one in PARTS[:2])
        drawn = (Split(own.rows(rows), own.label[rows], rows) for rows in (train, validation))
        return _without(without, *drawn)

    return Dataset(description, part(2), learn)


def _load_remote(
    description: Description, remote: Remote, seed: int, without: int | None
) -> Dataset:
    def learn() -> tuple[Split, Split]:
        x, label = (np.asarray(store.open_file(remote, file)) for file in remote.training)
        whole = _split(description, x, label, first=0)
        held = choose(whole.label, min(VALIDATION, len(label) // 2), seed)
        train = whole.take(_complement(held, len(label)))
        return _without(without, train, whole.take(held))

    x, label = (np.asarray(store.open_file(remote, file)) for file in remote.test)
    first = remote.training[0].shape[0]
    return Dataset(description, _split(description, x, label, first=first), learn)


def _split(description: Description, x: UInt8Array, label: UInt8Array, *, first: int) -> Split:
    """All of a file, whose examples are rows of the whole dataset from `first` on."""
    index = first + np.arange(len(label))
    return Split(x.reshape(-1, *description.shape), label.astype(np.int64), index)


def _without(label: int | None, train: Split, validation: Split) -> tuple[Split, Split]:
    if label is None:
        return train, validation
    return leave_out(train, label), leave_out(validation, label)


def _rows_of(description: Description, remote: Remote, rows: Int64Array) -> UInt8Array:
    """Stored images; a file none of whose rows is asked for need not be here."""
    first, height, width = remote.training[0].shape
    images = np.empty((*rows.shape, height, width), np.uint8)
    in_test = rows >= first
    for file, chosen, start in (
        (remote.training[0], ~in_test, 0),
        (remote.test[0], in_test, first),
    ):
        if chosen.any():
            images[chosen] = store.open_file(remote, file)[rows[chosen] - start]
    return images.reshape(*rows.shape, *description.shape)


def _complement(rows: Int64Array, count: int) -> Int64Array:
    keep = np.ones(count, bool)
    keep[rows] = False
    return np.flatnonzero(keep)
