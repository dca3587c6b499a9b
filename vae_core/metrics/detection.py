"""How well a score tells anomalous examples from normal ones. The higher, the more anomalous.

An example is called anomalous if its score is above the threshold, not if it equals it.
"""

from dataclasses import dataclass
from math import ceil, nan
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, Int64Array
from vae_core.errors import DataInvalid, InvalidInput


@dataclass(frozen=True)
class Detection:
    """What each `threshold` (t,) calls anomalous, from the highest score down to minus infinity.

    `found` and `false_alarms` (t,) count the anomalous and the normal examples above it, of
    `anomalous` and `normal` in all. The points of the ROC curve are (`false_alarm_rate`,
    `recall`), of the precision-recall curve (`recall`, `precision`).
    """

    threshold: Float64Array
    found: Int64Array
    false_alarms: Int64Array
    anomalous: int
    normal: int

    @classmethod
    def of(cls, normal: ArrayLike, anomalous: ArrayLike) -> Self:
        """From the scores of normal (n >= 1,) and of anomalous examples (m >= 1,).

        Raises `DataInvalid`.
        """
        places, fewer, more = _counted(normal, anomalous)
        zero = np.zeros(1, np.int64)
        return cls(
            threshold=np.concatenate([places[::-1], [-np.inf]]),
            found=np.concatenate([zero, np.cumsum(more[::-1])]),
            false_alarms=np.concatenate([zero, np.cumsum(fewer[::-1])]),
            anomalous=int(more.sum()),
            normal=int(fewer.sum()),
        )

    @property
    def recall(self) -> Float64Array:
        """Share of the anomalous examples that are found, 0 to 1."""
        return np.asarray(self.found / self.anomalous)

    @property
    def false_alarm_rate(self) -> Float64Array:
        """Share of the normal examples that are called anomalous, 0 to 1."""
        return np.asarray(self.false_alarms / self.normal)

    @property
    def precision(self) -> Float64Array:
        """Share of the alarms that are right, 0 to 1; 1 where nothing is called anomalous."""
        alarms = self.found + self.false_alarms
        right = np.divide(self.found, alarms, out=np.ones(len(alarms)), where=alarms > 0)
        return np.asarray(right)

    @property
    def average_precision(self) -> float:
        """Precision at each threshold, weighed by what its recall adds; chance is the share of
        anomalous examples."""
        return float(np.sum(np.diff(self.recall) * self.precision[1:]))


def auroc(normal: ArrayLike, anomalous: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an anomalous example scores above a normal one.

    Ties count half (Hanley & McNeil, 1982): 0.5 is chance, 1 perfect. Raises `DataInvalid`.
    """
    _, fewer, more = _counted(normal, anomalous)
    return float(_area(fewer, more))


def auroc_interval(
    normal: ArrayLike,
    anomalous: ArrayLike,
    *,
    level: float = 0.95,
    rounds: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Where the AUROC lies at confidence `level`: the bootstrap's percentiles (Efron, 1979).

    In each of `rounds` as many normal and as many anomalous examples are drawn again, with
    replacement. It says how far another sample of examples might move the number, not another
    training. Both ends are NaN where one kind has a single example, which says nothing of others.
    Raises `DataInvalid`, `InvalidInput`.
    """
    if not 0 < level < 1 or rounds < 1:
        raise InvalidInput(
            f"Expected `level` between 0 and 1 and `rounds` of at least 1. "
            f"Received: level={level}, rounds={rounds}"
        )
    places, *scores = _sorted(normal, anomalous)
    if min(map(len, scores)) < 2:
        return nan, nan
    ranks = [np.searchsorted(places, values) for values in scores]
    rng = np.random.default_rng(seed)
    areas = [
        _area(*(np.bincount(rng.choice(rank, len(rank)), minlength=len(places)) for rank in ranks))
        for _ in range(rounds)
    ]
    low, high = np.quantile(areas, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def threshold(held_out: ArrayLike, quantile: float) -> float:
    """The score that at most a share 1 - `quantile` of normal held-out examples (n,) exceed.

    The smallest of the scores that does so. Raises `DataInvalid`, `InvalidInput`.
    """
    if not 0 <= quantile <= 1:
        raise InvalidInput(f"Expected `quantile` from 0 to 1. Received: quantile={quantile}")
    scores = _checked(held_out, "held_out")
    # Rounded, since 0.56 of 25 scores are 14 but 25 * 0.56 is 14.000000000000002.
    rank = max(ceil(round(len(scores) * quantile, 9)), 1)
    return float(np.partition(scores, rank - 1)[rank - 1])


def _area(fewer: Int64Array, more: Int64Array) -> float:
    """AUROC from how many normal and anomalous examples have each score, lowest first."""
    below = np.cumsum(fewer) - 0.5 * fewer
    return float(below @ more / (fewer.sum() * more.sum()))


def _counted(
    normal: ArrayLike, anomalous: ArrayLike
) -> tuple[Float64Array, Int64Array, Int64Array]:
    """The different scores, ascending, and how many of each kind have each of them."""
    places, *scores = _sorted(normal, anomalous)
    fewer, more = (
        np.bincount(np.searchsorted(places, values), minlength=len(places)) for values in scores
    )
    return places, fewer, more


def _sorted(
    normal: ArrayLike, anomalous: ArrayLike
) -> tuple[Float64Array, Float64Array, Float64Array]:
    first, second = _checked(normal, "normal"), _checked(anomalous, "anomalous")
    return np.unique(np.concatenate([first, second])), first, second


def _checked(scores: ArrayLike, name: str) -> Float64Array:
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or not len(scores) or not np.isfinite(scores).all():
        raise DataInvalid(
            f"Expected finite scores `{name}` (n >= 1,). Received: shape={scores.shape}"
        )
    return scores
