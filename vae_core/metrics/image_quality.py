"""Quality of reconstructed images: peak signal-to-noise ratio and structural similarity."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.errors import DataInvalid

WINDOW, SIGMA = 11, 1.5
"""Side and standard deviation of the window of SSIM, in pixels."""
NARROWEST = 3
"""Side of the smallest window that sees structure: the smallest odd one with neighbours."""
BATCH = 1000


def psnr(x: ArrayLike, y: ArrayLike) -> Float64Array:
    """Peak signal-to-noise ratio (n,) in dB of images (n, h, w, c) in [0, 1]; infinite if equal.

    -10 log10 of the squared error averaged over an image's pixels and channels. Raises
    `DataInvalid`.
    """
    x, y = _image_pairs(x, y)
    with np.errstate(divide="ignore"):
        return np.asarray(-10 * np.log10(((x - y) ** 2).mean(axis=(1, 2, 3))))


def ssim(x: ArrayLike, y: ArrayLike) -> Float64Array:
    """Structural similarity (n,) of images (n, h, w, c) in [0, 1]: 1 if equal, at least -1.

    Wang, Bovik, Sheikh & Simoncelli, 'Image quality assessment: from error visibility to
    structural similarity' (2004): a Gaussian window of 11 x 11 pixels with sigma 1.5, K1 = 0.01,
    K2 = 0.03, averaged over the places where it lies inside the image, and over channels. In
    smaller images the window is the widest odd one that fits, and sigma shrinks with it: 7 x 7
    pixels and 0.95 for 8 x 8 digits. NaN for images less than `NARROWEST` pixels high or wide: a
    window of one pixel has no variance and sees no structure, only brightness. Raises
    `DataInvalid`.
    """
    x, y = _image_pairs(x, y)
    height, width = x.shape[1:3]
    side = min(WINDOW, height - 1 + height % 2, width - 1 + width % 2)
    if side < NARROWEST:
        return np.full(len(x), np.nan)
    down, across = _window(height, side), _window(width, side).T
    x, y = x.transpose(0, 3, 1, 2), y.transpose(0, 3, 1, 2)
    batches = (
        _similarity(x[i : i + BATCH], y[i : i + BATCH], down, across)
        for i in range(0, len(x), BATCH)
    )
    return np.concatenate([batch.mean(axis=(1, 2, 3)) for batch in batches])


def _similarity(
    x: Float64Array, y: Float64Array, down: Float64Array, across: Float64Array
) -> Float64Array:
    """The map of SSIM of images (n, c, h, w); `down` and `across` weigh rows and columns."""
    x_mean, y_mean, xx, yy, xy = (down @ values @ across for values in (x, y, x * x, y * y, x * y))
    spread = xx - x_mean**2 + yy - y_mean**2
    covariance = xy - x_mean * y_mean
    level, contrast = 0.01**2, 0.03**2
    similarity = (2 * x_mean * y_mean + level) * (2 * covariance + contrast)
    return np.asarray(similarity / ((x_mean**2 + y_mean**2 + level) * (spread + contrast)))


def _image_pairs(x: ArrayLike, y: ArrayLike) -> tuple[Float64Array, Float64Array]:
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if x.shape != y.shape or x.ndim != 4 or not x.size:
        raise DataInvalid(
            "Expected two batches of images (n, height, width, channels) of one shape, n >= 1. "
            f"Received: shapes {x.shape} and {y.shape}"
        )
    return x, y


def _window(length: int, side: int) -> Float64Array:
    """The Gaussian window at each of its places along an axis, (length - side + 1, length)."""
    offsets = np.arange(side) - side // 2
    weights = np.exp(-0.5 * (offsets / (SIGMA * side / WINDOW)) ** 2)
    rows = np.zeros((length - side + 1, length))
    for place, row in enumerate(rows):
        row[place : place + side] = weights / weights.sum()
    return rows
