"""Scores of strange examples: known answers, and the model's own numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, mahalanobis

from tests.test_metrics import LinearModel, bernoulli, gaussian
from vae_core.errors import DataInvalid
from vae_core.metrics import elbo_parts, grey_entropy, importance_bound, reconstruction
from vae_core.metrics.anomaly import UNITS, Reference, anomaly_scores
from vae_core.metrics.detection import auroc

NOISE = gaussian(0.4)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 12))
def test_distances_are_scipys(seed: int, dim: int, neighbours: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(40, dim)) @ rng.normal(size=(dim, dim)) + 5
    z = rng.normal(size=(7, dim))
    reference = Reference.of(codes)
    inverse = np.linalg.inv(np.atleast_2d(np.cov(codes.T)))
    expected = [mahalanobis(row, codes.mean(axis=0), inverse) for row in z]
    if np.linalg.cond(inverse) < 1e5:
        np.testing.assert_allclose(reference.mahalanobis(z), expected, rtol=1e-5)
    nearest = np.sort(cdist(z, codes), axis=1)[:, neighbours - 1]
    found = reference.neighbour_distance(z, neighbours=neighbours)
    np.testing.assert_allclose(found, nearest, atol=1e-6)


def test_batches_and_few_codes() -> None:
    reference = Reference.of([[0.0], [1.0]])
    assert reference.neighbour_distance(np.zeros((1201, 1))).tolist() == [1.0] * 1201


def test_an_unused_dimension_keeps_distances_finite() -> None:
    codes = np.random.default_rng(0).normal(size=(50, 3)) * [1, 1, 0]
    assert np.isfinite(Reference.of(codes).mahalanobis(np.ones((2, 3)))).all()


def test_scores_are_the_models_numbers() -> None:
    model = LinearModel(count=30)
    reference = Reference.of(model.codec.encode(model.x)[0])
    data = (model.codec, model.x, None, NOISE)
    scores = anomaly_scores(*data, reference, samples=3, importance_samples=10, seed=4)
    parts = elbo_parts(*data, samples=3, seed=4)
    assert list(scores) == [name for name in UNITS if name != "relative_reconstruction"]
    assert (scores["negative_elbo"] == parts.reconstruction + parts.kl).all()
    bound = importance_bound(*data, samples=10, seed=4).bound
    assert (scores["negative_bound"] == -bound).all()
    assert "negative_bound" not in anomaly_scores(*data, reference)
    assert all(values.shape == (30,) for values in scores.values())


def test_what_is_off_the_models_surface_and_what_is_far_along_it() -> None:
    """Reconstruction sees the one, the latent distances and the KL the other."""
    model = LinearModel(count=400)
    reference = Reference.of(model.codec.encode(model.x)[0])
    normal = anomaly_scores(model.codec, model.x, None, NOISE, reference)
    off = np.linalg.svd(model.weights)[2][3] * 4
    far = 6 * model.weights[0]
    off_scores, far_scores = (
        anomaly_scores(model.codec, model.x + shift.astype(np.float32), None, NOISE, reference)
        for shift in (off, far)
    )
    for name in ("reconstruction", "negative_elbo"):
        assert auroc(normal[name], off_scores[name]) > 0.99
    for name in ("kl", "negative_elbo", "mahalanobis", "neighbour_distance"):
        assert auroc(normal[name], far_scores[name]) > 0.95
    for name in ("kl", "mahalanobis", "neighbour_distance"):
        assert auroc(normal[name], off_scores[name]) == pytest.approx(0.5, abs=0.01)
    assert auroc(normal["reconstruction"], far_scores["reconstruction"]) == pytest.approx(
        0.5, abs=0.05
    )


def test_no_grey_picture_is_reconstructed_for_less_than_its_entropy() -> None:
    """The relative score is 1 where the decoder is perfect, and simple pictures gain nothing."""
    rng = np.random.default_rng(0)
    x = rng.random((50, 4, 4, 1)).astype(np.float32)
    least = grey_entropy(x)
    np.testing.assert_allclose(reconstruction(x, x, bernoulli()), least, rtol=1e-5)
    other = rng.random(x.shape).astype(np.float32)
    assert (reconstruction(x, other, bernoulli()) > least).all()
    assert grey_entropy(np.full((1, 3), 0.5)) == pytest.approx(3 * np.log(2))
    assert grey_entropy(np.array([[0.0, 1.0]])) == pytest.approx(0, abs=1e-6)


def test_the_relative_score_divides_by_what_the_picture_must_cost() -> None:
    class Perfect:
        """Decodes to what it encoded last."""

        def encode(self, x: np.ndarray, *_: object) -> tuple[np.ndarray, np.ndarray]:
            self.seen = x
            return np.zeros((len(x), 2), np.float32), np.zeros((len(x), 2), np.float32)

        def parameters(self, *_: object) -> np.ndarray:
            return self.seen

    rng = np.random.default_rng(1)
    x = rng.random((20, 4, 4, 1)).astype(np.float32)
    x[0] = 0
    reference = Reference.of(rng.normal(size=(30, 2)))
    scores = anomaly_scores(Perfect(), x, None, bernoulli(), reference)  # type: ignore[arg-type]
    found = scores["relative_reconstruction"]
    np.testing.assert_allclose(found[1:], 1, rtol=1e-5)
    assert found[0] == pytest.approx(0, abs=1e-4), "black costs nothing, and is divided by LEAST"


@pytest.mark.parametrize("codes", [np.zeros((1, 2)), np.zeros(3), [[np.nan], [0.0]]])
def test_what_are_no_codes_is_refused(codes: np.ndarray) -> None:
    with pytest.raises(DataInvalid, match="finite codes"):
        Reference.of(codes)
