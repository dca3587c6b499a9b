"""Paths along the decoder's own geometry: the shortest in what is decoded, not in the codes."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.morph.decoded_space import DecodedSpace
from vae_core.morph.interpolation import line, slerp
from vae_core.morph.path import FRAMES, Path, evenly, path_through

EDGES = (8, 16, 32)
"""A chain is shortened with few edges first: a coarse one moves far in one step."""
ROUNDS = 8
GAIN = 2e-3
"""A round that lowers the energy by a smaller share than this is the last of its chain."""
DECODES = 800
"""Examples decoded for one path, all its legs together: a quarter of a second on one core with a
convolutional decoder, a twentieth with a dense one."""
STEP = 1e-2
"""Step of the finite differences, in units of z: below a posterior's width, above float32's."""
BULGES = (-0.4, -0.2, 0.2, 0.4)
"""Height of the curved starts, in lengths of the line."""


TIE = 0.1
"""Share of the latent space's own metric, scaled to the line's, in the one that is minimised."""

Surface = Callable[[Float64Array], Float64Array]


def geodesic(anchors: ArrayLike, space: DecodedSpace, *, frames: int = FRAMES) -> Path:
    """A shortest path between `anchors` (k, d) under the decoder's pull-back metric.

    Of a chain of points z_i with fixed ends the energy sum ||g(z_i+1) - g(z_i)||^2 is minimised,
    as in Shao, Kumar & Fletcher, 'The Riemannian geometry of deep generative models' (2018), but
    by damped Gauss-Newton steps (Levenberg, 1944) with a Jacobian by finite differences, so that
    only decoding is needed. A little of the latent space's own metric (`TIE`) is added, or the
    path could stray without cost along directions that the decoder passes over.

    It is a local minimum, found from the best of several starts (the line, the arc, in two
    dimensions curves to either side). Its output length is never above the straight line's:
    where nothing shorter is found, a leg is that line. Raises `InvalidInput`.
    """
    budget = DECODES // max(len(np.asarray(anchors)) - 1, 1)

    def leg(a: Float64Array, b: Float64Array) -> list[Float64Array]:
        return [line(a, b), _shortened(a, b, space, budget)]

    return path_through("geodesic", anchors, leg, space, frames)


def _shortened(a: Float64Array, b: Float64Array, space: DecodedSpace, budget: int) -> Float64Array:
    """Corners of a chain of least energy from `a` to `b`, for about `budget` decoded examples."""
    whole = evenly(line(a, b), EDGES[0])
    rate = np.sqrt(TIE * _energy(space.output(whole)) / _energy(whole))

    def surface(z: Float64Array) -> Float64Array:
        return np.concatenate([space.output(z), rate * z], axis=1)

    starts = [evenly(start, EDGES[0]) for start in _starts(a, b)]
    chain = min(starts, key=lambda points: _energy(surface(points)))
    left = budget - sum(map(len, starts))
    for edges in EDGES:
        chain, left = _relaxed(evenly(chain, edges), surface, left)
    return chain


def _starts(a: Float64Array, b: Float64Array) -> Iterator[Float64Array]:
    yield line(a, b)
    yield slerp(a, b)
    if len(a) == 2:
        t = np.linspace(0, 1, EDGES[0] + 1)[:, None]
        side = (b - a)[::-1] * [-1, 1]
        yield from (a + t * (b - a) + bulge * 4 * t * (1 - t) * side for bulge in BULGES)


def _relaxed(z: Float64Array, surface: Surface, budget: int) -> tuple[Float64Array, int]:
    """The chain (m, d) with less energy, and what is left of the budget of decoded examples."""
    output, damping = surface(z), 1e-2
    cost = z[1:-1].size + len(z)
    budget -= len(z)
    for _ in range(ROUNDS):
        if budget < cost:
            break
        budget -= cost
        matrix, slope = _normal_equations(_jacobians(z[1:-1], output[1:-1], surface), output)
        scale = damping * np.trace(matrix) / len(matrix) + np.finfo(float).tiny
        trial = z.copy()
        trial[1:-1] -= np.linalg.solve(matrix + scale * np.eye(len(matrix)), slope).reshape(
            z[1:-1].shape
        )
        decoded, before = surface(trial), _energy(output)
        gain = before - _energy(decoded)
        damping = damping / 4 if gain > 0 else damping * 16
        if gain > 0:
            z, output = trial, decoded
        if 0 <= gain <= GAIN * before:
            break
    return z, budget


def _jacobians(z: Float64Array, output: Float64Array, surface: Surface) -> Float64Array:
    """Derivatives (m, d, size) of the output at points (m, d), by forward differences."""
    points, dim = z.shape
    moved = (z[:, None] + STEP * np.eye(dim)).reshape(-1, dim)
    return (surface(moved).reshape(points, dim, -1) - output[:, None]) / STEP


def _normal_equations(
    jacobians: Float64Array, output: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Gauss-Newton matrix (m d, m d), block-tridiagonal, and half the energy's slope (m d,)."""
    points, dim, _ = jacobians.shape
    edges = np.diff(output, axis=0)
    slope = np.einsum("mdf,mf->md", jacobians, edges[:-1] - edges[1:])
    blocks = np.zeros((points, dim, points, dim))
    own = np.arange(points)
    blocks[own, :, own, :] = 2 * jacobians @ jacobians.transpose(0, 2, 1)
    coupling = -jacobians[:-1] @ jacobians[1:].transpose(0, 2, 1)
    blocks[own[:-1], :, own[1:], :] = coupling
    blocks[own[1:], :, own[:-1], :] = coupling.transpose(0, 2, 1)
    return blocks.reshape(points * dim, points * dim), slope.ravel()


def _energy(output: Float64Array) -> float:
    """Of a chain decoded to (m, size): sum of squared steps."""
    return float((np.diff(output, axis=0) ** 2).sum())
