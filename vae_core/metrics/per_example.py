"""How well a model reconstructs each of many examples, in the units of each number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.errors import InvalidInput
from vae_core.metrics import (
    ElboParts,
    ObservationModel,
    elbo_parts,
    observed_batches,
    psnr,
    ssim,
)
from vae_core.metrics.cells import cell_log_likelihood

BATCH = 250


@dataclass(frozen=True)
class ExampleScores(ElboParts):
    """One number an example (n,).

    The terms of the ELBO in nats; `psnr` in dB and `ssim` of the picture decoded at the
    posterior's mean, None for tables.
    """

    psnr: Float64Array | None = None
    ssim: Float64Array | None = None


def scores(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    *,
    samples: int = 1,
    seed: int = 0,
    scale: float = 1.0,
) -> ExampleScores:
    """Scores of data (n, *shape), encoded anew; `label` (n,) for conditional models.

    `x` times 1 / `scale` is in the codec's units, so that stored bytes are converted one batch at
    a time. The terms of the ELBO are those of `elbo_parts`. Raises `DataInvalid`.
    """
    x = np.asarray(x)
    batches = [slice(start, start + BATCH) for start in range(0, len(x), BATCH)]
    labels = [None if label is None else np.asarray(label)[rows] for rows in batches]
    parts = elbo_parts(codec, x, label, observation, samples=samples, seed=seed, scale=scale)
    if len(codec.shape) != 3:
        return ExampleScores(parts.reconstruction, parts.kl, samples)
    pairs = [
        _image_quality(codec, np.asarray(x[rows] / np.float32(scale), np.float32), y)
        for rows, y in zip(batches, labels, strict=True)
    ]
    noise_ratio, similarity = (np.concatenate(values) for values in zip(*pairs, strict=True))
    return ExampleScores(parts.reconstruction, parts.kl, samples, noise_ratio, similarity)


def _image_quality(
    codec: Codec, x: Float64Array, label: ArrayLike | None
) -> tuple[Float64Array, Float64Array]:
    """PSNR and SSIM (n,) of pictures and what is decoded at their means."""
    made = codec.decode(codec.encode(x, label)[0], label)
    return psnr(x, made), ssim(x, made)


def column_scores(
    codec: Codec,
    x: ArrayLike,
    label: ArrayLike | None,
    observation: ObservationModel,
    *,
    samples: int = 1,
    seed: int = 0,
) -> Float64Array:
    """-log p(x_j|z) of each cell (n, features) of a mixed table, nats; 0 where it is missing.

    Averaged over `samples` draws of z from each posterior; the rows' sums are the
    `reconstruction` of `scores`. Raises `InvalidInput` for a model that has no heads.
    """
    layout = observation.layout
    if layout is None:
        raise InvalidInput(
            f"Expected a model of a mixed table. Received: likelihood={observation.likelihood!r}"
        )
    rng, parts = np.random.default_rng(seed), []
    for _, seen, y in observed_batches(x, label, observation, seed=seed):
        mean, log_var = codec.encode(seen, y)
        total = np.zeros(seen.shape)
        for _ in range(samples):
            z = mean + np.exp(0.5 * log_var) * rng.standard_normal(mean.shape, np.float32)
            said = codec.parameters(z, y)
            total -= cell_log_likelihood(seen, said, layout, observation.noise_scale)
        parts.append(total / samples)
    return np.concatenate(parts)
