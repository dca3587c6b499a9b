"""How labels show in codes, on codes whose answer is known; principal components."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from vae_core.errors import DataInvalid
from vae_core.evaluation.pca import PrincipalComponents
from vae_core.metrics.representation import (
    LabelledCodes,
    confusion,
    kmeans_ari,
    mixture_ari,
    neighbour_labels,
    probe_labels,
    silhouette,
)

seeds = st.integers(0, 2**32 - 1)


def blobs(seed: int, *, apart: float, count: int = 200) -> LabelledCodes:
    """Three labels around the corners of a triangle of side `apart`, spread 1."""
    rng = np.random.default_rng(seed)
    label = np.arange(count) % 3
    corners = apart * np.array([[0, 0], [1, 0], [0.5, 0.866]])
    return LabelledCodes.of(corners[label] + rng.normal(size=(count, 2)), label)


def test_labels_far_apart_are_told_apart() -> None:
    train, test = blobs(0, apart=30), blobs(1, apart=30)
    for said in (neighbour_labels(train, test.z, neighbours=5), probe_labels(train, test.z)):
        assert (said == test.label).all()
    assert silhouette(test) > 0.9
    assert kmeans_ari(test) == mixture_ari(test) == 1


def test_labels_that_mean_nothing_are_not() -> None:
    train, test = blobs(0, apart=0), blobs(1, apart=0)
    for said in (neighbour_labels(train, test.z, neighbours=15), probe_labels(train, test.z)):
        assert (said == test.label).mean() < 0.45
    assert abs(silhouette(test)) < 0.1
    assert max(abs(kmeans_ari(test)), abs(mixture_ari(test))) < 0.1


def test_a_ring_needs_neighbours_and_unequal_clouds_a_mixture() -> None:
    """What each number sees that the other does not."""
    rng = np.random.default_rng(0)
    angle, label = rng.uniform(0, 2 * np.pi, 400), np.arange(400) % 2
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (1 + 3 * label)[:, None]
    codes = LabelledCodes.of(ring + 0.1 * rng.normal(size=(400, 2)), label)
    assert (neighbour_labels(codes, codes.z, neighbours=5) == label).mean() > 0.99
    assert (probe_labels(codes, codes.z) == label).mean() < 0.7
    spread, shift = (0.2 + 3 * label)[:, None], (4 * label)[:, None] * [1, 0]
    unequal = LabelledCodes.of(spread * rng.normal(size=(400, 2)) + shift, label)
    assert mixture_ari(unequal) > 0.8 > 0.7 > kmeans_ari(unequal)


def test_few_examples_ask_fewer_neighbours() -> None:
    train = LabelledCodes.of([[0.0], [1.0], [1.1]], [0, 1, 1])
    assert neighbour_labels(train, [[0.0]], neighbours=15).tolist() == [1]


def test_confusion_counts_rows_of_truth() -> None:
    assert confusion([0, 0, 1], [0, 1, 1], classes=3).tolist() == [[1, 1, 0], [0, 1, 0], [0] * 3]


@pytest.mark.parametrize(
    ("z", "label"), [([[0.0]], [0, 1]), ([0.0], [0]), ([[np.nan]], [0]), (np.zeros((0, 2)), [])]
)
def test_what_are_no_codes_is_refused(z: list[list[float]], label: list[int]) -> None:
    with pytest.raises(DataInvalid, match="one label each"):
        LabelledCodes.of(z, label)


@given(seeds, st.integers(1, 5), st.integers(1, 40))
def test_components_are_scikit_learns(seed: int, dim: int, batch: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 5)) @ rng.normal(size=(5, 5)) + rng.normal(size=5) * 10
    ours = PrincipalComponents.of((x[i : i + batch] for i in range(0, 60, batch)), dim=dim)
    theirs = PCA(dim).fit(x)
    np.testing.assert_allclose(
        ours.decode(ours.encode(x)), theirs.inverse_transform(theirs.transform(x)), atol=1e-6
    )


def test_no_more_components_than_features() -> None:
    x = np.random.default_rng(0).normal(size=(9, 3))
    components = PrincipalComponents.of([x], dim=8)
    np.testing.assert_allclose(components.decode(components.encode(x)), x)
    with pytest.raises(DataInvalid, match="Received: 1"):
        PrincipalComponents.of([x[:1]], dim=2)
