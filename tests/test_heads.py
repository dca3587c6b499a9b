"""Laws of the heads of mixed tables: probabilities, units, gaps, and types of what is decoded."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mixed_tables import DESCRIPTION, FEATURES, rows
from vae_core.datasets.column import Feature
from vae_core.datasets.heads import HEADS, Layout, count_median, head_of, layout_of
from vae_core.datasets.scaling import Scaling
from vae_core.errors import InvalidInput
from vae_core.metrics import ObservationModel, log_likelihood
from vae_core.metrics.cells import cell_log_likelihood, draw_rows

LAYOUT = layout_of(FEATURES)
SCALE = np.array([2.0, 0.3, 1.7, 0, 0, 0, 4e4, 0.2, 0, 1e-3])


def said(count: int, *, seed: int = 0) -> np.ndarray:
    """Parameters (n, P) of any size."""
    rng = np.random.default_rng(seed)
    parameters = np.empty((count, LAYOUT.size), np.float32)
    for group in LAYOUT.groups:
        shape = (count, *group.parameters.shape)
        values = rng.dirichlet(np.ones(group.width), shape[:2]) if group.width > 1 else None
        if group.head == "real":
            values = rng.normal(size=shape) * SCALE[group.columns, None]
        elif group.head in ("positive", "count"):
            values = np.exp(rng.normal(2, 1, size=shape))
        elif group.head == "binary":
            values = rng.random(shape)
        parameters[:, group.parameters] = values
    return parameters


def density(column: int, values: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """p (m, n) of values (m,) in one column under each of the parameters (n, P)."""
    x = np.full((len(values), 1, len(FEATURES)), np.nan)
    x[:, 0, column] = values
    return np.exp(cell_log_likelihood(x, parameters, LAYOUT, SCALE)[..., column])


@pytest.mark.parametrize("column", range(len(FEATURES)), ids=[f.name for f in FEATURES])
def test_probabilities_of_a_column_come_to_one(column: int) -> None:
    parameters, feature = said(5), FEATURES[column]
    at = parameters[:, LAYOUT.starts[column]].astype(np.float64)
    if feature.categories:
        total = density(column, np.arange(len(feature.categories)), parameters).sum(axis=0)
    elif feature.kind == "count":
        total = density(column, np.arange(20_000), parameters).sum(axis=0)
    else:
        steps = np.linspace(-9, 9, 4001) * SCALE[column]
        grids = at * np.exp(steps[:, None]) if feature.kind == "positive" else at + steps[:, None]
        total = [
            np.trapezoid(density(column, grid, parameters[row : row + 1])[:, 0], grid)
            for row, grid in enumerate(grids.T)
        ]
    np.testing.assert_allclose(total, 1, atol=1e-3)


def test_a_density_carries_the_jacobian_of_its_logarithm() -> None:
    """Of a positive value v: that of log v, times the slope of the logarithm, here numeric."""
    column, parameters, step = 1, said(4), 1e-5
    values = np.array([0.5, 3.0, 40.0])
    slope = (np.log(values + step) - np.log(values - step)) / (2 * step)
    median = parameters[:, LAYOUT.starts[column]].astype(np.float64)
    off = (np.log(values)[:, None] - np.log(median)) / SCALE[column]
    normal = np.exp(-0.5 * off**2) / (SCALE[column] * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(
        density(column, values, parameters), normal * slope[:, None], rtol=1e-6
    )


@given(st.sampled_from([0, 1, 6, 7, 9]), st.floats(1e-3, 1e3))
def test_another_unit_changes_nats_by_the_logarithm_of_the_factor(
    column: int, factor: float
) -> None:
    x, parameters, scale = rows(6, gaps=0)[0].astype(np.float64), said(6).astype(np.float64), SCALE
    before = cell_log_likelihood(x, parameters, LAYOUT, scale)
    x[:, column] *= factor
    parameters[:, LAYOUT.starts[column]] *= factor
    if FEATURES[column].kind == "real":
        scale = np.where(np.arange(len(scale)) == column, scale * factor, scale)
    after = cell_log_likelihood(x, parameters, LAYOUT, scale)
    before[:, column] -= log(factor)
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9)


def test_what_stands_in_a_missing_cell_counts_nothing() -> None:
    x, parameters = rows(50)[0], said(50)
    cells = cell_log_likelihood(x, parameters, LAYOUT, SCALE)
    assert (cells[np.isnan(x)] == 0).all()
    assert (cells[~np.isnan(x)] != 0).all()
    low, high = np.zeros((2, len(FEATURES)), np.float32)
    observation = ObservationModel("mixed", low, high, SCALE.astype(np.float32), LAYOUT)
    both = np.stack([parameters, said(50, seed=1)], axis=1)
    total = log_likelihood(x, both, observation)
    np.testing.assert_allclose(total[:, 0], cells.sum(axis=1), rtol=1e-5)
    assert total.shape == (50, 2)


def test_draws_have_the_types_of_their_columns() -> None:
    parameters = np.repeat(said(1), 20_000, axis=0)
    x = draw_rows(parameters, LAYOUT, SCALE, np.random.default_rng(0))
    assert np.isfinite(x).all()
    for column, feature in enumerate(FEATURES):
        values, own = x[:, column], parameters[0, LAYOUT.starts[column] :]
        if feature.categories:
            count = len(feature.categories)
            shares = np.bincount(values.astype(int), minlength=count) / len(values)
            expected = [1 - own[0], own[0]] if feature.kind == "binary" else own[:count]
            np.testing.assert_allclose(shares, expected, atol=0.02)
        elif feature.kind == "count":
            assert values.mean() == pytest.approx(own[0], rel=0.05)
        else:
            assert np.median(values) == pytest.approx(own[0], abs=max(0.05 * abs(own[0]), 2e3))
        if feature.whole or feature.categories or feature.kind == "count":
            assert (values == np.rint(values)).all()
    assert (x[:, [1, 7]] > 0).all()


def test_points_are_medians_and_most_probable_categories() -> None:
    parameters = said(1000)
    x = LAYOUT.points(parameters, SCALE)
    drawn = draw_rows(np.repeat(parameters[:1], 50_001, axis=0), LAYOUT, SCALE, _rng())
    for column, feature in enumerate(FEATURES):
        start = LAYOUT.starts[column]
        own = parameters[:, start : start + LAYOUT.widths[column]]
        if feature.kind == "categorical":
            assert (x[:, column] == own.argmax(axis=1)).all()
        elif feature.kind in ("ordinal", "count"):
            assert x[0, column] == np.median(drawn[:, column])
        elif feature.kind == "binary":
            assert (x[:, column] == (own[:, 0] > 0.5)).all()
        elif not feature.whole:
            np.testing.assert_array_equal(x[:, column], own[:, 0])


def _rng() -> np.random.Generator:
    return np.random.default_rng(3)


@given(st.floats(1e-6, 1e5), st.floats(0.02, 1000))
def test_the_median_of_a_count_halves_its_probability(mean: float, dispersion: float) -> None:
    from scipy.stats import nbinom

    found = float(count_median(mean, dispersion))
    distribution = nbinom(dispersion, dispersion / (dispersion + mean))
    assert found == np.rint(found) >= 0
    assert distribution.cdf(found) >= 0.5 - 1e-9
    assert found == 0 or distribution.cdf(found - 1) <= 0.5 + 1e-9


def test_every_parameter_belongs_to_one_column() -> None:
    taken = np.concatenate([group.parameters.ravel() for group in LAYOUT.groups])
    assert sorted(taken) == list(range(LAYOUT.size))
    assert (taken[LAYOUT.order] == np.arange(LAYOUT.size)).all()
    assert {group.head for group in LAYOUT.groups} == set(HEADS)
    assert list(LAYOUT.heads) == [head_of(feature) for feature in FEATURES]
    x = rows(40)[0]
    coded = LAYOUT.indicators(x)
    known = ~np.isnan(x)
    assert (np.isnan(coded) == np.repeat(~known, LAYOUT.widths, axis=1)).all()
    assert (LAYOUT.points(np.nan_to_num(coded), SCALE * 0 + 1e6)[known] == x[known]).all()


def test_a_shifted_column_is_real_and_one_category_is_refused() -> None:
    assert head_of(Feature(name="year", kind="count", offset=1900.0)) == "real"
    assert head_of(Feature(name="year", kind="count")) == "count"
    with pytest.raises(InvalidInput, match="colour"):
        Layout.of([Feature(name="colour", kind="categorical", categories=("red",))])


def test_a_scale_is_that_of_the_bulk() -> None:
    rng = np.random.default_rng(0)
    x = np.tile(rng.normal(50, 2, size=(500, 1)), len(FEATURES)).astype(np.float32)
    x[:, 3:6] = 0
    x[0, 0] = 1e9
    x[:, 9] = np.nan
    x[rng.random(x.shape) < 0.1] = np.nan
    x[0, 0] = 1e9
    scaling = Scaling.of(x, DESCRIPTION, mixed=True)
    standard = scaling.standard
    assert standard is not None
    assert standard.deviation[0] == pytest.approx(2, rel=0.2)
    assert standard.centre[0] == pytest.approx(50, abs=0.5)
    assert (standard.centre[9], standard.deviation[9]) == (0, 1)
    assert standard.deviation[1] == pytest.approx(2 / 50, rel=0.2), "of the logarithm"
    assert (scaling.low[9], scaling.high[9]) == (0, 1)
    assert scaling.low[1] == np.nanmin(x[:, 1])
    assert np.isfinite([scaling.low, scaling.high]).all()
    constant = Scaling.of(np.full_like(x, 1e7 + 1), DESCRIPTION, mixed=True).standard
    assert constant is not None
    assert (constant.deviation == 1).all()
