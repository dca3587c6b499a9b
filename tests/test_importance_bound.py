"""The importance-weighted bound against exact likelihoods of linear-Gaussian models."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_metrics import NOTHING, ONE, ZERO, LinearModel, gaussian
from vae_core.artifacts.codec import LinearCodec
from vae_core.errors import InvalidInput
from vae_core.metrics import ObservationModel, elbo_parts, importance_bound, mean_and_error

seeds = st.integers(0, 2**32 - 1)
NOISE = 0.4


def bound(model: LinearModel, samples: int, *, seed: int = 0) -> np.ndarray:
    observation = gaussian(NOISE)
    return importance_bound(
        model.codec, model.x, None, observation, samples=samples, seed=seed
    ).bound


@pytest.mark.parametrize("log_var", [-3.0, -1.5])
def test_many_draws_give_the_exact_likelihood(log_var: float) -> None:
    model = LinearModel(log_var=log_var, count=200)
    mean, error = mean_and_error(bound(model, 5000) - model.log_evidence())
    assert mean == pytest.approx(0, abs=max(4 * error, 0.01))


def test_a_true_posterior_needs_one_draw() -> None:
    """With orthonormal weights and noise 1 the posterior is N((x - 1) W' / 2, I / 2)."""
    weights = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 2)))[0].T
    codec = LinearCodec(weights, offset=1.0, log_var=np.log(0.5))
    codec._inverse = weights.T / 2
    model = LinearModel(count=50)
    observation = gaussian(1.0)
    answer = importance_bound(codec, model.x, None, observation, samples=1)
    many = importance_bound(codec, model.x, None, observation, samples=300)
    np.testing.assert_allclose(answer.bound, many.bound, atol=1e-4)
    np.testing.assert_allclose(many.effective, 300, rtol=1e-4)


@given(seeds)
def test_elbo_bound_and_evidence_stand_in_order(seed: int) -> None:
    """In expectation, hence for a mean over many examples and draws."""
    rng = np.random.default_rng(seed)
    model = LinearModel(log_var=rng.uniform(-4, 0), count=300)
    gaps = np.diff([bound(model, k, seed=seed).mean() for k in (1, 8, 64)])
    errors = bound(model, 1, seed=seed + 1).std() / np.sqrt(300)
    assert gaps.min() > -3 * errors
    answer = importance_bound(model.codec, model.x, None, gaussian(NOISE), samples=30, seed=seed)
    assert (answer.elbo <= answer.bound + 1e-9).all(), "Jensen's inequality, for any draws"
    difference, error = mean_and_error(model.log_evidence() - bound(model, 64, seed=seed))
    assert difference > -4 * error


def test_one_draw_is_the_elbo_in_expectation() -> None:
    model = LinearModel()
    drawn = np.concatenate([bound(model, 1, seed=seed) for seed in range(100)])
    assert drawn.mean() == pytest.approx(model.expected_elbo(), abs=0.03)
    same = importance_bound(model.codec, model.x, None, gaussian(NOISE), samples=2000)
    assert same.elbo.mean() == pytest.approx(model.expected_elbo(), abs=0.02)


@pytest.mark.parametrize("samples", [3, 1000, 2500])
def test_chunks_are_put_together(samples: int) -> None:
    """A decoder that ignores z: every draw weighs p(z) / q(z|x) alone."""
    codec = LinearCodec(np.zeros((1, 3)), log_var=0.0)
    x = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    answer = importance_bound(
        codec, x, None, gaussian(1.0, np.zeros(3), np.ones(3)), samples=samples
    )
    exact = -0.5 * (x.astype(float) ** 2 + np.log(2 * np.pi)).sum(axis=1)
    np.testing.assert_allclose(answer.bound, exact, atol=1e-5)
    np.testing.assert_allclose(answer.effective, samples)
    assert answer.samples == samples


@pytest.mark.parametrize("likelihood", ["bernoulli", "bernoulli_static", "bernoulli_dynamic"])
def test_elbo_and_bound_see_the_same_picture(likelihood: str) -> None:
    """Without a part for z to play both are the likelihood, in whatever batches they come."""
    codec = LinearCodec(np.zeros((1, 5)), offset=0.3, log_var=0.0)
    stored = np.random.default_rng(0).integers(0, 256, (30, 5)).astype(np.uint8)
    observation = ObservationModel(likelihood, ZERO, ONE, NOTHING)  # type: ignore[arg-type]
    options: dict[str, Any] = {"seed": 5, "scale": 255.0}
    bounds = importance_bound(codec, stored, None, observation, samples=400, **options).bound
    for batch in (7, 1000):
        parts = elbo_parts(codec, stored, None, observation, batch=batch, **options)
        np.testing.assert_allclose(bounds, -parts.reconstruction, rtol=1e-5)


def test_a_seed_repeats_the_bound_and_progress_is_told() -> None:
    model, seen = LinearModel(count=9), list[int]()
    observation = gaussian(NOISE)
    importance_bound(model.codec, model.x, None, observation, samples=250, progress=seen.append)
    assert seen == [4, 8, 9]
    assert (bound(model, 5, seed=1) == bound(model, 5, seed=1)).all()
    assert (bound(model, 5, seed=1) != bound(model, 5, seed=2)).any()


def test_memory_does_not_grow_with_the_draws() -> None:
    codec = LinearCodec(np.full((2, 784), 0.1), offset=0.3, log_var=-2.0)
    x = np.zeros((2, 784), np.float32)
    observation = ObservationModel("bernoulli", ZERO, ONE, NOTHING)
    peaks = []
    for samples in (1000, 20_000):
        tracemalloc.start()
        importance_bound(codec, x, None, observation, samples=samples)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] < 40e6


@pytest.mark.parametrize("samples", [0, -1, 100_001])
def test_a_senseless_number_of_draws_is_refused(samples: int) -> None:
    with pytest.raises(InvalidInput, match=f"samples={samples}"):
        bound(LinearModel(count=2), samples)
