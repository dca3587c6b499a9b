"""The aggregated posterior against scipy, the KL's two parts against closed forms, active units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from vae_core.errors import DataInvalid
from vae_core.latent.aggregated_posterior import AggregatedPosterior, kl_decomposition
from vae_core.latent.posterior import (
    COLLAPSED_NATS,
    active_units,
    collapsed_dimensions,
    dimension_kl,
    kl_divergence,
)
from vae_core.metrics import mean_and_error

seeds = st.integers(0, 2**32 - 1)


def posteriors(seed: int, count: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, dim)), rng.uniform(-3, 0.5, size=(count, dim))


@given(seeds, st.integers(1, 16), st.sampled_from([0.0, -10.0, -30.0]), st.sampled_from([1, 1e4]))
def test_the_density_is_scipys_mixture(seed: int, dim: int, sharp: float, spread: float) -> None:
    """Also of posteriors a 30 billionth as wide as they lie apart."""
    mean, log_var = posteriors(seed, 40, dim)
    mean, log_var = spread * mean, log_var + sharp
    noise = np.random.default_rng(seed).normal(size=(40, dim))
    z = mean + np.exp(0.5 * log_var) * noise
    q, gaussians = AggregatedPosterior.of(mean, log_var), stats.norm(mean, np.exp(0.5 * log_var))
    terms = gaussians.logpdf(z[:, None]).sum(axis=2)
    expected = logsumexp(terms, axis=1) - np.log(40)
    np.testing.assert_allclose(q.log_density(z), expected, rtol=1e-10, atol=2e-6)
    terms = gaussians.logpdf(mean[:, None]).sum(axis=2)
    np.fill_diagonal(terms, -np.inf)
    typical = np.median(logsumexp(terms, axis=1) - np.log(39))
    assert q.typical == pytest.approx(typical, rel=1e-9, abs=2e-6)


@given(seeds, st.integers(1, 4), st.floats(-2000, 50), st.sampled_from([0, 1e-3, 1, 1e4]))
def test_information_keeps_its_bounds(seed: int, dim: int, log_var: float, spread: float) -> None:
    """Between nothing and the whole index, whatever the posteriors are like."""
    mean = spread * np.random.default_rng(seed).normal(size=(30, dim))
    parts = kl_decomposition(mean, np.full((30, dim), log_var), seed=seed)
    assert np.isfinite(parts.marginal).all()
    assert parts.information.min() >= 0
    assert parts.information.max() <= np.log(30)


def test_sharp_posteriors_tell_everything() -> None:
    """A model that was trained without the KL: float32 had made −1669 nats of the 5.6."""
    mean = 36 * np.random.default_rng(0).normal(size=(269, 2))
    parts = kl_decomposition(mean, np.full((269, 2), -25.0))
    np.testing.assert_allclose(parts.information, np.log(269), rtol=1e-12)
    kl = kl_divergence(mean, np.full((269, 2), -25.0)).sum(axis=1).mean()
    assert parts.marginal.mean() == pytest.approx(kl - np.log(269), abs=0.5)


@given(seeds, st.integers(1, 4))
def test_the_parts_sum_to_the_kl(seed: int, dim: int) -> None:
    mean, log_var = posteriors(seed, 400, dim)
    parts = kl_decomposition(mean, log_var, seed=seed)
    kl = kl_divergence(mean, log_var).sum(axis=1)
    difference = np.sort(parts.marginal + parts.information).mean() - kl.mean()
    spread = mean_and_error(parts.marginal + parts.information)[1]
    assert difference == pytest.approx(0, abs=5 * spread)
    assert parts.information.max() <= np.log(400)


def test_one_posterior_for_all_tells_nothing() -> None:
    """Then q(z) is that Gaussian, whose divergence is known."""
    mean, log_var = np.tile([[1.0, -0.5]], (500, 1)), np.tile([[-1.0, 0.2]], (500, 1))
    parts = kl_decomposition(mean, log_var)
    value, error = mean_and_error(parts.marginal)
    assert value == pytest.approx(kl_divergence(mean, log_var)[0].sum(), abs=4 * error)
    np.testing.assert_allclose(parts.information, 0, atol=1e-5)


def test_posteriors_far_apart_tell_everything() -> None:
    mean = 12 * np.arange(20.0)[:, None]
    parts = kl_decomposition(mean, np.zeros((20, 1)))
    np.testing.assert_allclose(parts.information, np.log(20), atol=0.01)


def test_codes_that_are_the_prior_together() -> None:
    """Means from N(0, 0.75) and variance 0.25 make the prior, up to the finite mixture."""
    mean = np.random.default_rng(0).normal(scale=np.sqrt(0.75), size=(3000, 2))
    value, error = mean_and_error(kl_decomposition(mean, np.full((3000, 2), np.log(0.25))).marginal)
    assert value == pytest.approx(0, abs=0.01 + 3 * error)


def test_no_pairs_of_posteriors_are_refused() -> None:
    with pytest.raises(DataInvalid, match="n >= 2, d"):
        kl_decomposition(np.zeros((1, 2)), np.zeros((1, 2)))


def test_active_units_vary_over_the_data() -> None:
    """Burda's threshold is on the variance, 0.01."""
    columns = np.random.default_rng(0).normal(size=(20_000, 4)) * [1.0, 0.11, 0.09, 0.0]
    assert active_units(columns + 3).tolist() == [True, True, False, False]


@given(seeds)
def test_a_collapsed_dimension_hardly_varies_over_the_data(seed: int) -> None:
    """Half the squared mean is a part of the KL, so the variance stays below twice the limit."""
    rng = np.random.default_rng(seed)
    shrink = 10 ** rng.uniform(-3, 0, size=4)
    mean, log_var = (values * shrink for values in posteriors(seed, 200, 4))
    collapsed = list(collapsed_dimensions(dimension_kl(mean, log_var)))
    assert (mean.var(axis=0)[collapsed] <= 2 * COLLAPSED_NATS).all()


def test_a_dimension_at_the_prior_is_free() -> None:
    mean, log_var = posteriors(0, 50, 3)
    mean[:, 1], log_var[:, 1] = 0, 0
    assert dimension_kl(mean, log_var)[1] == 0
