"""Signed errors of pictures as colours."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import UInt8Array
from vae_core.errors import DataInvalid

STOPS = ((33, 102, 172), (103, 169, 207), (247, 247, 247), (239, 138, 98), (178, 24, 43))
"""Colours of -1, -1/2, 0, 1/2 and 1: from too little ink over none wrong to too much. The drawing
pad has the same; blue and red, light in the middle, are told apart by colour-blind eyes too."""


def difference_picture(x: ArrayLike, decoded: ArrayLike) -> UInt8Array:
    """`decoded` minus `x` in colours, (h, w, 3) bytes, of pictures (h, w, channels) in [0, 1].

    The mean over channels, clipped to [-1, 1], between the colours of `STOPS`. Raises
    `DataInvalid` for shapes that differ and for what is not a number.
    """
    x, decoded = np.asarray(x, np.float64), np.asarray(decoded, np.float64)
    error = decoded - x if x.shape == decoded.shape else np.empty(0)
    if error.ndim != 3 or np.isnan(error).any():
        raise DataInvalid(
            "Expected two pictures (height, width, channels) of one shape, all numbers. "
            f"Received: shapes {x.shape} and {decoded.shape}"
        )
    return in_colours(error.mean(axis=2))


def in_colours(error: ArrayLike) -> UInt8Array:
    """Errors of any shape as colours (..., 3), bytes; outside [-1, 1] like the nearer end."""
    places = np.linspace(-1, 1, len(STOPS))
    values = np.asarray(error, np.float64)
    channels = [np.interp(values, places, channel) for channel in np.transpose(STOPS)]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), np.uint8)


def css_scale() -> str:
    """The colours from -1 to 1, left to right, as a CSS background."""
    colours = ", ".join(f"rgb({red} {green} {blue})" for red, green, blue in STOPS)
    return f"linear-gradient(to right, {colours})"
