"""Planes laid over each other: a turned plane is found again, as scipy's own answer has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes

from vae_core.errors import DataInvalid
from vae_core.latent.plane import Plane
from vae_core.latent.procrustes import Alignment

seeds = st.integers(0, 2**32 - 1)


def turned(rng: np.random.Generator, places: np.ndarray) -> np.ndarray:
    """The places turned, perhaps mirrored, scaled and moved."""
    turn, _ = np.linalg.qr(rng.normal(size=(2, 2)))
    return rng.uniform(0.2, 5) * places @ turn + rng.normal(size=2)


@given(seed=seeds)
def test_a_plane_that_was_turned_lies_exactly_over_the_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(50, 2)) * (3, 1)
    target = turned(rng, source)
    found = Alignment.of(source, target)
    assert found.disparity == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.apply(source), target, atol=1e-4)


@given(seed=seeds)
def test_the_disparity_is_scipys(seed: int) -> None:
    source, target = np.random.default_rng(seed).normal(size=(2, 30, 2))
    _, _, disparity = procrustes(target, source)
    assert Alignment.of(source, target).disparity == pytest.approx(disparity, abs=1e-9)


@given(seed=seeds, dim=st.integers(2, 6))
def test_a_turned_plane_shows_the_same_points_the_other_way_round(seed: int, dim: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(40, dim)).astype(np.float32)
    plane = Plane.principal(z)
    target = turned(rng, plane.project(z))
    found = Alignment.of(plane.project(z), target)
    other = found.turned(plane)
    np.testing.assert_allclose(other.basis @ other.basis.T, np.eye(2), atol=1e-5)
    np.testing.assert_allclose(other.project(z), found.underlay(target), atol=1e-3)
    back = other.lift(other.project(z), through=z[0])
    np.testing.assert_allclose(other.project(back), other.project(z), atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 2), (5, 3)])
def test_too_few_places_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(DataInvalid, match="same examples"):
        Alignment.of(np.ones(shape), np.ones(shape))


def test_examples_in_one_place_are_refused() -> None:
    with pytest.raises(DataInvalid, match="one place"):
        Alignment.of(np.ones((5, 2)), np.random.default_rng(0).normal(size=(5, 2)))
