"""Latent geometry: projections and lifts undo each other, cells hold what they promise."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from vae_core.errors import DataInvalid, InvalidInput
from vae_core.latent.plane import (
    Plane,
    density,
    ellipse,
    limits_of,
    linear_grid,
    nearest,
    quantile_grid,
    traversal,
)

seeds = st.integers(0, 2**32 - 1)
dims = st.integers(2, 12)
sizes = st.integers(1, 20)


def cloud(seed: int, count: int, dim: int) -> np.ndarray:
    """Correlated points (count, dim) away from the origin."""
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(dim, dim))
    return (rng.normal(size=(count, dim)) @ mix + rng.normal(size=dim)).astype(np.float32)


@st.composite
def planes(draw: st.DrawFn) -> Plane:
    """Planes of two axes and principal planes, in 2 to 12 dimensions."""
    dim = draw(dims)
    if draw(st.booleans()):
        return Plane.principal(cloud(draw(seeds), 30, dim))
    first, second = draw(st.permutations(range(dim)))[:2]
    return Plane.axes(first, second, latent_dim=dim)


@given(planes(), seeds)
def test_projecting_undoes_lifting(plane: Plane, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coordinates = rng.normal(size=(5, 2))
    through = rng.normal(size=plane.latent_dim)
    for lifted in (plane.lift(coordinates), plane.lift(coordinates, through=through)):
        assert lifted.shape == (5, plane.latent_dim)
        assert lifted.dtype == np.float32
        np.testing.assert_allclose(plane.project(lifted), coordinates, atol=1e-4)


@given(planes(), seeds)
def test_what_lies_off_the_plane_is_held(plane: Plane, seed: int) -> None:
    rng = np.random.default_rng(seed)
    through = rng.normal(size=plane.latent_dim)
    moved = plane.lift(rng.normal(size=(5, 2)), through=through) - through
    off_plane = np.eye(plane.latent_dim) - plane.basis.T @ plane.basis
    np.testing.assert_allclose(moved @ off_plane, 0, atol=1e-4)
    np.testing.assert_allclose(
        plane.lift(plane.project(through), through=through), through, atol=1e-5
    )


@given(planes())
def test_a_plane_is_orthonormal(plane: Plane) -> None:
    np.testing.assert_allclose(plane.basis @ plane.basis.T, np.eye(2), atol=1e-5)


@given(seeds, dims)
def test_no_plane_shows_more_spread_than_the_principal_one(seed: int, dim: int) -> None:
    points = cloud(seed, 200, dim)
    principal = Plane.principal(points).project(points).var(axis=0)
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2 / len(points)
    np.testing.assert_allclose(principal, values[:2], rtol=1e-3, atol=1e-4)


@given(seeds, dims)
def test_principal_directions_do_not_depend_on_the_order(seed: int, dim: int) -> None:
    points = cloud(seed, 100, dim)
    one, other = Plane.principal(points), Plane.principal(points[::-1])
    np.testing.assert_allclose(one.basis, other.basis, atol=1e-2)


def test_axes_are_named_from_one() -> None:
    plane = Plane.axes(3, 0, latent_dim=5)
    assert plane.names == ("z4", "z1")
    assert plane.lift([[7, 9]]).tolist() == [[9, 0, 0, 7, 0]]


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 3), (-1, 0)])
def test_axes_that_do_not_exist(first: int, second: int) -> None:
    with pytest.raises(InvalidInput, match=f"first={first}, second={second}"):
        Plane.axes(first, second, latent_dim=3)


@pytest.mark.parametrize("shape", [(1, 2), (5, 1), (5,)])
def test_points_that_span_no_plane(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataInvalid, match="shape="):
        Plane.principal(np.zeros(shape))


def test_one_dimension_has_a_line() -> None:
    plane = Plane.axes(0, 1, latent_dim=1)
    z = plane.lift([[1.5, 0], [1.5, 99]])
    assert z.tolist() == [[1.5], [1.5]]
    assert plane.project(z).tolist() == [[1.5, 0], [1.5, 0]]
    assert np.isfinite(ellipse([0.5], [-1.0], plane)).all()


@given(sizes)
def test_quantile_cells_hold_the_same_prior_mass(size: int) -> None:
    grid = quantile_grid(size=size)
    assert grid.shape == (size * size, 2)
    u = grid.reshape(size, size, 2)[0, :, 0]
    np.testing.assert_allclose(norm.cdf(u), (np.arange(size) + 0.5) / size, atol=1e-6)
    np.testing.assert_allclose(grid.mean(axis=0), 0, atol=1e-6)


def test_half_of_the_prior_lies_on_each_side_of_a_median() -> None:
    """Of many draws each cell catches the same share, and its own centre halves it."""
    size, draws = 4, np.random.default_rng(0).normal(size=(100_000, 2))
    edges = norm.ppf(np.arange(size + 1) / size)
    counts, *_ = np.histogram2d(draws[:, 0], draws[:, 1], bins=[edges, edges])
    np.testing.assert_allclose(counts / len(draws), 1 / size**2, atol=0.004)
    centres = quantile_grid(size=size).reshape(size, size, 2)[0, :, 0]
    for low, high, centre in zip(edges[:-1], edges[1:], centres, strict=True):
        inside = draws[:, 0][(draws[:, 0] >= low) & (draws[:, 0] < high)]
        assert (inside < centre).mean() == pytest.approx(0.5, abs=0.02)


@given(sizes)
def test_grids_read_like_a_page(size: int) -> None:
    for grid in (quantile_grid(size=size), linear_grid(((-3, 3), (-2, 5)), size=size)):
        rows = grid.reshape(size, size, 2)
        assert (np.diff(rows[:, :, 0], axis=1) > 0).all()
        assert (np.diff(rows[:, :, 1], axis=0) < 0).all()
        assert np.ptp(rows[:, :, 1], axis=1).max() == 0


@given(sizes)
def test_linear_cells_tile_their_limits(size: int) -> None:
    grid = linear_grid(((-3, 3), (-2, 5)), size=size)
    np.testing.assert_allclose(grid.mean(axis=0), (0, 1.5), atol=1e-5)
    u, v = np.unique(grid[:, 0]), np.unique(grid[:, 1])
    np.testing.assert_allclose((u[0], u[-1]), (-3 + 3 / size, 3 - 3 / size), atol=1e-5)
    np.testing.assert_allclose((v[0], v[-1]), (-2 + 3.5 / size, 5 - 3.5 / size), atol=1e-5)


@given(seeds, st.integers(1, 12), st.data())
def test_a_traversal_moves_one_coordinate(seed: int, dim: int, data: Any) -> None:
    axis = data.draw(st.integers(0, dim - 1))
    z = np.random.default_rng(seed).normal(size=dim).astype(np.float32)
    values = np.linspace(-2, 2, 7, dtype=np.float32)
    walk = traversal(z, axis=axis, values=values)
    assert walk[:, axis].tolist() == values.tolist()
    assert (np.delete(walk, axis, 1) == np.delete(z, axis)).all()


@pytest.mark.parametrize("axis", [-1, 2])
def test_a_traversal_along_no_axis(axis: int) -> None:
    with pytest.raises(InvalidInput, match=f"axis={axis}"):
        traversal([0, 0], axis=axis, values=[1])


@given(seeds, st.integers(0, 50), st.integers(1, 6), st.integers(0, 60))
def test_nearest_agrees_with_looking_at_all(seed: int, many: int, dim: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    points, z = rng.normal(size=(many, dim)), rng.normal(size=dim)
    rows, distances = nearest(z, points, count=count)
    every = np.linalg.norm(points - z, axis=1)
    assert len(set(rows.tolist())) == len(rows) == min(count, many)
    np.testing.assert_allclose(distances, np.sort(every)[: len(rows)], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(distances, every[rows], rtol=1e-4, atol=1e-6)


def test_a_point_is_its_own_neighbour() -> None:
    points = cloud(0, 100, 4)
    rows, distances = nearest(points[17], points, count=1)
    assert (rows.tolist(), distances.tolist()) == ([17], [0.0])


@given(seeds, dims, st.floats(0.5, 3))
def test_an_ellipse_lies_at_its_distance(seed: int, dim: int, sigmas: float) -> None:
    rng = np.random.default_rng(seed)
    mean, log_var = rng.normal(size=dim), rng.uniform(-4, 1, size=dim)
    first, second = rng.permutation(dim)[:2]
    outline = ellipse(mean, log_var, Plane.axes(first, second, latent_dim=dim), sigmas=sigmas)
    scaled = (outline - mean[[first, second]]) / np.exp(log_var[[first, second]] / 2)
    np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), sigmas, rtol=1e-3)
    np.testing.assert_allclose(outline[0], outline[-1], atol=1e-4)


@given(seeds, dims)
def test_an_ellipse_is_the_marginal_of_what_it_outlines(seed: int, dim: int) -> None:
    rng = np.random.default_rng(seed)
    plane = Plane.principal(cloud(seed, 50, dim))
    mean, log_var = rng.normal(size=dim), rng.uniform(-3, 1, size=dim)
    covariance = plane.basis @ np.diag(np.exp(log_var)) @ plane.basis.T
    offset = ellipse(mean, log_var, plane) - plane.project(mean)
    squared = np.einsum("nu,uv,nv->n", offset, np.linalg.inv(covariance), offset)
    np.testing.assert_allclose(squared, 1, rtol=1e-2)


@given(seeds, st.integers(30, 100), st.floats(0, 3))
def test_density_integrates_to_one(seed: int, bins: int, smoothing: float) -> None:
    points = 0.2 * np.random.default_rng(seed).normal(size=(500, 2))
    values = density(points, limits=((-8, 8), (-10, 10)), bins=bins, smoothing=smoothing)
    assert values.sum() * (16 / bins) * (20 / bins) == pytest.approx(1, abs=1e-3)


@given(seeds, st.integers(1, 30), st.floats(0, 3))
def test_density_has_the_bins_it_was_asked_for(seed: int, bins: int, smoothing: float) -> None:
    points = np.random.default_rng(seed).normal(size=(50, 2))
    values = density(points, limits=((-3, 3), (-3, 3)), bins=bins, smoothing=smoothing)
    assert values.shape == (bins, bins)
    assert (values >= 0).all()


def test_density_peaks_where_the_points_are() -> None:
    points = np.random.default_rng(0).normal((1.5, -2), 0.3, size=(5000, 2))
    values = density(points, limits=((-4, 4), (-4, 4)), bins=80)
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert -4 + (column + 0.5) * 0.1 == pytest.approx(1.5, abs=0.3)
    assert -4 + (row + 0.5) * 0.1 == pytest.approx(-2, abs=0.3)


def test_density_of_the_prior_is_the_normal_one() -> None:
    points = np.random.default_rng(0).normal(size=(400_000, 2))
    values = density(points, limits=((-5, 5), (-5, 5)), bins=50, smoothing=0.5)
    axis = norm.pdf(np.linspace(-4.9, 4.9, 50))
    np.testing.assert_allclose(values, axis[:, None] * axis, atol=0.01)


def test_points_outside_the_limits_count_as_elsewhere() -> None:
    points = np.concatenate([np.zeros((30, 2)), np.full((10, 2), 99.0)])
    values = density(points, limits=((-1, 1), (-1, 1)), bins=40)
    assert values.sum() * (2 / 40) ** 2 == pytest.approx(0.75, abs=1e-3)


def test_density_of_nothing_is_zero() -> None:
    assert not density(np.zeros((0, 2)), limits=((-1, 1), (-1, 1))).any()


@given(seeds, st.integers(0, 40), st.integers(1, 5))
def test_limits_hold_points_and_prior(seed: int, count: int, dim: int) -> None:
    points = 3 * np.random.default_rng(seed).normal(size=(count, dim))
    limits = limits_of(points)
    assert limits.shape == (dim, 2)
    assert (points > limits[:, 0]).all()
    assert (points < limits[:, 1]).all()
    assert (limits[:, 0] < -2).all()
    assert (limits[:, 1] > 2).all()
