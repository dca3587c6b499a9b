"""Principal components: the linear map to d dimensions that a model's codes are compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.errors import DataInvalid


@dataclass(frozen=True)
class PrincipalComponents:
    """`mean` (features,) of the data and orthonormal directions `basis` (d, features)."""

    mean: Float64Array
    basis: Float64Array

    @classmethod
    def of(cls, batches: Iterable[ArrayLike], *, dim: int) -> Self:
        """The `dim` directions, or as many as there are features, in which data vary most.

        `batches` (n_i, features) are read once and summed, so that the data never lie in memory
        together. Raises `DataInvalid` for fewer than two rows.
        """
        count, total, products = 0, np.zeros(1), np.zeros((1, 1))
        for batch in batches:
            rows = np.asarray(batch, np.float64)
            count, total, products = (
                count + len(rows),
                total + rows.sum(0),
                products + rows.T @ rows,
            )
        if count < 2:
            raise DataInvalid(f"Expected at least two rows. Received: {count}")
        mean = total / count
        _, directions = np.linalg.eigh(products / count - np.outer(mean, mean))
        return cls(mean, directions.T[::-1][:dim])

    def encode(self, x: ArrayLike) -> Float64Array:
        """Coordinates (n, d) of rows (n, features)."""
        return np.asarray((np.asarray(x, np.float64) - self.mean) @ self.basis.T)

    def decode(self, z: ArrayLike) -> Float64Array:
        """The nearest rows (n, features) that have the coordinates `z` (n, d)."""
        return np.asarray(np.asarray(z, np.float64) @ self.basis + self.mean)
