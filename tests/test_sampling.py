"""Draws from the prior, from a posterior and from a mixture have the moments that they promise."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from vae_core.errors import DataInvalid, InvalidInput
from vae_core.latent.mixture import Mixture, fit_mixture
from vae_core.latent.sampling import posterior, prior

seeds = st.integers(0, 2**32 - 1)
NARROW = -40.0


def clusters(seed: int, count: int = 900) -> np.ndarray:
    """Three far Gaussians with shares 1/2, 1/3 and 1/6, (count, 2)."""
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0], [8, 0], [0, 8]])[np.repeat([0, 1, 2], count // 6 * np.r_[3, 2, 1])]
    return centres + rng.normal(size=centres.shape) * [1, 0.3]


def mixture() -> Mixture:
    covariances = np.array([[[1, 0.8], [0.8, 1]], [[0.1, 0], [0, 2]]])
    return Mixture(np.array([0.25, 0.75]), np.array([[-3.0, 0], [4, 1]]), covariances)


@given(seeds, st.integers(1, 20), st.floats(0, 3))
def test_temperature_scales_the_same_draws(seed: int, dim: int, temperature: float) -> None:
    cold, warm = (prior(7, dim, seed=seed, temperature=value) for value in (temperature, 1))
    np.testing.assert_allclose(cold, np.float32(temperature) * warm)
    np.testing.assert_array_equal(prior(3, dim, seed=seed), warm[:3])


def test_the_prior_is_standard_normal() -> None:
    assert stats.kstest(prior(2000, 3).ravel(), "norm").pvalue > 0.01


@given(seeds)
def test_near_an_example_is_its_posterior(seed: int) -> None:
    mean, log_var = np.random.default_rng(seed).normal(size=(2, 3))
    draws = posterior(mean, log_var, 4000, seed=seed, spread=2)
    np.testing.assert_allclose((draws - mean).std(axis=0) / np.exp(log_var / 2), 2, rtol=0.1)
    np.testing.assert_allclose(
        posterior(mean, log_var, 5, spread=0), np.tile(mean, (5, 1)), rtol=1e-6
    )


def test_a_mixture_draws_what_it_says() -> None:
    draws, given_mixture = mixture().sample(20_000), mixture()
    right = draws[:, 0] > 1.5
    assert right.mean() == pytest.approx(0.75, abs=0.01)
    for part, number in ((draws[~right], 0), (draws[right], 1)):
        np.testing.assert_allclose(part.mean(axis=0), given_mixture.means[number], atol=0.05)
        np.testing.assert_allclose(np.cov(part.T), given_mixture.covariances[number], atol=0.06)
    cold = mixture().sample(100, temperature=0)
    assert len(np.unique(cold, axis=0)) == 2


@given(seeds)
def test_its_density_is_scipys(seed: int) -> None:
    z, given_mixture = 3 * np.random.default_rng(seed).normal(size=(20, 2)), mixture()
    terms = [
        np.log(weight) + stats.multivariate_normal(mean, covariance).logpdf(z)
        for weight, mean, covariance in zip(
            given_mixture.weights, given_mixture.means, given_mixture.covariances, strict=True
        )
    ]
    np.testing.assert_allclose(given_mixture.log_density(z), logsumexp(terms, axis=0), rtol=1e-9)
    shares = np.exp(np.stack(terms, axis=1) - logsumexp(terms, axis=0)[:, None])
    np.testing.assert_allclose(given_mixture.responsibilities(z), shares, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_clusters_are_found(seed: int) -> None:
    z = clusters(seed)
    fit = fit_mixture(z, np.full_like(z, NARROW), seed=seed)
    found = fit.mixture
    assert len(found.weights) == 3
    assert min(fit.bic, key=fit.bic.__getitem__) == 3
    order = np.argsort(-found.weights)
    np.testing.assert_allclose(found.weights[order], [1 / 2, 1 / 3, 1 / 6], atol=0.01)
    np.testing.assert_allclose(found.means[order], [[0, 0], [8, 0], [0, 8]], atol=0.25)
    likelihood = found.log_density(z).sum()
    assert fit.bic[3] == pytest.approx(-2 * likelihood + (2 + 3 * 5) * np.log(len(z)))


def test_the_width_of_posteriors_counts() -> None:
    mean = np.zeros((2000, 3))
    fit = fit_mixture(mean, np.full_like(mean, np.log(0.25)))
    assert len(fit.mixture.weights) == 1
    np.testing.assert_allclose(fit.mixture.covariances[0], 0.25 * np.eye(3), atol=0.03)


def test_a_fit_repeats() -> None:
    z = clusters(0)
    one, other = (fit_mixture(z, np.full_like(z, -2.0), seed=4) for _ in range(2))
    assert one.bic == other.bic


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: prior(0, 2), "count=0"),
        (lambda: prior(1, 2, temperature=-1), "`temperature`"),
        (lambda: posterior([0], [0], 1, spread=np.nan), "`spread`"),
        (lambda: mixture().sample(1, temperature=np.inf), "`temperature`"),
    ],
)
def test_impossible_draws_are_refused(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        draw()


@pytest.mark.parametrize("shape", [(9, 2), (20,)])
def test_too_little_to_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataInvalid, match="n >= 10"):
        fit_mixture(np.zeros(shape), np.zeros(shape))
