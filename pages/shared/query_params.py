"""Points, labels and numbers in the page's address."""

from collections.abc import Iterable

import numpy as np

from latent_plane.plane_state import LARGEST
from vae_core.arrays import Float32Array


def write_point(z: Float32Array) -> str:
    """A point for the page's address: '1.240,-0.500'."""
    return ",".join(f"{value:.3f}" for value in z)


def read_point(text: str, latent_dim: int) -> Float32Array:
    """The point of an address; the prior's centre when the text is none of that dimension."""
    point = find_point(text, latent_dim)
    return np.zeros(latent_dim, np.float32) if point is None else point


def find_point(text: str, latent_dim: int) -> Float32Array | None:
    """The point (d,) of an address, None when the text is none of that dimension.

    As far out as the plane goes: a point beyond that is the nearest one within.
    """
    try:
        z = np.array([float(part) for part in text.split(",")])
    except ValueError:
        return None
    if z.shape != (latent_dim,) or np.isnan(z).any():
        return None
    return z.clip(-LARGEST, LARGEST).astype(np.float32)


def read_label(text: str, classes: int) -> int | None:
    """The label of an address, the first one when it names none; None without classes."""
    return (find_number(text, classes) or 0) if classes else None


def find_number(text: str, count: int) -> int | None:
    """The whole number below `count` of an address, None when the text is none."""
    short = len(text) <= len(str(count)) and text.isascii() and text.isdigit()
    return int(text) if short and int(text) < count else None


def find_share(text: str) -> float | None:
    """The number between 0 and 1 of an address, None when the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < 1 else None


MOST_ANCHORS = 5
SEPARATOR = ";"


def write_anchors(anchors: Iterable[Float32Array]) -> str:
    """Points (k, d) for the page's address: '1.240,-0.500;0.000,2.000'."""
    return SEPARATOR.join(map(write_point, anchors))


def read_anchors(text: str, latent_dim: int) -> Float32Array:
    """The points (k, d) of an address, `MOST_ANCHORS` at most; what is none is left out."""
    points = (find_point(part, latent_dim) for part in text.split(SEPARATOR))
    found = [point for point in points if point is not None][:MOST_ANCHORS]
    return np.array(found, np.float32).reshape(-1, latent_dim)
