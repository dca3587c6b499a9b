"""Each latent dimension on its own: how much it tells, and what it changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array
from vae_core.latent.plane import traversal
from vae_core.latent.posterior import collapsed_dimensions, dimension_kl


@dataclass(frozen=True)
class Traversal:
    """Points `z` (n, d) in which only coordinate `axis`, counted from 0, changes.

    `kl` is what this dimension tells of an example, in nats, averaged over examples; a
    `collapsed` one tells nothing, and the decoder has learned to pass over it.
    """

    axis: int
    z: Float32Array
    kl: float
    collapsed: bool


def traversals(
    z: ArrayLike, mean: ArrayLike, log_var: ArrayLike, *, reach: float = 3.0, frames: int = 13
) -> tuple[Traversal, ...]:
    """One through `z` (d,) for each dimension, the one with the largest KL first.

    The coordinate goes from -`reach` to `reach` standard deviations of the prior; `mean` and
    `log_var` (n, d) are the encoded examples over which the KL is averaged.
    """
    kl = dimension_kl(mean, log_var)
    collapsed = collapsed_dimensions(kl)
    values = np.linspace(-reach, reach, frames)
    return tuple(
        Traversal(axis, traversal(z, axis=axis, values=values), float(kl[axis]), axis in collapsed)
        for axis in map(int, np.argsort(-kl, kind="stable"))
    )
