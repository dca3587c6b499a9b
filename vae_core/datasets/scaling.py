"""The range that an encoder sees as [0, 1], learned on the training split."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Float32Array
from vae_core.datasets.description import Description


@dataclass(frozen=True)
class Scaling:
    """Range of each feature in the training split, in data units; (0,) and (1,) for images."""

    low: Float32Array
    high: Float32Array

    @classmethod
    def of(cls, x: NDArray[Any], description: Description) -> "Scaling":
        """Learned on the training examples `x` (n, features); a constant feature gets width 1."""
        if description.kind == "image":
            return cls(np.zeros(1, np.float32), np.ones(1, np.float32))
        low, high = x.min(axis=0), x.max(axis=0)
        return cls(low, np.where(high > low, high, low + 1).astype(np.float32))

    def apply(self, x: NDArray[Any], description: Description) -> Float32Array:
        """Stored data (n, *shape) in the range [0, 1] of the training split."""
        if description.kind == "table":
            x = (x - self.low) / (self.high - self.low)
        return np.asarray(x / np.float32(description.maximum), np.float32)
