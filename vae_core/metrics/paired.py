"""Which of several models is better on the same examples: paired differences, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, nan

import numpy as np
from numpy.typing import ArrayLike

from vae_core.errors import DataInvalid
from vae_core.metrics.statistics import mean_and_error

CONFIDENCE = 0.95


@dataclass(frozen=True)
class PairedDifference:
    """The mean of a - b over `examples` that both have, with its interval from `low` to `high`.

    In the values' unit; error and interval are NaN for a single example.
    """

    mean: float
    standard_error: float
    low: float
    high: float
    examples: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def paired_difference(
    a: ArrayLike, b: ArrayLike, *, confidence: float = CONFIDENCE, comparisons: int = 1
) -> PairedDifference:
    """The mean difference of two values an example (n,) and Student's t interval of it.

    The interval of matched pairs (Student, 'The probable error of a mean', 1908): what examples
    have in common cancels, unlike in two separate intervals. Of several `comparisons`, all
    intervals together hold with `confidence` (Bonferroni; Dunn, 1961). Raises `DataInvalid` for
    values of different or no examples.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise DataInvalid(
            f"Expected values of the same examples, (n,) each. Received: {a.shape} and {b.shape}"
        )
    mean, error = mean_and_error(a - b)
    reach = _quantile(1 - (1 - confidence) / (2 * comparisons), len(a) - 1) * error
    return PairedDifference(mean, error, mean - reach, mean + reach, len(a))


def clear_best(
    values: Sequence[ArrayLike], *, higher_is_better: bool = True, confidence: float = CONFIDENCE
) -> int | None:
    """Which of several models' values (n,) are best by more than their error, None if none are.

    Its paired intervals against all others must leave out 0. The best is not known beforehand, so
    the intervals are those of all pairs together (Bonferroni): where models are in truth equally
    good, one is named in at most 1 - `confidence` of all cases.
    """
    if len(values) < 2:
        return None
    arrays = [np.asarray(one, np.float64) * (1 if higher_is_better else -1) for one in values]
    best = int(np.argmax([array.mean() for array in arrays]))
    pairs = comb(len(arrays), 2)
    others = (array for number, array in enumerate(arrays) if number != best)
    clear = (
        paired_difference(arrays[best], other, confidence=confidence, comparisons=pairs).low > 0
        for other in others
    )
    return best if all(clear) else None


def _quantile(share: float, freedom: int) -> float:
    """That of Student's t distribution; NaN without a degree of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, share)) if freedom > 0 else nan
