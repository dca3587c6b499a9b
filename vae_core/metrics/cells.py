"""Single cells of a mixed table: their likelihood under their column's head, and draws from it."""

from math import log, pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.heads import SMALLEST, SOFTMAX, Group, Layout

SMALLEST_PROBABILITY = 1e-7
LARGEST_MEAN = 1e15
"""Counts are drawn around no larger mean: NumPy's generator refuses them, and float32 holds no
whole numbers there."""


def cell_log_likelihood(
    x: ArrayLike, parameters: ArrayLike, layout: Layout, noise_scale: ArrayLike
) -> Float64Array:
    """log p of each known cell (..., F) of rows `x` (..., F), nats; 0 where a cell is missing.

    Densities of real and positive columns are those of the value in its own unit: another unit
    changes them by the logarithm of the factor. `parameters` (..., P), `noise_scale` (F,), see
    `vae_core.datasets.heads`.
    """
    x, parameters = np.asarray(x, np.float64), np.asarray(parameters)
    scale = np.asarray(noise_scale, np.float64)
    shape = np.broadcast_shapes(x.shape[:-1], parameters.shape[:-1])
    cells = np.empty((*shape, len(layout.heads)))
    known = ~np.isnan(x)
    filled = np.where(known, x, 1.0)
    for group in layout.groups:
        values, said = filled[..., group.columns], parameters[..., group.parameters]
        cells[..., group.columns] = _log_p(group, values, said, scale[group.columns])
    return np.where(known, cells, 0.0)


def draw_rows(
    parameters: ArrayLike, layout: Layout, noise_scale: ArrayLike, rng: np.random.Generator
) -> Float32Array:
    """A row (..., F) drawn from each of `parameters` (..., P), in stored units.

    Of the right types: numbers of categories, whole counts, and whole numbers where a column has
    no others.
    """
    parameters, scale = np.asarray(parameters), np.asarray(noise_scale, np.float64)
    x = np.empty((*parameters.shape[:-1], len(layout.heads)), np.float32)
    for group in layout.groups:
        said = parameters[..., group.parameters].astype(np.float64)
        x[..., group.columns] = _drawn(group, said, scale[group.columns], rng)
    return layout.typed(x)


def _log_p(group: Group, x: Float64Array, said: Any, scale: Float64Array) -> Float64Array:
    """log p of cells (..., C) under parameters (..., C, width)."""
    if group.head in SOFTMAX:
        shape = np.broadcast_shapes(x.shape, said.shape[:-1])
        codes = np.broadcast_to(_codes(x, group.width), shape)[..., None]
        said = np.take_along_axis(np.broadcast_to(said, (*shape, group.width)), codes, axis=-1)
        return np.asarray(np.log(np.maximum(said[..., 0].astype(np.float64), SMALLEST_PROBABILITY)))
    said = said[..., 0].astype(np.float64)
    if group.head == "binary":
        right = np.where(x > 0.5, said, 1 - said)
        return np.asarray(np.log(np.maximum(right, SMALLEST_PROBABILITY)))
    if group.head == "count":
        return _count_log_p(np.maximum(x, 0), said, scale)
    jacobian = np.zeros(1)
    if group.head == "positive":
        x, said = np.log(np.maximum(x, SMALLEST)), np.log(said)
        jacobian = -x
    error = (x - said) / scale
    return np.asarray(-0.5 * error**2 - np.log(scale) - 0.5 * log(2 * pi) + jacobian)


def _count_log_p(k: Float64Array, mean: Float64Array, r: Float64Array) -> Float64Array:
    from scipy.special import gammaln

    choices = gammaln(k + r) - gammaln(r) - gammaln(k + 1)
    return np.asarray(choices - r * np.log1p(mean / r) - k * np.log1p(r / mean))


def _drawn(
    group: Group, said: Float64Array, scale: Float64Array, rng: np.random.Generator
) -> Float64Array:
    if group.head in SOFTMAX:
        below = np.cumsum(said, axis=-1)[..., :-1] / said.sum(axis=-1, keepdims=True)
        return np.asarray((rng.random((*said.shape[:-1], 1)) >= below).sum(axis=-1), np.float64)
    said = said[..., 0]
    if group.head == "binary":
        return (rng.random(said.shape) < said).astype(np.float64)
    if group.head == "count":
        mean = np.minimum(said, LARGEST_MEAN)
        return rng.poisson(rng.gamma(scale, mean / scale)).astype(np.float64)
    noise = scale * rng.standard_normal(said.shape)
    return np.asarray(said * np.exp(noise) if group.head == "positive" else said + noise)


def _codes(x: Float64Array, width: int) -> Any:
    """Numbers of categories (...,); one that a column does not have counts as its nearest."""
    return np.clip(np.rint(x), 0, width - 1).astype(np.intp)
