"""Detection against scikit-learn, and intervals against what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from vae_core.errors import DataInvalid, InvalidInput
from vae_core.metrics.detection import Detection, auroc, auroc_interval, threshold

# Few different values, so that ties are common.
scores = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=30)


def labelled(normal: list[float], anomalous: list[float]) -> tuple[list[int], list[float]]:
    return [0] * len(normal) + [1] * len(anomalous), normal + anomalous


@given(scores, scores)
def test_areas_are_scikit_learns(normal: list[float], anomalous: list[float]) -> None:
    truth, all_scores = labelled(normal, anomalous)
    assert auroc(normal, anomalous) == pytest.approx(roc_auc_score(truth, all_scores))
    found = Detection.of(normal, anomalous)
    assert found.average_precision == pytest.approx(average_precision_score(truth, all_scores))
    area = np.trapezoid(found.recall, found.false_alarm_rate)
    assert area == pytest.approx(auroc(normal, anomalous))


@given(scores, scores)
def test_curves_are_scikit_learns(normal: list[float], anomalous: list[float]) -> None:
    truth, all_scores = labelled(normal, anomalous)
    found = Detection.of(normal, anomalous)
    rate, recall, _ = roc_curve(truth, all_scores, drop_intermediate=False)
    np.testing.assert_allclose(found.false_alarm_rate, rate)
    np.testing.assert_allclose(found.recall, recall)
    precision, recall, _ = precision_recall_curve(truth, all_scores)
    np.testing.assert_allclose(found.precision[::-1], precision)
    np.testing.assert_allclose(found.recall[::-1], recall)


@given(scores, scores)
def test_a_threshold_calls_what_lies_above_it(normal: list[float], anomalous: list[float]) -> None:
    found = Detection.of(normal, anomalous)
    for at, alarms, false in zip(found.threshold, found.found, found.false_alarms, strict=True):
        assert alarms == (np.array(anomalous) > at).sum()
        assert false == (np.array(normal) > at).sum()


@given(scores, st.floats(0, 1))
def test_a_quantile_bounds_the_false_alarms(held_out: list[float], quantile: float) -> None:
    at = threshold(held_out, quantile)
    assert at in held_out
    assert (np.array(held_out) > at).mean() <= 1 - quantile + 1e-9
    lower = [score for score in held_out if score < at]
    if lower:
        assert (np.array(held_out) > max(lower)).mean() > 1 - quantile - 1e-9, "the smallest such"


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Two normals a unit apart have an AUROC of Phi(1 / sqrt 2)."""
    truth, rng, held = norm.cdf(1 / np.sqrt(2)), np.random.default_rng(0), 0
    for _ in range(300):
        normal, anomalous = rng.normal(size=120), rng.normal(1, size=60)
        low, high = auroc_interval(normal, anomalous, level=0.9, rounds=200)
        held += low <= truth <= high
    assert held / 300 == pytest.approx(0.9, abs=0.05)


def test_an_interval_is_that_of_the_area_and_repeats() -> None:
    rng = np.random.default_rng(0)
    normal, anomalous = rng.normal(size=500), rng.normal(1, size=50)
    low, high = auroc_interval(normal, anomalous)
    assert low < auroc(normal, anomalous) < high
    assert (low, high) == auroc_interval(normal, anomalous)
    many = auroc_interval(np.tile(normal, 16), np.tile(anomalous, 16))
    assert many[1] - many[0] == pytest.approx((high - low) / 4, rel=0.2)
    wide = auroc_interval(normal, anomalous, level=0.99)
    assert wide[0] < low < high < wide[1]


@pytest.mark.parametrize(("normal", "anomalous"), [([0.0], [1.0]), ([0.0], [1, 2, 3.0])])
def test_a_single_example_has_no_interval(normal: list[float], anomalous: list[float]) -> None:
    for pair in ((normal, anomalous), (anomalous, normal)):
        assert np.isnan(auroc_interval(*pair)).all()
        assert auroc(*pair) in (0, 1)


@pytest.mark.parametrize("bad", [[], [np.nan], [np.inf], [[1.0]]])
def test_what_are_no_scores_is_refused(bad: list[float]) -> None:
    for call in (auroc, Detection.of, auroc_interval):
        for pair in ((bad, [1.0]), ([1.0], bad)):
            with pytest.raises(DataInvalid, match="finite scores"):
                call(*pair)
    with pytest.raises(DataInvalid, match="`held_out`"):
        threshold(bad, 0.5)


def test_senseless_settings_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"quantile=1\.5"):
        threshold([1.0], 1.5)
    with pytest.raises(InvalidInput, match="level=1"):
        auroc_interval([0.0], [1.0], level=1)
