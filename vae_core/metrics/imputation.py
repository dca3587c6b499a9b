"""Gaps of a mixed table: what a model fills them with, how sure it is, and how far off it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import BoolArray, Float32Array, Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.datasets.heads import NUMBERS, Layout
from vae_core.errors import InvalidInput
from vae_core.metrics.cells import draw_rows
from vae_core.metrics.likelihood import ObservationModel

NUMBERS_AT_ONCE = 20_000_000
"""Drawn cells and parameters in memory together."""


@dataclass(frozen=True)
class Filled:
    """Completed rows `x` (n, F) in stored units, and what is known of each filled cell.

    `low` and `high` (n, F) are the ends of the interval that holds a filled number or ordinal
    category with probability `level`, `probability` (n, F) is that of a filled category: NaN
    wherever they do not apply, and where a cell was known.
    """

    x: Float32Array
    low: Float32Array
    high: Float32Array
    probability: Float32Array
    level: float


def impute(
    codec: Codec,
    x: ArrayLike,
    observation: ObservationModel,
    *,
    label: ArrayLike | None = None,
    draws: int = 100,
    level: float = 0.9,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Filled:
    """Fill the cells of `x` (n, F) that are NaN from what is known of their row.

    A gap gets the middle, see `Layout.points`, of what the posterior's mean decodes to and of the
    mean of what `draws` from the posterior do: of published tables some are filled better by the
    one, some by the other, and none worse by both. Its interval, and the probability of its
    category, are those of the draws. Known cells stay as they are. Raises `InvalidInput` for a
    model that has no heads, or fewer than two draws.
    """
    if observation.layout is None or draws < 2:
        raise InvalidInput(
            "Expected a model of a mixed table, and two draws or more. "
            f"Received: likelihood={observation.likelihood!r}, draws={draws}"
        )
    x, rng = np.asarray(x, np.float32), np.random.default_rng(seed)
    size = max(1, NUMBERS_AT_ONCE // (draws * (observation.layout.size + x.shape[1])))
    parts = []
    for start in range(0, max(len(x), 1), size):
        rows = slice(start, start + size)
        given = None if label is None else np.asarray(label)[rows]
        parts.append(_filled(codec, x[rows], given, observation, draws, level, rng))
        if progress:
            progress(min(start + size, len(x)))
    whole, low, high, probability = (np.concatenate(v) for v in zip(*parts, strict=True))
    return Filled(whole, low, high, probability, level)


def column_errors(
    x: ArrayLike, filled: ArrayLike, hidden: BoolArray, layout: Layout, widths: ArrayLike
) -> Float64Array:
    """How far filled cells are off, a number for each column (F,); NaN where none was `hidden`.

    As Nazabal et al. (2020) define it: of numbers the root of the mean squared error over the
    column's range `widths` (F,), of binary and categorical columns the share of wrong ones, of
    ordinal ones the mean displacement over the number of categories.
    """
    x, filled = np.asarray(x, np.float64), np.asarray(filled, np.float64)
    hidden, widths = hidden & ~np.isnan(x), np.asarray(widths, np.float64)
    off = np.where(hidden, x - filled, 0.0)
    count = hidden.sum(axis=0)
    errors = np.full(x.shape[1], np.nan)
    for group in layout.groups:
        at = group.columns[count[group.columns] > 0]
        if group.head in NUMBERS:
            errors[at] = np.sqrt((off[:, at] ** 2).sum(axis=0) / count[at]) / widths[at]
        elif group.head == "ordinal":
            errors[at] = np.abs(off[:, at]).sum(axis=0) / count[at] / group.width
        else:
            errors[at] = (np.abs(off[:, at]) > 0.5).sum(axis=0) / count[at]
    return errors


def hide(x: ArrayLike, share: float, *, seed: int = 0) -> BoolArray:
    """Which known cells (n, F) are hidden: each with probability `share`, repeatable."""
    if not 0 < share < 1:
        raise InvalidInput(f"Expected a share between 0 and 1. Received: share={share}")
    x = np.asarray(x)
    drawn = np.random.default_rng(seed).random(x.shape) < share
    return np.asarray(drawn & ~np.isnan(x))


def _filled(
    codec: Codec,
    x: Float32Array,
    label: Any,
    observation: ObservationModel,
    draws: int,
    level: float,
    rng: np.random.Generator,
) -> tuple[Float32Array, ...]:
    """Rows, lower and upper ends, probabilities (n, F) of some rows."""
    layout = observation.layout
    assert layout is not None  # impute has seen to it
    mean, log_var = codec.encode(x, label)
    noise = rng.standard_normal((draws, *mean.shape), np.float32)
    z = (mean + np.exp(0.5 * log_var) * noise).reshape(-1, mean.shape[1])
    y = None if label is None else np.tile(label, draws)
    parameters = codec.parameters(z, y).reshape(draws, len(x), -1)
    middle = _middle(codec.parameters(mean, label), parameters.mean(axis=0), layout)
    points = layout.points(middle, observation.noise_scale)
    drawn = draw_rows(parameters, layout, observation.noise_scale, rng)
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    low, high, probability = (np.full(x.shape, np.nan, np.float32) for _ in range(3))
    for group in layout.groups:
        if group.head in NUMBERS or group.head == "ordinal":
            low[:, group.columns], high[:, group.columns] = ends[..., group.columns]
        if group.head not in NUMBERS:
            chosen = _chosen(middle[:, group.parameters], points[:, group.columns])
            probability[:, group.columns] = chosen
    gaps = np.isnan(x)
    kept = (np.where(gaps, values, np.float32(np.nan)) for values in (low, high, probability))
    return (np.where(gaps, points, x), *kept)


def _middle(at_mean: Float32Array, drawn: Float32Array, layout: Layout) -> Float32Array:
    """Half of each of two parameters (n, P); positive columns and counts as at the mean.

    A single draw of theirs may be huge.
    """
    middle = np.asarray((at_mean + drawn) / 2, np.float32)
    for group in layout.groups:
        if group.head in ("positive", "count"):
            middle[:, group.parameters] = at_mean[:, group.parameters]
    return middle


def _chosen(said: Float32Array, points: Float32Array) -> Float32Array:
    """Probability (n, C) of the chosen categories under parameters (n, C, width)."""
    if said.shape[-1] == 1:
        return np.asarray(np.where(points > 0.5, said[..., 0], 1 - said[..., 0]), np.float32)
    codes = points.astype(np.intp)[..., None]
    return np.asarray(np.take_along_axis(said, codes, axis=-1)[..., 0])
