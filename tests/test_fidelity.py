"""Generated rows against the data: scipy's and NumPy's numbers, and what they must see."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from vae_core.errors import DataInvalid
from vae_core.metrics.fidelity import association, fidelity

seeds = st.integers(0, 2**32 - 1)


@example(0, 5, 5, 3)
@example(1992, 23, 23, 0)
@given(seeds, st.integers(2, 60), st.integers(2, 60), st.integers(0, 3))
def test_numbers_are_scipys_and_numpys(seed: int, count: int, other: int, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(count, 3)).round(decimals)
    generated = rng.normal(0.5, 2, size=(other, 3)).round(decimals)
    found = fidelity(data, generated)
    for feature in range(3):
        # Only the statistic counts: the exact p-value fails at some sizes, with a warning.
        expected = stats.ks_2samp(data[:, feature], generated[:, feature], method="asymp")
        assert found.distance[feature] == pytest.approx(expected.statistic)
    np.testing.assert_allclose(found.data_share.sum(axis=1), 1)
    np.testing.assert_allclose(found.generated_share.sum(axis=1), 1)
    if (data.std(axis=0) > 0).all():
        np.testing.assert_allclose(found.data_correlation, np.corrcoef(data.T), atol=1e-9)


def test_rows_agree_with_themselves() -> None:
    data = np.random.default_rng(0).normal(size=(50, 4))
    found = fidelity(data, data[::-1])
    assert not found.distance.any()
    assert found.correlation_error == pytest.approx(0, abs=1e-12)
    np.testing.assert_array_equal(found.data_share, found.generated_share)


def test_marginals_alone_do_not_hide_a_lost_correlation() -> None:
    rng = np.random.default_rng(0)
    data = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 500)
    shuffled = np.column_stack([data[:, 0], rng.permutation(data[:, 1])])
    found = fidelity(data, shuffled)
    assert not found.distance.any()
    assert found.correlation_error > 0.7


def test_a_constant_feature_has_no_correlation() -> None:
    data = np.column_stack([np.full(9, 7.1), np.arange(9)])
    found = fidelity(data, data)
    np.testing.assert_allclose(found.data_correlation, [[0, 0], [0, 1]], atol=1e-12)


@pytest.mark.parametrize(
    "generated", [np.zeros((5, 3)), np.zeros((1, 2)), np.zeros(4), [[0, 1], [np.inf, 1]]]
)
def test_what_cannot_be_compared_is_refused(generated: np.ndarray) -> None:
    with pytest.raises(DataInvalid, match="Expected"):
        fidelity(np.zeros((4, 2)), generated)


def test_missing_cells_change_nothing_where_they_are_not() -> None:
    rng = np.random.default_rng(0)
    data, generated = rng.normal(size=(2, 300, 3))
    whole = fidelity(data, generated)
    data[:100, 2] = np.nan
    found = fidelity(data, generated)
    assert np.array_equal(found.distance[:2], whole.distance[:2])
    assert found.data_share[2].sum() == pytest.approx(1)
    assert found.data_correlation[0, 1] == pytest.approx(whole.data_correlation[0, 1])
    expected = np.corrcoef(data[100:, 0], data[100:, 2])[0, 1]
    assert found.data_correlation[0, 2] == pytest.approx(expected)


def test_categories_go_together_as_cramer_and_fisher_say() -> None:
    rng = np.random.default_rng(0)
    code = rng.integers(3, size=600).astype(float)
    other = rng.integers(2, size=600).astype(float)
    number = code + 0.0
    rows = np.stack([code, 2 - code, other, number], axis=1)
    found = association(rows, [3, 3, 2, 0])
    assert found[0, 1] == pytest.approx(1), "the same categories under other names"
    assert found[0, 2] < 0.15, "independent"
    assert found[0, 3] == pytest.approx(1), "a number that the category decides"
    table = np.array([[30, 10], [10, 30]])
    pairs = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], table.ravel(), axis=0)
    assert association(pairs, [2, 2])[0, 1] == pytest.approx(0.5), "phi of a 2 x 2 table"
