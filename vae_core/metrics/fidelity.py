"""Do generated rows look like the data? Marginals and pair correlations, side by side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.errors import DataInvalid


@dataclass(frozen=True)
class Fidelity:
    """Data against generated rows, for f features in the data's units.

    `distance` (f,): Kolmogorov-Smirnov, the largest difference between the two empirical
    distribution functions, 0 (alike) to 1 (apart). `edges` (f, bins + 1) span both, in the
    feature's unit; `data_share` and `generated_share` (f, bins) are the shares of rows in each
    bin. `data_correlation` and `generated_correlation` (f, f) are Pearson's, 0 where a feature is
    constant.
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


def fidelity(data: ArrayLike, generated: ArrayLike, *, bins: int = 20) -> Fidelity:
    """Compare rows `data` (n, f) with `generated` (m, f); n, m >= 2. Raises `DataInvalid`."""
    data, generated = np.asarray(data, np.float64), np.asarray(generated, np.float64)
    shapes = data.shape, generated.shape
    if any(len(s) != 2 or s[0] < 2 for s in shapes) or shapes[0][1] != shapes[1][1]:
        raise DataInvalid(
            "Expected rows (n >= 2, features) of the same features. "
            f"Received: shapes {shapes[0]} and {shapes[1]}"
        )
    if not (np.isfinite(data).all() and np.isfinite(generated).all()):
        raise DataInvalid("Expected finite numbers in all rows. Received: NaN or infinity")
    pairs = list(zip(data.T, generated.T, strict=True))
    edges = [np.histogram_bin_edges(np.concatenate(pair), bins) for pair in pairs]
    first, second = (
        np.stack([np.histogram(pair[i], at)[0] for pair, at in zip(pairs, edges, strict=True)])
        for i in (0, 1)
    )
    return Fidelity(
        np.array([_distance(*pair) for pair in pairs]),
        np.stack(edges),
        first / len(data),
        second / len(generated),
        _correlation(data),
        _correlation(generated),
    )


def chance_distance(count: int, other: int, *, tests: int = 1, level: float = 0.05) -> float:
    """The Kolmogorov-Smirnov distance that `count` and `other` rows of one source rarely exceed.

    In `tests` comparisons together, chance exceeds it at most at a rate of `level` (Smirnov's
    asymptotic distribution, 1948, with Bonferroni's correction). At most 1.
    """
    wide = np.sqrt(-0.5 * np.log(level / tests / 2))
    return float(min(1.0, wide * np.sqrt((count + other) / (count * other))))


def _distance(a: Float64Array, b: Float64Array) -> float:
    """Two-sample Kolmogorov-Smirnov statistic of (n,) and (m,)."""
    places = np.concatenate([a, b])
    below = [np.searchsorted(np.sort(x), places, side="right") / len(x) for x in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def _correlation(rows: Float64Array) -> Float64Array:
    off = rows - rows.mean(axis=0)
    scale = np.linalg.norm(off, axis=0)
    unit = np.divide(off, scale, out=np.zeros_like(off), where=scale > 1e-12 * np.abs(rows).max())
    return np.asarray(np.clip(unit.T @ unit, -1, 1))
