"""Points of the latent space to decode: from the prior, and around an example."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array
from vae_core.errors import InvalidInput


def prior(count: int, latent_dim: int, *, seed: int = 0, temperature: float = 1.0) -> Float32Array:
    """Draws (count, latent_dim) of the prior N(0, temperature^2 I).

    Temperature 1 is the prior itself; less keeps nearer to its centre, where pictures are more
    typical and more alike. A seed gives the same draws at each temperature, scaled, and the first
    rows don't depend on `count`. Raises `InvalidInput`.
    """
    check_draws(count, temperature=temperature)
    noise = np.random.default_rng(seed).standard_normal((count, latent_dim), np.float32)
    return np.asarray(np.float32(temperature) * noise)


def posterior(
    mean: ArrayLike, log_var: ArrayLike, count: int, *, seed: int = 0, spread: float = 1.0
) -> Float32Array:
    """Draws (count, d) of an example's posterior N(mean, exp(log_var)), both (d,).

    `spread` multiplies its standard deviations. Raises `InvalidInput`.
    """
    check_draws(count, spread=spread)
    mean, deviation = np.asarray(mean, np.float32), np.exp(0.5 * np.asarray(log_var, np.float32))
    draws = prior(count, len(mean), seed=seed, temperature=spread)
    return np.asarray(mean + deviation * draws, np.float32)


def check_draws(count: int, **widths: float) -> None:
    """Raise `InvalidInput` unless `count` >= 1 and each width is a finite number >= 0."""
    if count < 1:
        raise InvalidInput(f"Expected at least one draw. Received: count={count}")
    for name, width in widths.items():
        if not 0 <= width < np.inf:
            raise InvalidInput(f"Expected a finite `{name}` of at least 0. Received: {width}")
