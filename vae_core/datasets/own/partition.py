"""Which rows train, validate and test: by label, by group, or by time."""

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Int64Array, UInt8Array
from vae_core.datasets.split import choose
from vae_core.errors import DataInvalid

PARTS = TRAIN, VALIDATION, TEST = (0, 1, 2)
SMALL = 1_000
MOST_HELD_OUT = 20_000


def held_out(rows: int) -> int:
    """How many rows each of validation and test gets: a fifth of a small table, else a tenth."""
    return min(max(1, round(rows * (0.2 if rows < SMALL else 0.1))), MOST_HELD_OUT)


def partition(
    label: Int64Array,
    *,
    group: Int64Array | None = None,
    time: NDArray[np.float64] | None = None,
    seed: int = 0,
) -> UInt8Array:
    """`TRAIN`, `VALIDATION` or `TEST` for each row (n,), repeatable from `seed`.

    By `label` (n,) each part has each label's share to within one row. With `group` (n,) no group
    is in two parts. With `time` (n,), NaN where unknown, all validation rows are later than all
    training rows, and all test rows later still; those without a time test. Raises `DataInvalid`
    where there are too few groups or times.
    """
    if group is not None and time is not None:
        raise DataInvalid("Expected a split by group or by time. Received: both")
    if time is not None:
        return _by_time(time)
    if group is not None:
        return _by_group(group, seed)
    found = np.zeros(len(label), np.uint8)
    count = held_out(len(label))
    held = choose(label, 2 * count, seed)
    found[held] = VALIDATION
    found[held[choose(label[held], count, seed + 1)]] = TEST
    return found


def renewed(
    split: UInt8Array, label: Int64Array, group: Int64Array | None, seed: int
) -> UInt8Array:
    """The split with other rows, or groups, for validation; the test rows stay."""
    found = split.copy()
    free = np.flatnonzero(split != TEST)
    count = int((split == VALIDATION).sum())
    found[free] = TRAIN
    if group is None:
        found[free[choose(label[free], count, seed)]] = VALIDATION
    else:
        found[free] = _take_groups(group[free], (count,), seed)
    return found


def _by_group(group: Int64Array, seed: int) -> UInt8Array:
    groups = len(np.unique(group))
    if groups < 3:
        raise DataInvalid(
            f"Expected at least 3 groups, one each to train, validate and test. Received: {groups}"
        )
    count = held_out(len(group))
    return _take_groups(group, (count, count), seed)


def _take_groups(group: Int64Array, counts: tuple[int, ...], seed: int) -> UInt8Array:
    """Whole groups for each of `counts`, at least one each and one left for training.

    Groups come in a random order; one that is far too large for what is wanted is passed over.
    """
    members, place = np.unique(group, return_inverse=True)
    sizes = np.bincount(place)
    order = np.random.default_rng(seed).permutation(len(members))
    part = np.zeros(len(members), np.uint8)
    left = list(order)
    for number, wanted in enumerate(counts, start=1):
        taken = 0
        must_stay = len(counts) - number + 1
        for member in list(left):
            fits = taken + sizes[member] <= 1.5 * wanted
            if taken < wanted and fits and len(left) > must_stay:
                part[member] = number
                taken += sizes[member]
                left.remove(member)
        if not taken:
            smallest = min(left, key=lambda member: sizes[member])
            part[smallest] = number
            left.remove(smallest)
    return part[place]


def _by_time(time: NDArray[np.float64]) -> UInt8Array:
    """Cut where the time changes, near the shares that are wanted."""
    known = np.flatnonzero(~np.isnan(time))
    moments, first = np.unique(time[known], return_index=False, return_counts=True)
    if len(moments) < 3:
        raise DataInvalid(
            "Expected at least 3 different times, to train, validate and test one after the "
            f"other. Received: {len(moments)}"
        )
    count = held_out(len(known))
    after = np.cumsum(first)  # rows up to and with each moment
    total = after[-1]
    last = len(moments) - 1
    end = int(np.clip(np.searchsorted(after, total - 2 * count), 0, last - 2))
    middle = int(np.clip(np.searchsorted(after, total - count), end + 1, last - 1))
    found = np.full(len(time), TEST, np.uint8)
    found[known[time[known] <= moments[middle]]] = VALIDATION
    found[known[time[known] <= moments[end]]] = TRAIN
    return found
