"""The loss that trains and the numbers that judge are the same formulas."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from vae_core import metrics
from vae_core.latent import posterior
from vae_core.metrics import ObservationModel
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.elbo import MIN_LOG_SCALE, RECONSTRUCTIONS, kl_divergence

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from([(1,), (5,), (3, 2, 1), (4, 4, 3)])
ZERO, ONE, NOTHING = np.zeros(1, np.float32), np.ones(1, np.float32), np.zeros(0, np.float32)


def loss(likelihood: str, x: np.ndarray, output: np.ndarray, log_scale: np.ndarray) -> np.ndarray:
    """Keras's reconstruction term of each example."""
    arrays = (a.astype(np.float32) for a in (x, output, log_scale))
    return np.asarray(RECONSTRUCTIONS[likelihood](*arrays))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


@effort(max_examples=effort().max_examples // 3)
@given(seeds, st.integers(1, 20), st.integers(1, 16))
def test_kl(seed: int, count: int, dim: int) -> None:
    mean, log_var = np.random.default_rng(seed).normal(size=(2, count, dim)).astype(np.float32)
    expected = posterior.kl_divergence(mean, log_var).sum(axis=1)
    np.testing.assert_allclose(kl_divergence(mean, log_var), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("likelihood", ["bernoulli", "bernoulli_static", "bernoulli_dynamic"])
@effort(max_examples=effort().max_examples // 3)
@given(seeds, shapes)
def test_bernoulli(likelihood: str, seed: int, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.uniform(-10, 10, size=(6, *shape))
    x = metrics.binarised(rng.random((6, *shape)), likelihood, rng)
    observation = ObservationModel(likelihood, ZERO, ONE, NOTHING)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        loss(likelihood, x, logits, ZERO),
        metrics.reconstruction(x, sigmoid(logits), observation),
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.parametrize("logit", [-1e4, -90.0, 0.0, 90.0, 1e4])
def test_bernoulli_is_finite_at_any_logit(logit: float) -> None:
    for x, wrong in ((0.0, logit), (1.0, -logit)):
        value = loss("bernoulli", np.full((1, 1), x), np.full((1, 1), logit), ZERO)[0]
        assert value == pytest.approx(max(wrong, 0) + np.log1p(np.exp(-abs(logit))), rel=1e-5)


@effort(max_examples=effort().max_examples // 3)
@given(seeds, shapes, st.booleans())
def test_gaussian(seed: int, shape: tuple[int, ...], per_feature: bool) -> None:
    rng = np.random.default_rng(seed)
    x, mean = rng.normal(size=(2, 6, *shape)).astype(np.float32)
    count = shape[-1] if per_feature else 1
    log_scale = rng.uniform(-3, 1, size=count).astype(np.float32)
    observation = ObservationModel("gaussian", ZERO, ONE, np.exp(log_scale))
    np.testing.assert_allclose(
        loss("gaussian", x, mean, log_scale),
        metrics.reconstruction(x, mean, observation),
        rtol=1e-3,
        atol=1e-4,
    )


def test_a_constant_feature_does_not_make_the_density_infinite() -> None:
    same = np.zeros((3, 2))
    floor = loss("gaussian", same, same, np.full(2, MIN_LOG_SCALE))
    assert loss("gaussian", same, same, np.full(2, -1e3)).tolist() == floor.tolist()
    assert log(0.01) == MIN_LOG_SCALE


def test_every_observation_model_the_specification_has_a_loss() -> None:
    named = TrainingSpec.model_fields["likelihood"].annotation.__args__  # type: ignore[union-attr]
    assert set(named) == {*RECONSTRUCTIONS, "mixed"} == set(metrics.LIKELIHOOD_WORDS)
