"""Numbers on arrays against closed forms, scipy and sampling."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from vae_core.artifacts.card import amount
from vae_core.artifacts.codec import LinearCodec
from vae_core.errors import DataInvalid
from vae_core.evaluation.record import Recorder
from vae_core.latent.posterior import dimension_kl, kl_divergence
from vae_core.metrics import (
    ObservationModel,
    binarised,
    deviation,
    elbo_parts,
    mean_and_error,
    psnr,
    reconstruction,
    ssim,
)
from vae_core.text import plus_minus

seeds = st.integers(0, 2**32 - 1)
ZERO, ONE, NOTHING = np.zeros(1, np.float32), np.ones(1, np.float32), np.zeros(0, np.float32)


def bernoulli(likelihood: str = "bernoulli") -> ObservationModel:
    return ObservationModel(likelihood, ZERO, ONE, NOTHING)  # type: ignore[arg-type]


def gaussian(noise: float, low: np.ndarray = ZERO, high: np.ndarray = ONE) -> ObservationModel:
    """Noise `noise` in data units for every feature."""
    return ObservationModel("gaussian", low, high, np.full(len(low), noise, np.float32))


class LinearModel:
    """x = z @ weights + 1 + noise with a standard normal z, and data drawn from it."""

    def __init__(self, *, noise: float = 0.4, log_var: float = -1.5, count: int = 300) -> None:
        rng = np.random.default_rng(5)
        self.weights = rng.normal(size=(2, 4)).astype(np.float32)
        self.codec = LinearCodec(self.weights, offset=1.0, log_var=log_var)
        self.noise, self.variance = noise, np.exp(log_var)
        z = rng.normal(size=(count, 2))
        self.x = (z @ self.weights + 1 + noise * rng.normal(size=(count, 4))).astype(np.float32)

    def expected_reconstruction(self) -> np.ndarray:
        """E_q[-log p(x|z)]: the error at the mean, and what the spread of z adds to it."""
        at_mean = self.codec.decode(self.codec.encode(self.x)[0])
        spread = self.variance * np.trace(self.weights @ self.weights.T)
        squared = ((self.x - at_mean) ** 2).sum(axis=1) + spread
        return squared / (2 * self.noise**2) + 4 * np.log(self.noise * np.sqrt(2 * np.pi))

    def expected_elbo(self) -> float:
        kl = kl_divergence(*self.codec.encode(self.x)).sum(axis=1)
        return float((-self.expected_reconstruction() - kl).mean())

    def log_evidence(self) -> np.ndarray:
        """log p(x) (n,), which is Gaussian."""
        covariance = self.weights.T @ self.weights + self.noise**2 * np.eye(4)
        return np.asarray(stats.multivariate_normal(np.ones(4), covariance).logpdf(self.x))

    def elbo(self, *, samples: int, seed: int = 0) -> float:
        observation = gaussian(self.noise)
        parts = elbo_parts(self.codec, self.x, None, observation, samples=samples, seed=seed)
        return float(parts.elbo.mean())


@given(st.floats(-2, 2), st.floats(-3, 1))
def test_kl_agrees_with_sampling(mean: float, log_var: float) -> None:
    posterior, prior = stats.norm(mean, np.exp(log_var / 2)), stats.norm(0, 1)
    quantiles = posterior.ppf((np.arange(20_000) + 0.5) / 20_000)
    sampled = (posterior.logpdf(quantiles) - prior.logpdf(quantiles)).mean()
    assert kl_divergence([[mean]], [[log_var]])[0, 0] == pytest.approx(sampled, abs=2e-3)


@given(seeds)
def test_kl_is_zero_only_at_the_prior(seed: int) -> None:
    mean, log_var = np.random.default_rng(seed).normal(size=(2, 5, 3))
    assert (kl_divergence(mean, log_var) > 0).all()
    assert not kl_divergence(np.zeros((5, 3)), np.zeros((5, 3))).any()


@given(seeds)
def test_bernoulli_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, p = rng.integers(0, 2, (6, 3, 2, 1)), rng.uniform(0.01, 0.99, (6, 3, 2, 1))
    expected = -stats.bernoulli.logpmf(x, p).reshape(6, -1).sum(axis=1)
    np.testing.assert_allclose(reconstruction(x, p, bernoulli()), expected, rtol=1e-6)


def test_grey_bernoulli_is_a_weighted_one() -> None:
    grey, p = np.full((1, 1), 0.3), np.full((1, 1), 0.8)
    black, white = (reconstruction(np.full((1, 1), x), p, bernoulli()) for x in (0, 1))
    np.testing.assert_allclose(reconstruction(grey, p, bernoulli()), 0.7 * black + 0.3 * white)


def test_a_sure_mistake_is_dear_but_finite() -> None:
    loss = reconstruction([[1.0]], [[0.0]], bernoulli())
    assert 10 < loss[0] < 20


@given(seeds)
def test_gaussian_is_scipys_on_scaled_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.normal(size=3).astype(np.float32)
    width = rng.uniform(0.5, 20, size=3).astype(np.float32)
    noise = rng.uniform(0.1, 2, size=3).astype(np.float32)
    observation = ObservationModel("gaussian", low, low + width, noise)
    x, decoded = rng.normal(size=(2, 8, 3))
    in_units = -stats.norm(decoded, noise).logpdf(x).sum(axis=1)
    # A density of x / width is the density of x times width.
    expected = in_units - np.log(width).sum()
    np.testing.assert_allclose(
        reconstruction(x, decoded, observation), expected, rtol=1e-4, atol=1e-5
    )


def test_elbo_of_a_linear_model_is_its_closed_form() -> None:
    model = LinearModel()
    assert model.elbo(samples=400) == pytest.approx(model.expected_elbo(), abs=0.02)


@pytest.mark.parametrize("log_var", [-6.0, -2.0, 0.0])
def test_elbo_is_below_the_evidence(log_var: float) -> None:
    model = LinearModel(log_var=log_var)
    assert model.elbo(samples=50) < model.log_evidence().mean()


def test_more_samples_have_a_smaller_error() -> None:
    model = LinearModel(count=50)
    few, many = (
        np.std([model.elbo(samples=samples, seed=seed) for seed in range(30)])
        for samples in (1, 64)
    )
    assert many < few / 4  # in theory an eighth


def test_a_seed_repeats_the_estimate() -> None:
    model = LinearModel()
    assert model.elbo(samples=1, seed=3) == model.elbo(samples=1, seed=3)
    assert model.elbo(samples=1, seed=3) != model.elbo(samples=1, seed=4)


@pytest.mark.parametrize("batch", [7, 300, 1000])
def test_batches_do_not_matter(batch: int) -> None:
    model, seen = LinearModel(), list[int]()
    parts = elbo_parts(
        model.codec, model.x, None, gaussian(0.4), samples=100, batch=batch, progress=seen.append
    )
    assert parts.elbo.shape == (300,)
    expected = kl_divergence(*model.codec.encode(model.x)).sum(axis=1)
    np.testing.assert_allclose(parts.kl, expected, rtol=1e-5)
    assert -parts.reconstruction.mean() - parts.kl.mean() == pytest.approx(
        model.expected_elbo(), abs=0.06
    )
    assert seen == [min(done, 300) for done in range(batch, 300 + batch, batch)]


@pytest.mark.parametrize("likelihood", ["bernoulli", "bernoulli_static", "bernoulli_dynamic"])
def test_stored_bytes_are_scaled_on_the_way(likelihood: str) -> None:
    codec = LinearCodec(np.full((1, 4), 0.2), offset=0.5, log_var=-4.0)
    stored = np.random.default_rng(0).integers(0, 256, (20, 4)).astype(np.uint8)
    as_bytes = elbo_parts(codec, stored, None, bernoulli(likelihood), scale=255)
    as_floats = elbo_parts(codec, stored / np.float32(255), None, bernoulli(likelihood))
    assert (as_bytes.elbo == as_floats.elbo).all()


def test_grey_values_stay_grey() -> None:
    x = np.linspace(0, 1, 11, dtype=np.float32)
    for likelihood in ("bernoulli", "gaussian"):
        assert (binarised(x, likelihood, np.random.default_rng(0)) == x).all()


def test_a_threshold_is_at_a_half() -> None:
    x = [0, 0.499, 0.5, 1]
    assert binarised(x, "bernoulli_static", np.random.default_rng(0)).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("grey", [0.0, 0.2, 0.7, 1.0])
def test_a_sampled_pixel_is_white_as_often_as_it_is_bright(grey: float) -> None:
    x = binarised(np.full((40_000,), grey), "bernoulli_dynamic", np.random.default_rng(0))
    assert x.dtype == np.float32
    assert set(x.tolist()) <= {0.0, 1.0}
    assert x.mean() == pytest.approx(grey, abs=0.01)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=50))
def test_the_standard_error_is_scipys(values: list[float]) -> None:
    mean, error = mean_and_error(values)
    assert mean == pytest.approx(np.mean(values), abs=1e-9)
    assert error == pytest.approx(stats.sem(values), abs=1e-9)


def test_one_value_has_no_error() -> None:
    """It says nothing of how far others are from it."""
    mean, error = mean_and_error([3.5])
    assert (mean, isnan(error), isnan(deviation([3.5]))) == (3.5, True, True)
    metric = Recorder("test", "", 0).mean("elbo", np.array([3.5]), "nats", "how")
    assert (metric.standard_error, isnan(metric.error)) == (None, True)
    assert amount(metric) == "3.500"
    old = metric.model_copy(update={"standard_error": 0.0})
    assert plus_minus(old.value, old.error) == "3.5 ± –"


def test_the_standard_error_is_that_of_the_mean() -> None:
    rng = np.random.default_rng(0)
    means, errors = zip(*(mean_and_error(rng.normal(size=100)) for _ in range(400)), strict=True)
    assert np.std(means) == pytest.approx(np.mean(errors), rel=0.15)


def test_scaling_and_noise_cancel() -> None:
    """The same data in centimetres and in metres has the same density on scaled values."""
    rng = np.random.default_rng(1)
    x, decoded = rng.normal(size=(2, 5, 2)).astype(np.float32)
    low, high = np.array([-1, -2], np.float32), np.array([4, 1], np.float32)
    values = [
        reconstruction(unit * x, unit * decoded, gaussian(0.3 * unit, unit * low, unit * high))
        for unit in (1, 100)
    ]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-5)


def test_elbo_is_the_sum_of_its_parts() -> None:
    model = LinearModel(count=20)
    parts = elbo_parts(model.codec, model.x, None, gaussian(0.4), samples=2)
    assert (parts.elbo == -parts.reconstruction - parts.kl).all()
    assert parts.samples == 2
    assert parts.reconstruction.shape == parts.kl.shape == (20,)


def test_the_kl_of_dimensions_sums_to_that_of_examples() -> None:
    mean, log_var = np.random.default_rng(0).normal(size=(2, 7, 3))
    whole = kl_divergence(mean, log_var).sum(axis=1).mean()
    assert dimension_kl(mean, log_var).shape == (3,)
    assert dimension_kl(mean, log_var).sum() == pytest.approx(whole)


def noisy_pair(seed: int, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Images with some structure, and the same with noise."""
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.random(shape), axis=1) % 1
    return x, np.clip(x + rng.normal(scale=0.2, size=shape), 0, 1)


@given(seeds, st.integers(1, 30), st.integers(1, 30), st.sampled_from([1, 3]))
def test_psnr_is_that_of_scikit_image(seed: int, height: int, width: int, channels: int) -> None:
    x, y = noisy_pair(seed, (3, height, width, channels))
    expected = [peak_signal_noise_ratio(*pair, data_range=1) for pair in zip(x, y, strict=True)]
    np.testing.assert_allclose(psnr(x, y), expected, rtol=1e-9)


@given(seeds, st.integers(3, 30), st.integers(3, 30), st.sampled_from([1, 3]))
def test_ssim_is_that_of_scikit_image(seed: int, height: int, width: int, channels: int) -> None:
    x, y = noisy_pair(seed, (3, height, width, channels))
    side = min(11, *(length - 1 + length % 2 for length in (height, width)))
    options = {"gaussian_weights": True, "sigma": 1.5 * side / 11, "use_sample_covariance": False}
    expected = [
        structural_similarity(*pair, data_range=1, channel_axis=-1, **options)
        for pair in zip(x, y, strict=True)
    ]
    np.testing.assert_allclose(ssim(x, y), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("height", [1, 2, 3])
def test_stripes_are_not_like_grey(height: int) -> None:
    """A window of one pixel would call them alike, 0.996: where no other fits there is no SSIM."""
    x = np.tile([0.45, 0.55], (1, height, 8, 1)).reshape(1, height, 16, 1)
    for images in (x, x.transpose(0, 2, 1, 3)):
        (found,) = ssim(images, np.full_like(images, 0.5))
        assert isnan(found) if height < 3 else found < 0.6


def test_an_image_is_like_itself_alone() -> None:
    x, y = noisy_pair(0, (2, 8, 8, 1))
    assert np.isinf(psnr(x, x)).all()
    np.testing.assert_allclose(ssim(x, x), 1)
    assert (ssim(x, 1 - x) < ssim(x, y)).all()


def test_batches_of_images_do_not_matter() -> None:
    x, y = noisy_pair(0, (1003, 8, 8, 1))
    np.testing.assert_allclose(ssim(x, y)[-5:], ssim(x[-5:], y[-5:]))


@pytest.mark.parametrize("shapes", [((2, 8, 8), (2, 8, 8)), ((2, 8, 8, 1), (1, 8, 8, 1))])
def test_what_are_no_pairs_of_images_is_refused(shapes: tuple[tuple[int, ...], ...]) -> None:
    for measure in (psnr, ssim):
        with pytest.raises(DataInvalid, match="of one shape"):
            measure(*(np.zeros(shape) for shape in shapes))
