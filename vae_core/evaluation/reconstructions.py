"""What a model makes of examples, and how far off it is, one batch after the other."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.artifacts.codec import Codec
from vae_core.datasets import Split
from vae_core.evaluation.record import known_mean
from vae_core.metrics import ObservationModel, observed_batches, psnr, ssim


def reconstruction_batches(
    codec: Codec, part: Split, observation: ObservationModel, *, seed: int, scale: float
) -> Iterator[tuple[int, tuple[NDArray[Any], ...]]]:
    """Examples done so far, then posterior mean and log variance (n, d), mean squared error (n,)
    and, of pictures, PSNR and SSIM (n,), decoded at the posterior's mean.

    Stored values times 1 / `scale` are in the codec's units.
    """
    for rows, x, label in observed_batches(part.x, part.label, observation, seed=seed, scale=scale):
        mean, log_var = codec.encode(x, label)
        made = codec.parameters(mean, label)
        off = observation.said(made) - observation.vectors(x)
        quality = (psnr(x, made), ssim(x, made)) if x.ndim == 4 else ()
        yield rows.stop, (mean, log_var, known_mean(np.square(off)), *quality)
