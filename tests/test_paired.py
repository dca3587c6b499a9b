"""Paired differences: their interval holds as often as it says, and a best is rarely a fluke."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from vae_core.errors import DataInvalid
from vae_core.metrics import mean_and_error
from vae_core.metrics.paired import clear_best, paired_difference

REPEATS = 2000


def two_models(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of models that find the same examples hard, the first better by 0.5."""
    hard = rng.normal(scale=20, size=count)
    a, b = hard + rng.normal(scale=3, size=(2, count))
    return a + 0.5, b


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    found = [paired_difference(*two_models(rng, 25)) for _ in range(REPEATS)]
    covered = np.mean([one.low <= 0.5 <= one.high for one in found])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / REPEATS))


def test_what_examples_share_cancels() -> None:
    a, b = two_models(np.random.default_rng(1), 2000)
    found = paired_difference(a, b)
    apart = np.hypot(mean_and_error(a)[1], mean_and_error(b)[1])
    assert found.is_clear
    assert found.standard_error < apart / 4


@pytest.mark.parametrize("count", [2, 4])
def test_of_equally_good_models_one_is_seldom_called_the_best(count: int) -> None:
    rng = np.random.default_rng(2)
    named = [
        clear_best(list(rng.normal(size=(1, 40)) + rng.normal(size=(count, 40)))) is not None
        for _ in range(REPEATS)
    ]
    assert np.mean(named) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / REPEATS)


def test_the_best_is_named_where_it_is_clear_whichever_way_is_better() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(3, 200)) + np.array([[0], [2], [1]])
    assert clear_best(list(values)) == 1
    assert clear_best(list(values), higher_is_better=False) == 0
    assert clear_best([values[1]]) is None
    assert clear_best([values[1], values[1]]) is None


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 40))
def test_the_interval_is_that_of_the_paired_t_test(seed: int, count: int) -> None:
    a, b = two_models(np.random.default_rng(seed), count)
    found, back = paired_difference(a, b), paired_difference(b, a)
    low, high = ttest_rel(a, b).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-9)
    assert (back.mean, back.low, back.high) == pytest.approx((-found.mean, -high, -low), rel=1e-6)


def test_one_example_has_no_interval_and_other_examples_are_refused() -> None:
    found = paired_difference([1.0], [0.0])
    assert found.mean == 1
    assert np.isnan([found.standard_error, found.low, found.high]).all()
    assert not found.is_clear
    with pytest.raises(DataInvalid, match="same examples"):
        paired_difference([1.0, 2.0], [1.0])
