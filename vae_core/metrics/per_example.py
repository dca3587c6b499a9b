"""How well a model reconstructs each of many examples, in the units of each number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.metrics import ElboParts, ObservationModel, elbo_parts, psnr, ssim

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
