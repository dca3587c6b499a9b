"""Stratified splits and subsamples, repeatable from a seed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Int64Array
from vae_core.errors import InvalidInput


@dataclass(frozen=True)
class Split:
    """Examples with their labels.

    `x` is uint8 (n, height, width, channels) or float32 (n, features) in the data's own units,
    `label` int64 (n,), `index` int64 (n,): the rows in the whole dataset, ascending.
    """

    x: NDArray[Any]
    label: Int64Array
    index: Int64Array

    def __len__(self) -> int:
        return len(self.index)

    def take(self, rows: Int64Array) -> "Split":
        """The examples at these positions."""
        return Split(self.x[rows], self.label[rows], self.index[rows])


def subset(split: Split, count: int, seed: int) -> Split:
    """A stratified subsample of `count` examples; the whole split when it has no more."""
    if count < 1:
        raise InvalidInput(f"Expected `count` of at least 1. Received: count={count}")
    return split if count >= len(split) else split.take(choose(split.label, count, seed))


def leave_out(split: Split, label: int) -> Split:
    """All examples but those of one label."""
    return split.take(np.flatnonzero(split.label != label))


def choose(label: Int64Array, count: int, seed: int) -> Int64Array:
    """Exactly `count` positions, ascending; each label's share is right to within one.

    Positions are shuffled within their label and then taken at an even pace.
    """
    order = np.lexsort((np.random.default_rng(seed).random(len(label)), label))
    steps = np.arange(len(label) + 1) * count // max(len(label), 1)
    return np.sort(order[np.diff(steps) > 0])


def three_way(
    label: Int64Array, held_out: float, seed: int
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Positions for training, validation and test; the last two get `held_out` of each label.

    Disjoint, covering, ascending; in each part each label's share is right to within one.
    """
    order = np.lexsort((np.random.default_rng(seed).random(len(label)), label))
    parts: tuple[list[Int64Array], list[Int64Array], list[Int64Array]] = ([], [], [])
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        count = int(held_out * len(rows) + 0.5)
        parts[2].append(rows[:count])
        parts[1].append(rows[count : 2 * count])
        parts[0].append(rows[2 * count :])
    train, validation, test = (np.sort(np.concatenate(part)) for part in parts)
    return train, validation, test
