"""The heads of a mixed table: which parameters of the decoder say what of which column.

A decoder answers `parameters` (n, P), in the order of the columns: of a real column the mean, of a
positive one the median, of a count the mean, all in stored units; of a binary one the probability
of category 1; of an ordinal or categorical one a probability for each category. What all rows
share, a column's `noise_scale`, is in the manifest: the standard deviation of a real column, that
of the logarithm of a positive one, the dispersion r of a count (its variance is
mean + mean**2 / r); 0 for the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array, IndexArray
from vae_core.datasets.column import Feature
from vae_core.errors import InvalidInput

Head = Literal["real", "positive", "count", "binary", "ordinal", "categorical"]
HEADS: tuple[Head, ...] = ("real", "positive", "count", "binary", "ordinal", "categorical")
NUMBERS: frozenset[Head] = frozenset({"real", "positive", "count"})
SOFTMAX: frozenset[Head] = frozenset({"ordinal", "categorical"})
SMALLEST = float(np.finfo(np.float32).tiny)
"""Stands for what is not positive in a positive column, whose logarithm is needed."""


def head_of(feature: Feature) -> Head:
    """The head of a column: that of its kind, but 'real' where it is stored shifted.

    The logarithm and the Poisson family need the distance to 0, which float32 loses beside an
    offset.
    """
    if feature.offset and feature.kind in NUMBERS:
        return "real"
    return feature.kind


@dataclass(frozen=True, eq=False)
class Group:
    """Columns (C,) with the same head, whose `parameters` (C, width) stand together."""

    head: Head
    columns: IndexArray
    parameters: IndexArray

    @property
    def width(self) -> int:
        """Parameters of each column."""
        return int(self.parameters.shape[1])

    @property
    def size(self) -> int:
        """Parameters of all columns."""
        return self.parameters.size


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each column's parameters stand: `starts` (F,) and `widths` (F,) of all `size`.

    `groups` are the columns by head and width, so that work is done for many columns at once.
    `integer` (F,) marks columns whose values are whole numbers.
    """

    heads: tuple[Head, ...]
    starts: IndexArray
    widths: IndexArray
    groups: tuple[Group, ...]
    integer: Any

    @classmethod
    def of(cls, features: Sequence[Feature]) -> Self:
        """Raises `InvalidInput` for a coded column with fewer than two categories."""
        heads = tuple(head_of(feature) for feature in features)
        widths = np.array([_width(feature) for feature in features], np.intp)
        starts = np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(np.intp)
        integer = np.array(
            [
                f.whole or head not in ("real", "positive")
                for f, head in zip(features, heads, strict=True)
            ],
            bool,
        )
        return cls(heads, starts, widths, tuple(_groups(heads, starts, widths)), integer)

    @property
    def size(self) -> int:
        """Parameters of one row, P."""
        return int(self.widths.sum())

    @cached_property
    def order(self) -> IndexArray:
        """Where each parameter (P,) stands when they are taken group by group."""
        return np.argsort(np.concatenate([group.parameters.ravel() for group in self.groups]))

    @cached_property
    def column_of(self) -> IndexArray:
        """The column of each parameter (P,), taken group by group."""
        return np.concatenate([np.repeat(group.columns, group.width) for group in self.groups])

    def indicators(self, x: ArrayLike) -> Float32Array:
        """Rows (n, F) as (n, P): a 0 or 1 for each category, NaN where a cell is missing."""
        x = np.asarray(x, np.float32)
        found = np.empty((len(x), self.size), np.float32)
        for group in self.groups:
            values = x[:, group.columns, None]
            if group.head in SOFTMAX:
                codes = np.arange(group.width, dtype=np.float32)
                values = np.where(np.isnan(values), values, np.abs(values - codes) < 0.5)
            found[:, group.parameters] = values
        return found

    def points(self, parameters: ArrayLike, noise_scale: ArrayLike) -> Float32Array:
        """The most plausible row (..., F) of each of `parameters` (..., P), in stored units.

        Medians; of a binary or categorical column the number of the most probable category. Whole
        numbers where the column has no others.
        """
        parameters = np.asarray(parameters)
        x = np.empty((*parameters.shape[:-1], len(self.heads)), np.float32)
        scale = np.asarray(noise_scale, np.float64)
        for group in self.groups:
            values = parameters[..., group.parameters]
            x[..., group.columns] = _middle(group.head, values, scale[group.columns])
        return self.typed(x)

    def typed(self, x: Float32Array) -> Float32Array:
        """Rows (..., F) with whole numbers where a column has no others; not 0 if positive."""
        x[..., self.integer] = np.rint(x[..., self.integer])
        positive = self.integer & np.array([head == "positive" for head in self.heads], bool)
        x[..., positive] = np.maximum(x[..., positive], 1)
        return x


@lru_cache(maxsize=64)
def layout_of(features: tuple[Feature, ...]) -> Layout:
    """The layout of these columns, made once."""
    return Layout.of(features)


def _width(feature: Feature) -> int:
    if feature.kind not in SOFTMAX:
        return 1
    if len(feature.categories) < 2:
        raise InvalidInput(
            f"Expected two categories or more in the column {feature.name!r}. "
            f"Received: {list(feature.categories)}"
        )
    return len(feature.categories)


def _groups(heads: Sequence[Head], starts: IndexArray, widths: IndexArray) -> Iterator[Group]:
    for head in HEADS:
        own = np.array([found == head for found in heads], bool)
        for width in np.unique(widths[own]):
            columns = np.flatnonzero(own & (widths == width))
            yield Group(head, columns, starts[columns, None] + np.arange(width))


def _middle(head: Head, values: Any, scale: Float64Array) -> Any:
    """Middle (..., C) of what the parameters (..., C, width) of a group say."""
    if head == "categorical":
        return values.argmax(axis=-1)
    if head == "ordinal":
        return (np.cumsum(values, axis=-1, dtype=np.float64)[..., :-1] < 0.5).sum(axis=-1)
    if head == "binary":
        return values[..., 0] > 0.5
    if head == "count":
        return count_median(values[..., 0], scale)
    return values[..., 0]


def count_median(mean: ArrayLike, dispersion: ArrayLike) -> Float64Array:
    """Median of the negative binomial with `mean` (...,) and `dispersion` r, a whole number."""
    from scipy.special import betainc, nbdtrik

    mean, r = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(dispersion, np.float64))
    p = r / (r + mean)
    found = np.ceil(nbdtrik(0.5, r, p) - 1e-6)
    # The inverse answers NaN where 0 holds more than half already.
    return np.where(betainc(r, 1.0, p) >= 0.5, 0.0, np.nan_to_num(found, nan=0.0))
