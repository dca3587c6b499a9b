"""Geometry of the latent space: planes through it, grids, traversals, neighbours, ellipses."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array, IndexArray
from vae_core.errors import DataInvalid, InvalidInput


@dataclass(frozen=True)
class Plane:
    """A plane through the latent space: `z = origin + u * basis[0] + v * basis[1]`.

    Shapes: `origin` (d,), `basis` (2, d) with orthonormal rows; for d = 1 the second row is zero,
    so that moving along `v` changes nothing.
    """

    origin: Float32Array
    basis: Float32Array
    names: tuple[str, str]

    @classmethod
    def axes(cls, first: int, second: int, *, latent_dim: int) -> Self:
        """The plane of two latent dimensions, counted from 0."""
        if latent_dim == 1:
            return cls(_zeros(1), np.array([[1], [0]], np.float32), ("z1", ""))
        if first == second or not (0 <= first < latent_dim and 0 <= second < latent_dim):
            raise InvalidInput(
                f"Expected two different axes from 0 to {latent_dim - 1}. "
                f"Received: first={first}, second={second}"
            )
        basis = np.eye(latent_dim, dtype=np.float32)[[first, second]]
        return cls(_zeros(latent_dim), basis, (f"z{first + 1}", f"z{second + 1}"))

    @classmethod
    def principal(cls, points: ArrayLike) -> Self:
        """The plane of the two directions in which `points` (n, d), d >= 2, spread most (PCA)."""
        points = np.asarray(points, np.float32)
        if points.ndim != 2 or points.shape[1] < 2 or len(points) < 2:
            raise DataInvalid(f"Expected points (n >= 2, d >= 2). Received: shape={points.shape}")
        origin = points.mean(axis=0)
        _, directions = np.linalg.eigh(np.cov(points.T.astype(np.float64)))
        basis = directions.T[::-1][:2]
        signs = np.sign(basis[np.arange(2), np.abs(basis).argmax(axis=1)])
        basis = (basis * signs[:, None]).astype(np.float32)
        return cls(origin.astype(np.float32), basis, ("PC 1", "PC 2"))

    @property
    def latent_dim(self) -> int:
        return len(self.origin)

    def project(self, z: ArrayLike) -> Float32Array:
        """Coordinates (n, 2) of points `z` (n, d) on the plane."""
        return np.asarray((np.asarray(z, np.float32) - self.origin) @ self.basis.T, np.float32)

    def lift(self, coordinates: ArrayLike, *, through: ArrayLike | None = None) -> Float32Array:
        """Points (n, d) at plane `coordinates` (n, 2).

        What lies off the plane is taken from `through` (d,): moving on the plane holds it still.
        """
        coordinates = np.asarray(coordinates, np.float32)
        anchor = self.origin if through is None else np.asarray(through, np.float32)
        return np.asarray(anchor + (coordinates - self.project(anchor)) @ self.basis, np.float32)


def linear_grid(limits: ArrayLike, *, size: int) -> Float32Array:
    """Cell centres (size * size, 2) of a regular grid, in reading order.

    `limits` is ((u_min, u_max), (v_min, v_max)); the first row has the largest v.
    """
    (u_min, u_max), (v_min, v_max) = np.asarray(limits, np.float64)
    fractions = (np.arange(size) + 0.5) / size
    return _mesh(u_min + fractions * (u_max - u_min), v_max - fractions * (v_max - v_min))


def quantile_grid(*, size: int) -> Float32Array:
    """Cell medians (size * size, 2) of a grid in which each cell holds the same prior mass.

    The coordinates are quantiles of the standard normal, as in figure 4 of Kingma & Welling,
    'Auto-Encoding Variational Bayes' (2014). Reading order, largest v first.
    """
    quantiles = np.array([NormalDist().inv_cdf((i + 0.5) / size) for i in range(size)])
    return _mesh(quantiles, -quantiles)


def traversal(z: ArrayLike, *, axis: int, values: ArrayLike) -> Float32Array:
    """Copies (n, d) of `z` (d,) whose coordinate `axis` takes each of `values` (n,)."""
    z, values = np.asarray(z, np.float32), np.asarray(values, np.float32)
    if not 0 <= axis < len(z):
        raise InvalidInput(f"Expected `axis` from 0 to {len(z) - 1}. Received: axis={axis}")
    walk = np.repeat(z[None], len(values), axis=0)
    walk[:, axis] = values
    return walk


def nearest(z: ArrayLike, points: ArrayLike, *, count: int) -> tuple[IndexArray, Float32Array]:
    """Rows of the `count` points (n, d) nearest to `z` (d,), and their distances, nearest first."""
    difference = np.asarray(points, np.float32) - np.asarray(z, np.float32)
    squared = np.einsum("nd,nd->n", difference, difference)
    count = min(count, len(squared))
    rows = np.argpartition(squared, count - 1)[:count] if count else np.zeros(0, np.intp)
    rows = rows[np.argsort(squared[rows], kind="stable")]
    return rows, np.sqrt(squared[rows])


def ellipse(
    mean: ArrayLike, log_var: ArrayLike, plane: Plane, *, sigmas: float = 1.0
) -> Float32Array:
    """Outline (65, 2) on `plane` of a diagonal Gaussian's `sigmas` contour, closed.

    `mean` and `log_var` have shape (d,). The contour is that of the marginal on the plane, whose
    covariance is `basis @ diag(exp(log_var)) @ basis.T`.
    """
    basis = plane.basis.astype(np.float64)
    covariance = basis * np.exp(np.asarray(log_var, np.float64)) @ basis.T
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, 65)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    outline = circle * np.sqrt(np.maximum(values, 0)) @ vectors.T
    centre = plane.project(np.asarray(mean, np.float32)[None])[0]
    return np.asarray(centre + sigmas * outline, np.float32)


def density(
    coordinates: ArrayLike, *, limits: ArrayLike, bins: int = 80, smoothing: float = 1.5
) -> Float32Array:
    """Kernel density (bins, bins) of plane `coordinates` (n, 2), per unit of area.

    A histogram over `limits` ((u_min, u_max), (v_min, v_max)) convolved with a Gaussian of
    `smoothing` bins. Rows run along v upward, columns along u.
    """
    coordinates = np.asarray(coordinates, np.float64)
    limits = np.asarray(limits, np.float64)
    u, v = coordinates.T
    counts, *edges = np.histogram2d(u, v, bins=bins, range=limits)
    kernel = _gaussian_kernel(smoothing)
    reach = len(kernel) // 2
    for axis in (0, 1):
        wide = np.apply_along_axis(np.convolve, axis, counts, kernel)
        counts = wide.take(range(reach, reach + bins), axis)
    area = float(np.prod([edge[1] - edge[0] for edge in edges]))
    return np.asarray(counts.T / max(len(coordinates), 1) / area, np.float32)


def limits_of(coordinates: ArrayLike, *, margin: float = 0.06) -> Float32Array:
    """Limits (d, 2) that hold all points (n, d) and at least the prior's two sigma."""
    coordinates = np.asarray(coordinates, np.float32)
    low = coordinates.min(axis=0, initial=-2)
    high = coordinates.max(axis=0, initial=2)
    pad = (high - low) * margin
    return np.stack([low - pad, high + pad], axis=1)


def _mesh(columns: Float64Array, rows: Float64Array) -> Float32Array:
    u, v = np.meshgrid(columns, rows)
    return np.stack([u.ravel(), v.ravel()], axis=1).astype(np.float32)


def _gaussian_kernel(sigma: float) -> Float64Array:
    reach = np.arange(-int(4 * sigma + 0.5), int(4 * sigma + 0.5) + 1)
    kernel = np.exp(-0.5 * (reach / sigma) ** 2) if sigma else np.ones(1)
    return np.asarray(kernel / kernel.sum())


def _zeros(size: int) -> Float32Array:
    return np.zeros(size, np.float32)
