"""Means with their standard errors, and the correlation ratio of columns and labels."""

from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array


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
    column is constant within each label.
    """
    values, labels = np.asarray(values, np.float64), np.asarray(labels)
    groups = [values[labels == label] for label in np.unique(labels)]
    centre = values.mean(axis=0)
    between = sum(len(group) * (group.mean(axis=0) - centre) ** 2 for group in groups)
    total = ((values - centre) ** 2).sum(axis=0)
    shares = np.divide(between, total, out=np.zeros(values.shape[1]), where=total > 0)
    return np.asarray(shares)
