"""Numbers with everything that makes them honest."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Float64Array
from vae_core.artifacts.manifest import Metric, SplitName
from vae_core.metrics import ObservationModel, mean_and_error

NATS = "nats per example"


def known_mean(values: Float64Array) -> Float64Array:
    """Mean of each row (n, size) over what is not NaN; 0 of a row of which nothing is known."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1))


def squared_unit(observation: ObservationModel) -> str:
    """What a squared error of `ObservationModel.vectors` is counted in."""
    if observation.layout is None:
        return "squared, values scaled to [0, 1]"
    return "squared, numbers scaled to [0, 1], categories by probability, known cells"


@dataclass(frozen=True)
class Recorder:
    """Makes metrics of one split, under one likelihood ('' where it plays no part)."""

    split: SplitName
    likelihood: str
    seed: int

    def mean(
        self, name: str, values: NDArray[Any], unit: str, estimator: str, *, samples: int = 0
    ) -> Metric:
        """The mean of one value an example (n,), with its standard error if there are two."""
        mean, error = mean_and_error(values)
        known = error if isfinite(error) else None
        return self._metric(name, mean, known, unit, estimator, len(values), samples)

    def one(
        self,
        name: str,
        value: float,
        unit: str,
        estimator: str,
        *,
        examples: int,
        samples: int = 0,
    ) -> Metric:
        """A number of the examples together, which has no standard error over them."""
        return self._metric(name, value, None, unit, estimator, examples, samples)

    def _metric(
        self,
        name: str,
        value: float,
        error: float | None,
        unit: str,
        estimator: str,
        examples: int,
        samples: int,
    ) -> Metric:
        return Metric(
            name=name,
            value=value,
            unit=unit,
            split=self.split,
            likelihood=self.likelihood,
            estimator=estimator,
            samples=samples,
            examples=examples,
            standard_error=error,
            seed=self.seed,
        )
