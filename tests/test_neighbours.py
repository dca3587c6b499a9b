"""The nearest codes, by a tree or by products: the same as looking at every pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.latent.neighbours import TREE_DIMENSIONS, nearest_neighbours


@given(
    st.integers(0, 70),
    st.integers(1, 200),
    st.sampled_from([1, 2, TREE_DIMENSIONS, TREE_DIMENSIONS + 1, 20]),
    st.integers(1, 8),
    st.integers(0, 9),
)
def test_neighbours_are_those_of_all_pairs(n: int, m: int, dim: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, codes = rng.normal(size=(n, dim)), rng.normal(size=(m, dim))
    rows, distances = nearest_neighbours(z, codes, count=count)
    pairs = np.linalg.norm(z[:, None] - codes, axis=2)
    count = min(count, m)
    assert rows.shape == distances.shape == (n, count)
    np.testing.assert_allclose(distances, np.sort(pairs, axis=1)[:, :count], atol=1e-9)
    np.testing.assert_allclose(np.take_along_axis(pairs, rows, axis=1), distances, atol=1e-9)


@pytest.mark.parametrize("dim", [2, 20])
def test_codes_that_coincide_are_all_found(dim: int) -> None:
    rows, distances = nearest_neighbours(np.zeros((3, dim)), np.zeros((100, dim)), count=5)
    assert (distances == 0).all()
    assert [len(set(row)) for row in rows.tolist()] == [5, 5, 5]


@pytest.mark.parametrize("dim", [2, 20])
def test_neighbours_in_a_tight_group_far_away(dim: int) -> None:
    """Differences of 1e-6 between codes of size 1e4, whose squares float64 can't tell apart."""
    rng = np.random.default_rng(0)
    codes = np.concatenate([1e4 + 1e-6 * rng.normal(size=(300, dim)), -np.ones((300, dim))])
    rows, _ = nearest_neighbours(codes[:50], codes, count=3)
    pairs = np.linalg.norm(codes[:50, None] - codes, axis=2)
    np.testing.assert_array_equal(rows, np.argsort(pairs, axis=1, kind="stable")[:, :3])
