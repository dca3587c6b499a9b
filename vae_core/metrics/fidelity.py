"""Do generated rows look like the data? Marginals and associations of pairs, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, Int64Array
from vae_core.errors import DataInvalid
from vae_core.metrics.statistics import correlation_ratio


@dataclass(frozen=True)
class Fidelity:
    """Data against generated rows, for f features in the data's units.

    `distance` (f,): Kolmogorov-Smirnov, the largest difference between the two empirical
    distribution functions, 0 (alike) to 1 (apart). `edges` (f, bins + 1) span both, in the
    feature's unit; `data_share` and `generated_share` (f, bins) are the shares of rows in each
    bin; categories have a bin each, from their number - 0.5 on. `data_correlation` and
    `generated_correlation` (f, f) are those of `association`.
    """

    distance: Float64Array
    edges: Float64Array
    data_share: Float64Array
    generated_share: Float64Array
    data_correlation: Float64Array
    generated_correlation: Float64Array

    @property
    def correlation_error(self) -> float:
        """Largest difference between the two correlations of a pair, 0 to 2."""
        return float(np.abs(self.data_correlation - self.generated_correlation).max())


def fidelity(
    data: ArrayLike,
    generated: ArrayLike,
    *,
    categories: Sequence[int] | None = None,
    bins: int = 20,
) -> Fidelity:
    """Compare rows `data` (n, f) with `generated` (m, f); n, m >= 2. Raises `DataInvalid`.

    NaN is a missing cell: each column is compared on its known cells, each pair on rows where both
    are known. `categories` (f,) says how many a column has, 0 for numbers.
    """
    data, generated = np.asarray(data, np.float64), np.asarray(generated, np.float64)
    shapes = data.shape, generated.shape
    if any(len(s) != 2 or s[0] < 2 for s in shapes) or shapes[0][1] != shapes[1][1]:
        raise DataInvalid(
            "Expected rows (n >= 2, features) of the same features. "
            f"Received: shapes {shapes[0]} and {shapes[1]}"
        )
    if np.isinf(data).any() or np.isinf(generated).any():
        raise DataInvalid("Expected finite numbers in all rows. Received: infinity")
    counts = [0] * data.shape[1] if categories is None else list(categories)
    pairs = [(_known(one), _known(other)) for one, other in zip(data.T, generated.T, strict=True)]
    edges = [_edges(*pair, count, bins) for pair, count in zip(pairs, counts, strict=True)]
    first, second = (
        np.stack([_shares(pair[i], at) for pair, at in zip(pairs, edges, strict=True)])
        for i in (0, 1)
    )
    return Fidelity(
        np.array([_distance(*pair) for pair in pairs]),
        np.stack(edges),
        first,
        second,
        association(data, counts),
        association(generated, counts),
    )


def association(rows: ArrayLike, categories: Sequence[int]) -> Float64Array:
    """How closely each pair of columns (f, f) of `rows` (n, f) goes together; 0 if one is constant.

    Two numbers: Pearson's correlation, -1 to 1. A number and categories: the correlation ratio eta
    (Fisher, 1925), 0 to 1. Two categories: Cramér's V (1946), 0 to 1. Over the rows in which both
    are known.
    """
    rows = np.asarray(rows, np.float64)
    if not any(categories) and not np.isnan(rows).any():
        return _correlation(rows)
    found = np.eye(rows.shape[1])
    for i in range(len(found)):
        for j in range(i):
            both = ~np.isnan(rows[:, i]) & ~np.isnan(rows[:, j])
            pair, kinds = rows[both][:, [i, j]], (categories[i], categories[j])
            found[i, j] = found[j, i] = _associated(pair, kinds) if both.sum() > 1 else 0.0
    return found


def _associated(pair: Float64Array, categories: tuple[int, int]) -> float:
    """Of two columns (n, 2) without gaps."""
    if not any(categories):
        return float(_correlation(pair)[0, 1])
    if all(categories):
        return _cramer(pair.astype(np.int64), categories)
    coded = 0 if categories[0] else 1
    return float(np.sqrt(correlation_ratio(pair[:, [1 - coded]], pair[:, coded])[0]))


def _cramer(codes: Int64Array, categories: tuple[int, int]) -> float:
    """Cramér's V of two columns of category numbers (n, 2)."""
    table = np.zeros(categories)
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape) < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    squared = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(squared / (table.sum() * (min(table.shape) - 1))))


def _known(column: Float64Array) -> Float64Array:
    return column[~np.isnan(column)]


def _edges(one: Float64Array, other: Float64Array, categories: int, bins: int) -> Float64Array:
    """Ends (bins + 1,) of the bins over both; categories are in the middles of some of them."""
    if categories:
        return np.asarray(np.linspace(-0.5, max(categories, 2) - 0.5, bins + 1))
    both = np.concatenate([one, other])
    return np.asarray(np.histogram_bin_edges(both if len(both) else [0.0, 1.0], bins))


def _shares(column: Float64Array, edges: Float64Array) -> Float64Array:
    return np.asarray(np.histogram(column, edges)[0] / max(len(column), 1))


def chance_distance(count: int, other: int, *, tests: int = 1, level: float = 0.05) -> float:
    """The Kolmogorov-Smirnov distance that `count` and `other` rows of one source rarely exceed.

    In `tests` comparisons together, chance exceeds it at most at a rate of `level` (Smirnov's
    asymptotic distribution, 1948, with Bonferroni's correction). At most 1.
    """
    wide = np.sqrt(-0.5 * np.log(level / tests / 2))
    return float(min(1.0, wide * np.sqrt((count + other) / (count * other))))


def _distance(a: Float64Array, b: Float64Array) -> float:
    """Two-sample Kolmogorov-Smirnov statistic of (n,) and (m,)."""
    if not (len(a) and len(b)):
        return 0.0 if len(a) == len(b) else 1.0
    places = np.concatenate([a, b])
    below = [np.searchsorted(np.sort(x), places, side="right") / len(x) for x in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def _correlation(rows: Float64Array) -> Float64Array:
    off = rows - rows.mean(axis=0)
    scale = np.linalg.norm(off, axis=0)
    unit = np.divide(off, scale, out=np.zeros_like(off), where=scale > 1e-12 * np.abs(rows).max())
    return np.asarray(np.clip(unit.T @ unit, -1, 1))
