"""Means and their standard errors, typical rows, the correlation ratio of columns and labels."""

from collections.abc import Sequence
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.column import CODED, Feature


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Mean over examples (n,) and its standard error, in the values' unit; NaN of a single one."""
    values = np.asarray(values, np.float64)
    return float(values.mean()), deviation(values) / sqrt(len(values))


def deviation(values: ArrayLike) -> float:
    """Standard deviation of the population that values (n,) are drawn from; NaN of a single one."""
    values = np.asarray(values, np.float64)
    return float(values.std(ddof=1)) if len(values) > 1 else nan


def correlation_ratio(values: ArrayLike, labels: ArrayLike) -> Float64Array:
    """Share of each column's variance that lies between labels, (n, features) -> (features,).

    The correlation ratio eta squared (Fisher, 1925): 0 where all labels share a mean, 1 where a
    column is constant within each label. Of known values alone: NaN is missing.
    """
    values, labels = np.asarray(values, np.float64), np.asarray(labels)
    known = ~np.isnan(values)
    values = np.where(known, values, 0.0)
    centre = values.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    between = np.zeros(values.shape[1])
    for label in np.unique(labels):
        counts = known[labels == label].sum(axis=0)
        means = values[labels == label].sum(axis=0) / np.maximum(counts, 1)
        between += counts * (means - centre) ** 2
    total = np.where(known, (values - centre) ** 2, 0.0).sum(axis=0)
    shares = np.divide(between, total, out=np.zeros(values.shape[1]), where=total > 0)
    return np.asarray(shares)


def typical_row(x: ArrayLike, features: Sequence[Feature]) -> Float32Array:
    """Means (F,) of rows (n, F), the most common category where a column is coded; NaN where a
    column has no known value."""
    x = np.asarray(x, np.float32)
    row = np.full(x.shape[1], np.nan, np.float32)
    for column, feature in enumerate(features):
        known = x[~np.isnan(x[:, column]), column]
        if known.size and feature.kind in CODED:
            row[column] = np.bincount(known.astype(np.intp)).argmax()
        elif known.size:
            row[column] = known.mean(dtype=np.float64)
    return row
