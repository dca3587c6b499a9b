"""Laying latent planes over each other: the turn, mirror and scale that bring two closest."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.errors import DataInvalid
from vae_core.latent.plane import Plane


@dataclass(frozen=True)
class Alignment:
    """How places on one plane lie over those of the same examples on another.

    `rotation` (2, 2) is orthogonal and may mirror; with `scale` it maps `source - source_mean` to
    `target - target_mean`, both means (2,); `spread` is how many times as wide the target is.
    `disparity`, from 0 to 1, is the share of the target's variance that is left, as in
    `scipy.spatial.procrustes`.
    """

    rotation: Float64Array
    scale: float
    source_mean: Float64Array
    target_mean: Float64Array
    spread: float
    disparity: float

    @classmethod
    def of(cls, source: ArrayLike, target: ArrayLike) -> Self:
        """The least-squares alignment of places (n, 2) of the same examples, n >= 3.

        Schönemann, 'A generalized solution of the orthogonal Procrustes problem' (1966), with the
        scale of Gower (1975). Raises `DataInvalid` for places of other examples, or all in one.
        """
        from scipy.linalg import orthogonal_procrustes

        a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
        if a.shape != b.shape or a.ndim != 2 or a.shape[1] != 2 or len(a) < 3:
            raise DataInvalid(
                "Expected places (n >= 3, 2) of the same examples. "
                f"Received: {a.shape} and {b.shape}"
            )
        means = a.mean(axis=0), b.mean(axis=0)
        a, b = a - means[0], b - means[1]
        spread, wanted = float((a**2).sum()), float((b**2).sum())
        if not spread > 0 or not wanted > 0:
            raise DataInvalid("Expected places that differ. Received: all examples in one place")
        rotation, total = orthogonal_procrustes(a, b)
        disparity = float(np.clip(1 - total**2 / (spread * wanted), 0, 1))
        ratio = float(np.sqrt(wanted / spread))
        return cls(rotation, float(total) / spread, *means, ratio, disparity)

    def apply(self, places: ArrayLike) -> Float32Array:
        """Places (n, 2) of the source where they lie on the target."""
        moved = (np.asarray(places, np.float64) - self.source_mean) @ self.rotation
        return np.asarray(self.scale * moved + self.target_mean, np.float32)

    def turned(self, plane: Plane) -> Plane:
        """The source's plane seen the target's way round: turned and mirrored, in its own scale."""
        basis = (self.rotation.T @ plane.basis).astype(np.float32)
        first, second = plane.names
        return Plane(plane.origin, basis, (f"{first}, turned", f"{second}, turned"))

    def underlay(self, places: ArrayLike) -> Float32Array:
        """Places (n, 2) of the target under those of the `turned` plane, as wide as they are.

        The least-squares scale would blow them up where the two have little in common.
        """
        back = (np.asarray(places, np.float64) - self.target_mean) / self.spread
        return np.asarray(back + self.source_mean @ self.rotation, np.float32)
