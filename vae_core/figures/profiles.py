"""Rows of a table as small pictures, so that many of them can be compared at a glance."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import UInt8Array
from vae_core.errors import DataInvalid

PAPER, ORIGINAL, DECODED = (247, 247, 247), (84, 96, 112), (252, 151, 34)
HEIGHT, WIDTH = 56, 72
"""Of a picture in pixels; it gets wider when its features don't fit."""


def profiles(x: ArrayLike, decoded: ArrayLike, low: ArrayLike, high: ArrayLike) -> UInt8Array:
    """A picture (n, HEIGHT, w, 3), bytes, of each row of `x` (n, features) and of `decoded`.

    A pair of bars a feature, in the features' order: the original dark, the reconstruction
    orange. Bars run from `low` to `high` (features,) and end there. Raises `DataInvalid`.
    """
    x, decoded = np.asarray(x, np.float64), np.asarray(decoded, np.float64)
    if x.shape != decoded.shape or x.ndim != 2:
        raise DataInvalid(
            "Expected two tables (n, features) of one shape. "
            f"Received: shapes {x.shape} and {decoded.shape}"
        )
    count, features = x.shape
    low, span = np.asarray(low, np.float64), np.subtract(high, low)
    bar = max(1, (WIDTH // features - 1) // 2)
    cell = np.full((count, HEIGHT, features, 2 * bar + 1, 3), PAPER, np.uint8)
    for start, values, ink in ((0, x, ORIGINAL), (bar, decoded, DECODED)):
        share = np.clip((values - low) / np.where(span > 0, span, 1), 0, 1)
        top = np.rint(HEIGHT * (1 - share)).clip(0, HEIGHT - 1)
        filled = np.arange(HEIGHT)[None, :, None] >= top[:, None, :]
        cell[..., start : start + bar, :] = np.where(
            filled[..., None, None], np.array(ink, np.uint8), cell[..., start : start + bar, :]
        )
    return cell.reshape(count, HEIGHT, features * (2 * bar + 1), 3)
