"""The range that an encoder sees as [0, 1], and how columns of a mixed table are standardised."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.description import Description
from vae_core.datasets.heads import SMALLEST, Head, Layout, layout_of

WIDEST = 10.0
"""Values so many robust deviations from the median count as that far when a scale is learned."""
IQR_OF_NORMAL = 1.349


@dataclass(frozen=True)
class Standard:
    """How a mixed table's numbers get about one size: (v - centre) / deviation, each (F,).

    v is the value of a real column, the logarithm of a positive one, and log(1 + count). `lowest`
    and `highest` are the least and the largest v of the training split.
    """

    centre: Float32Array
    deviation: Float32Array
    lowest: Float32Array
    highest: Float32Array

    @classmethod
    def of(cls, x: NDArray[Any], layout: Layout) -> "Standard":
        """Learned on the known values of `x` (n, F), column by column in float64."""
        columns = [_standard(x[:, j], head) for j, head in enumerate(layout.heads)]
        return cls(*(np.array(values, np.float32) for values in zip(*columns, strict=True)))


@dataclass(frozen=True)
class Scaling:
    """Range of each feature in the training split, in data units; (0,) and (1,) for images.

    `standard` is there for mixed tables.
    """

    low: Float32Array
    high: Float32Array
    standard: Standard | None = None

    @classmethod
    def of(cls, x: NDArray[Any], description: Description, *, mixed: bool = False) -> "Scaling":
        """Learned on the training examples `x` (n, features); a constant feature gets width 1."""
        if description.kind == "image":
            return cls(np.zeros(1, np.float32), np.ones(1, np.float32))
        low, high = _range(x)
        high = np.where(high > low, high, low + 1).astype(np.float32)
        layout = layout_of(description.features)
        return cls(low, high, Standard.of(x, layout) if mixed else None)

    def apply(self, x: NDArray[Any], description: Description) -> Float32Array:
        """Stored data (n, *shape) in the range [0, 1] of the training split."""
        if description.kind == "table":
            x = (x - self.low) / (self.high - self.low)
        return np.asarray(x / np.float32(description.maximum), np.float32)


def transformed(values: Any, head: Head) -> Float64Array:
    """Values as they are standardised: logarithms of positive ones, log(1 + count)."""
    values = np.asarray(values, np.float64)
    if head == "positive":
        return np.asarray(np.log(np.maximum(values, SMALLEST)))
    return np.asarray(np.log1p(np.maximum(values, 0))) if head == "count" else values


def _range(x: NDArray[Any]) -> tuple[Float32Array, Float32Array]:
    """Smallest and largest known value of each column (n, F), 0 where there is none."""
    if x.dtype.kind != "f" or not np.isnan(x).any():
        return x.min(axis=0), x.max(axis=0)
    unknown = np.isnan(x).all(axis=0)
    low = np.where(unknown, 0, np.fmin.reduce(x, axis=0)).astype(np.float32)
    high = np.where(unknown, 0, np.fmax.reduce(x, axis=0)).astype(np.float32)
    return low, high


def _standard(column: NDArray[Any], head: Head) -> tuple[float, float, float, float]:
    """Centre, deviation and range; what lies far out does not widen the deviation."""
    values = transformed(column[~np.isnan(column)], head)
    if not len(values):
        return 0.0, 1.0, 0.0, 0.0
    lowest, highest = float(values.min()), float(values.max())
    first, median, third = np.quantile(values, [0.25, 0.5, 0.75])
    if robust := (third - first) / IQR_OF_NORMAL:
        values = np.clip(values, median - WIDEST * robust, median + WIDEST * robust)
    deviation = float(values.std())
    # Of a constant column, rounding leaves a deviation that means nothing.
    meaningful = deviation > 1e-6 * float(np.abs(values).max())
    return float(values.mean()), deviation if meaningful else 1.0, lowest, highest
