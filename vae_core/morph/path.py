"""A path through the latent space, measured and cut into frames."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.errors import InvalidInput
from vae_core.morph.decoded_space import DecodedSpace
from vae_core.threads import one_thread

ANCHORS = (2, 5)
FRAMES = 61
MEASURED = 64
"""Steps of one leg at which it is decoded to be measured, unless it has as many corners."""


@dataclass(frozen=True)
class Path:
    """A way through two to five anchors, as frames, with what it crosses.

    `z` (n, d): every leg between two anchors has as many frames as the others, to one, so that
    several paths through the same anchors meet there at the same time. Within a leg the frames
    are equal steps of output length: the picture changes evenly, and the frames lie closest where
    the decoder turns fastest. Where nothing changes at all they are equal steps in the latent
    space.

    `latent_length`: Euclidean, in units of z (the prior's standard deviations).
    `output_length`: Euclidean length of the decoded curve; pixels, or features scaled to the
    training range, count from 0 to 1.
    `lowest_density`: the smallest density of the aggregated posterior on the way, in nats
    relative to that of a typical example (`AggregatedPosterior.relative`).
    """

    name: str
    z: Float32Array
    latent_length: float
    output_length: float
    lowest_density: float


Leg = Callable[[Float64Array, Float64Array], Iterable[Float64Array]]
"""From two anchors (d,) to one or more ways between them: corners (m >= 2, d), ends included."""


def checked_anchors(anchors: ArrayLike, latent_dim: int) -> Float64Array:
    """`anchors` as (2 to 5, d), or `InvalidInput`, which names two that coincide."""
    points = np.asarray(anchors, np.float64)
    fewest, most = ANCHORS
    if points.ndim != 2 or not fewest <= len(points) <= most or points.shape[1] != latent_dim:
        raise InvalidInput(
            f"Expected {fewest} to {most} anchors with {latent_dim} coordinates each. "
            f"Received: shape={points.shape}"
        )
    if not np.isfinite(points).all():
        raise InvalidInput("Expected finite coordinates of anchors. Received: NaN or infinity")
    for (first, a), (second, b) in combinations(enumerate(points, start=1), 2):
        if np.linalg.norm(a - b) < 1e-4:
            raise InvalidInput(
                "Expected anchors at different places. Received: anchors "
                f"{first} and {second} at the same one. Move or remove one of them."
            )
    return points


def path_through(name: str, anchors: ArrayLike, leg: Leg, space: DecodedSpace, frames: int) -> Path:
    """The path through `anchors` (k, d), measured, in `frames` frames.

    Of the ways that `leg` offers between two anchors, the one of least output length is taken.
    """
    points = checked_anchors(anchors, space.codec.latent_dim)
    if frames < len(points):
        raise InvalidInput(
            f"Expected at least one frame for each of {len(points)} anchors. Received: {frames}"
        )
    ends = np.linspace(0, frames - 1, len(points)).round().astype(int)
    with one_thread():
        legs = [
            min((MeasuredLeg.of(way, space) for way in leg(a, b)), key=lambda way: way.output[-1])
            for a, b in pairwise(points)
        ]
        lowest = min(space.density.relative(part.z).min() for part in legs)
    parts = [part.frames(count) for part, count in zip(legs, np.diff(ends), strict=True)]
    return Path(
        name,
        np.concatenate([points[:1], *(part[1:] for part in parts)]).astype(np.float32),
        sum(float(part.latent[-1]) for part in legs),
        sum(float(part.output[-1]) for part in legs),
        float(lowest),
    )


@dataclass(frozen=True)
class MeasuredLeg:
    """A leg as points `z` (m, d), with its length so far in the latent and output space, (m,)."""

    z: Float64Array
    latent: Float64Array
    output: Float64Array

    @classmethod
    def of(cls, corners: Float64Array, space: DecodedSpace) -> "MeasuredLeg":
        """Decoded at its corners and, if they are fewer, at `MEASURED` equal steps."""
        distance, z = _lengths(corners), corners
        if len(corners) <= MEASURED:
            even = np.linspace(0, distance[-1], MEASURED + 1)
            z = _interpolated(corners, distance, np.union1d(distance, even))
        return cls(z, _lengths(z), _lengths(space.output(z)))

    def frames(self, steps: int) -> Float64Array:
        """The leg in `steps` equal steps, (steps + 1, d)."""
        even = self.latent / self.latent[-1]
        # A little of the latent length keeps frames apart where the output stands still.
        distance = 1e-6 * even + (self.output / self.output[-1] if self.output[-1] > 1e-9 else even)
        return _interpolated(self.z, distance, np.linspace(0, distance[-1], steps + 1))


def evenly(corners: Float64Array, steps: int) -> Float64Array:
    """The polyline through `corners` (m, d) in equal steps of latent length, (steps + 1, d)."""
    distance = _lengths(corners)
    return _interpolated(corners, distance, np.linspace(0, distance[-1], steps + 1))


def _interpolated(corners: Float64Array, distance: Float64Array, at: Float64Array) -> Float64Array:
    """The polyline through `corners` (m, d), reached after `distance` (m,), `at` distances (n,)."""
    return np.stack([np.interp(at, distance, column) for column in corners.T], axis=1)


def _lengths(points: Float64Array) -> Float64Array:
    """Length of a polyline (m, d) up to each of its points, (m,)."""
    return np.append(0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
