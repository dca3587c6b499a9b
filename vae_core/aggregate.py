"""The aggregated posterior against the prior: what the codes of all examples look like together."""

from dataclasses import dataclass
from math import log, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.morph.density import Density

Values = NDArray[np.float64]

MOST_DRAWS = 10_000


@dataclass(frozen=True)
class Surgery:
    """The KL term of the ELBO in two parts, nats: their means sum to the mean of KL(q(z|x) || p).

    One number a draw (draws,), to be averaged. `marginal`: log q(z) / p(z), whose mean is
    KL(q(z) || p(z)), how far all codes together are from the prior. `information`:
    log q(z|x) / q(z), whose mean is the mutual information between an example's index and its
    code; at most log n.
    """

    marginal: Values
    information: Values


def surgery(mean: ArrayLike, log_var: ArrayLike, *, seed: int = 0) -> Surgery:
    """Monte Carlo estimate over q(z), the exact mixture of the posteriors N(mean, exp(log_var)).

    Hoffman & Johnson, 'ELBO surgery: yet another way to carve up the variational evidence lower
    bound' (2016). `mean` and `log_var` are (n >= 2, d); one z is drawn from each example's
    posterior, of at most `MOST_DRAWS` examples. q(z) is that of these n examples, so there is no
    bias of a mixture that was estimated from fewer. Raises `DataInvalid`.
    """
    rng = np.random.default_rng(seed)
    q = Density.of(mean, log_var)
    mean, log_var = np.asarray(mean, np.float64), np.asarray(log_var, np.float64)
    rows = rng.permutation(len(mean))[:MOST_DRAWS]
    noise = rng.standard_normal((len(rows), mean.shape[1]))
    z = mean[rows] + np.exp(0.5 * log_var[rows]) * noise
    prior = -0.5 * (z**2 + log(2 * pi)).sum(axis=1)
    own = -0.5 * (noise**2 + log_var[rows] + log(2 * pi)).sum(axis=1)
    together = q.log_density(z)
    return Surgery(together - prior, own - together)
