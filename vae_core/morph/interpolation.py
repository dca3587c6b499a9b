"""Paths that know nothing of the decoder: linear interpolation, and spherical (slerp)."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.morph.decoded_space import DecodedSpace
from vae_core.morph.path import FRAMES, MEASURED, Path, path_through

PARALLEL = 1e-6
"""Sine of the angle below which two directions are one, or opposite."""


def straight(anchors: ArrayLike, space: DecodedSpace, *, frames: int = FRAMES) -> Path:
    """Straight lines between `anchors` (k, d). Raises `InvalidInput`."""
    return path_through("straight", anchors, lambda a, b: [line(a, b)], space, frames)


def spherical(anchors: ArrayLike, space: DecodedSpace, *, frames: int = FRAMES) -> Path:
    """Arcs around the origin between `anchors` (k, d), by `slerp`. Raises `InvalidInput`."""
    return path_through("spherical", anchors, lambda a, b: [slerp(a, b)], space, frames)


def line(a: Float64Array, b: Float64Array) -> Float64Array:
    """The corners of the straight way from `a` to `b` (d,)."""
    return np.stack([a, b])


def slerp(a: Float64Array, b: Float64Array) -> Float64Array:
    """From `a` to `b` (d,): the direction turns at constant speed, the norm changes linearly.

    Spherical interpolation (Shoemake, 'Animating rotation with quaternion curves', 1985) as
    White ('Sampling generative networks', 2016) takes it to latent spaces, with the norms apart.
    From or to the origin it is the straight line. Opposite directions have no shortest arc: it
    turns towards the axis to which they are most oblique; in one dimension it goes straight.
    """
    norms = np.linalg.norm([a, b], axis=1)
    if norms.min() < PARALLEL:
        return line(a, b)
    start, end = a / norms[0], b / norms[1]
    across = end - (start @ end) * start
    if np.linalg.norm(across) < PARALLEL:
        if start @ end > 0 or len(a) == 1:
            return line(a, b)
        axis = np.eye(len(a))[np.abs(start).argmin()]
        across, angle = axis - (start @ axis) * start, np.pi
    else:
        angle = np.arctan2(np.linalg.norm(across), start @ end)
    across /= np.linalg.norm(across)
    t = np.linspace(0, 1, MEASURED + 1)[:, None]
    directions = np.cos(t * angle) * start + np.sin(t * angle) * across
    points = ((1 - t) * norms[0] + t * norms[1]) * directions
    points[[0, -1]] = a, b
    return np.asarray(points)
