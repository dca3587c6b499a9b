"""Traversals: one coordinate moves, the telling dimensions come first, collapsed ones are known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vae_core.latent.posterior import kl_divergence
from vae_core.latent.traversals import traversals


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(2, 15))
def test_only_its_own_coordinate_moves(seed: int, dim: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    mean, log_var = rng.normal(size=(2, 30, dim))
    z = rng.normal(size=dim).astype(np.float32)
    found = traversals(z, mean, log_var, reach=2, frames=frames)
    assert sorted(one.axis for one in found) == list(range(dim))
    assert [one.kl for one in found] == sorted((one.kl for one in found), reverse=True)
    assert np.isclose(sum(one.kl for one in found), kl_divergence(mean, log_var).sum() / 30)
    for one in found:
        np.testing.assert_allclose(one.z[:, one.axis], np.linspace(-2, 2, frames), rtol=1e-6)
        still = np.delete(one.z, one.axis, axis=1)
        np.testing.assert_array_equal(still, np.tile(np.delete(z, one.axis), (frames, 1)))


def test_a_dimension_at_the_prior_is_dead() -> None:
    mean = np.random.default_rng(0).normal(size=(100, 3)) * [1, 0.01, 0.5]
    log_var = np.tile([-2.0, 0, 0], (100, 1))
    found = traversals(np.zeros(3), mean, log_var)
    assert [(one.axis, one.collapsed) for one in found] == [(0, False), (2, False), (1, True)]
