"""Figures: the palette for all eyes and both pages, points that keep their rows, geometry."""

import base64
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import figures
from vae_core.artifacts.manifest import Epoch, Losses
from vae_core.datasets.description import Feature
from vae_core.errors import DataInvalid

CONFIG = Path(__file__).parents[1] / ".streamlit" / "config.toml"
LIMITS = ((-3.0, 3.0), (-2.0, 2.0))
FEATURES = [Feature(name=f"feature {i}", unit="cm" if i % 2 else "") for i in range(8)]

# Simulation of the three dichromacies in linear RGB (Machado, Oliveira & Fernandes, 2009, table 1).
EYES = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "red-blind": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "green-blind": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "blue-blind": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colours: list[str]) -> np.ndarray:
    values = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson (2020), 'A perceptual color space for image processing'."""
    lms = rgb @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(lms) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


@pytest.mark.parametrize("eye", EYES)
def test_any_two_label_colours_differ_for_every_eye(eye: str) -> None:
    seen = oklab(np.clip(linear(list(figures.PALETTE)) @ np.array(EYES[eye]).T, 0, 1))
    distance = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    distance[np.diag_indices(len(seen))] = np.inf
    assert distance.min() > (0.13 if eye == "normal" else 0.09)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_label_colours_stand_out_from_the_page(theme: str) -> None:
    page = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]["backgroundColor"]
    luminance = linear([page, *figures.PALETTE]) @ [0.2126, 0.7152, 0.0722] + 0.05
    contrast = np.maximum(luminance[1:] / luminance[0], luminance[0] / luminance[1:])
    assert contrast.min() >= 2


def test_streamlits_charts_use_the_same_palette() -> None:
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    assert tuple(theme["chartCategoricalColors"]) == figures.PALETTE


def test_more_labels_than_colours_get_another_symbol() -> None:
    looks = {(figures.colour(label), figures.symbol(label)) for label in range(50)}
    assert len(looks) == 50
    assert figures.colour(-1) == figures.NEUTRAL


def drawn(draw: Callable[..., figures.Figure], *values: Any, **settings: Any) -> go.Figure:
    """The figure after Plotly's own checks, which refuse what its schema does not know."""
    figure = draw(*values, **settings)
    return go.Figure({"data": figure.data, "layout": figure.layout})


def points_of(figure: go.Figure) -> list[go.Scattergl]:
    return [trace for trace in figure.data if trace.meta["overlay"] == "points"]


@given(labels=st.lists(st.integers(-1, 12), min_size=1, max_size=60), seed=st.integers(0, 99))
def test_every_point_keeps_its_place_its_label_and_its_row(labels: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    coordinates = generator.normal(size=(len(labels), 2)).astype(np.float32)
    rows = generator.permutation(10_000)[: len(labels)]
    names = [f"label {i}" for i in range(13)]
    figure = drawn(
        figures.latent_figure,
        coordinates,
        labels=labels,
        label_names=names,
        limits=LIMITS,
        rows=rows,
    )
    found = {
        int(row): (x, y, trace.name)
        for trace in points_of(figure)
        for x, y, row in zip(trace.x, trace.y, trace.customdata, strict=True)
    }
    expected = {
        int(row): (x, y, "no label" if label < 0 else f"label {label}")
        for row, (x, y), label in zip(rows, coordinates, labels, strict=True)
    }
    assert found == expected


def test_each_trace_says_what_it_is() -> None:
    figure = drawn(
        figures.latent_figure,
        np.zeros((4, 2)),
        labels=[0, 0, 1, 1],
        label_names=["a", "b"],
        limits=LIMITS,
        density=np.ones((8, 8)),
    )
    overlays = [trace.meta["overlay"] for trace in figure.data]
    assert overlays == ["density", "points", "points", "prior", "posterior", "labels", "labels"]


def test_arrays_travel_as_bytes_of_float32() -> None:
    coordinates = np.random.default_rng(0).normal(size=(1000, 2)).astype(np.float32)
    figure = figures.latent_figure(coordinates, limits=LIMITS)
    trace = json.loads(figure.to_json())["data"][0]
    assert trace["x"]["dtype"] == "f4"
    sent = np.frombuffer(base64.b64decode(trace["x"]["bdata"]), "<f4")
    np.testing.assert_array_equal(sent, coordinates[:, 0])


def test_the_prior_is_drawn_one_two_and_three_sigmas_around_its_mean() -> None:
    figure = drawn(figures.latent_figure, np.zeros((1, 2)), limits=LIMITS, prior_centre=(0.5, -1.0))
    trace = next(trace for trace in figure.data if trace.meta["overlay"] == "prior")
    radius = np.hypot(trace.x - 0.5, trace.y + 1.0)
    assert sorted(set(np.round(radius[np.isfinite(radius)], 4))) == [1, 2, 3]


def test_names_stand_at_the_medians_and_hide_with_their_points() -> None:
    coordinates = np.array([[0, 0], [1, 5], [2, 1], [9, 9]], np.float32)
    figure = drawn(
        figures.latent_figure,
        coordinates,
        labels=[0, 0, 0, 1],
        label_names=["a", "b"],
        limits=LIMITS,
    )
    name = next(trace for trace in figure.data if trace.meta["overlay"] == "labels")
    assert (name.x[0], name.y[0], name.text[0]) == (1, 1, "a")
    assert name.legendgroup == points_of(figure)[0].legendgroup


def test_density_lies_on_cell_centres_of_its_limits() -> None:
    density = np.arange(16.0).reshape(4, 4)
    figure = drawn(figures.latent_figure, np.zeros((1, 2)), limits=LIMITS, density=density)
    contour = figure.data[0]
    np.testing.assert_allclose(contour.x, [-2.25, -0.75, 0.75, 2.25])
    np.testing.assert_allclose(contour.y, [-1.5, -0.5, 0.5, 1.5])
    np.testing.assert_array_equal(contour.z, density)


def test_one_dimension_is_spread_along_an_axis_that_means_nothing() -> None:
    figure = drawn(figures.latent_figure, np.ones((50, 1)), names=("z1", ""), limits=LIMITS)
    trace = points_of(figure)[0]
    assert set(trace.x) == {1.0}
    assert np.abs(trace.y).max() <= 1
    assert figure.layout.yaxis.showticklabels is False


@pytest.mark.parametrize("coordinates", [np.zeros(4), np.zeros((4, 3))])
def test_coordinates_off_the_plane_are_refused(coordinates: np.ndarray) -> None:
    with pytest.raises(DataInvalid, match="coordinates"):
        drawn(figures.latent_figure, coordinates, limits=LIMITS)


def test_labels_must_match_the_points() -> None:
    with pytest.raises(DataInvalid, match=r"\(4,\)"):
        drawn(figures.latent_figure, np.zeros((4, 2)), labels=[0, 1], limits=LIMITS)


def test_the_feature_matrix_names_its_columns_and_units() -> None:
    values = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    figure = drawn(
        figures.feature_matrix,
        values,
        features=FEATURES,
        columns=[5, 2, 7],
        labels=[0, 1] * 10,
        label_names=["a", "b"],
    )
    first = figure.data[0]
    assert [trace.name for trace in figure.data] == ["a", "b"]
    assert [d.label for d in first.dimensions] == ["feature 5 (cm)", "feature 2", "feature 7 (cm)"]
    assert list(first.meta["columns"]) == [5, 2, 7]
    np.testing.assert_array_equal(first.dimensions[1].values, values[::2, 2])
    np.testing.assert_array_equal(first.customdata, np.arange(0, 20, 2))


def test_the_feature_matrix_shows_at_most_six_features() -> None:
    figure = drawn(figures.feature_matrix, np.zeros((3, 8)), features=FEATURES)
    assert len(figure.data[0].dimensions) == figures.MAX_MATRIX_FEATURES


def test_the_feature_matrix_refuses_other_columns() -> None:
    with pytest.raises(DataInvalid, match=r"\(n, 8\)"):
        drawn(figures.feature_matrix, np.zeros((3, 7)), features=FEATURES)


REST = {"beta": 1.0, "learning_rate": 0.001, "seconds": 1.0, "images_per_second": 1.0}


def epochs(count: int) -> list[Epoch]:
    measured = [Losses(elbo=-float(n), reconstruction=n - 1.0, kl=1.0) for n in range(count)]
    return [Epoch(epoch=n + 1, train=at, validation=at, **REST) for n, at in enumerate(measured)]


@pytest.mark.parametrize("count", [0, 1, 2, 299, 301, 5000])
def test_the_curves_span_the_whole_run_and_stay_small(count: int) -> None:
    history = epochs(count)
    figure = drawn(figures.loss_figure, history, epochs=5000, chosen=count or None)
    for trace in figure.data:
        assert len(trace.x) == len(trace.y) <= 302
        assert list(trace.x[[0, -1]] if count else trace.x) == ([1, count] if count else [])
        assert len(set(trace.x)) == len(trace.x)
    assert [trace.name for trace in figure.data] == ["training", "validation"] * 3


@pytest.mark.parametrize("count", [1, 19, 20, 400])
def test_only_early_epochs_may_lie_beyond_the_axes(count: int) -> None:
    figure = drawn(figures.loss_figure, epochs(count), epochs=400)
    for trace, axis in zip(figure.data[::2], (1, 2, 3), strict=True):
        low, high = figure.layout[f"yaxis{axis if axis > 1 else ''}"].range or (-np.inf, np.inf)
        beyond = trace.x[(trace.y < low) | (trace.y > high)]
        assert all(beyond <= max(1, count // 20)), beyond
        assert np.isfinite(low) == (count >= 20)


@pytest.mark.parametrize("count", [0, 1, 400])
def test_the_panels_show_what_the_figure_of_all_shows(count: int) -> None:
    history = epochs(count)
    whole = drawn(figures.loss_figure, history, epochs=400, chosen=3)
    for panel, alone in enumerate(figures.loss_panels(history, epochs=400, chosen=3)):
        figure = go.Figure({"data": alone.data, "layout": alone.layout})
        for trace, same in zip(figure.data, whole.data[2 * panel :][:2], strict=True):
            np.testing.assert_array_equal(trace.y, same.y)
        axis = whole.layout[f"yaxis{panel + 1 if panel else ''}"]
        assert figure.layout.yaxis.range == axis.range
        assert figure.layout.xaxis.range == whole.layout.xaxis.range
        assert len(figure.layout.shapes) == 1


def test_collapsed_dimensions_are_grey() -> None:
    figure = drawn(figures.kl_figure, [2.0, 0.001], collapsed=[1])
    assert list(figure.data[0].marker.color) == [figures.PALETTE[0], figures.NEUTRAL]
    assert list(figure.data[0].x) == ["z1", "z2"]


@pytest.mark.parametrize("kind", ["float32", "float64", "int32", "int64", "uint8", "bool", ">f4"])
def test_arrays_are_written_as_plotly_reads_them(kind: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(kind)
    figure = figures.Figure([{"type": "heatmap", "z": values}], {})
    (trace,) = json.loads(figure.to_json())["data"]
    go.Figure({"data": [trace]})
    assert trace["z"]["shape"] == "2, 3"
    read = np.frombuffer(base64.b64decode(trace["z"]["bdata"]), "<" + trace["z"]["dtype"])
    np.testing.assert_array_equal(read.reshape(2, 3), values)


def test_examples_behind_samples_and_data_without_labels_are_called_examples() -> None:
    points = np.zeros((2, 2), np.float32)
    behind = drawn(
        figures.samples_figure,
        points,
        labels=[0, 1],
        label_names=("a", "b"),
        context=points,
        rows=[0, 1],
        first=2,
        names=("z1", "z2"),
        limits=LIMITS,
        prior_centre=(0, 0),
    )
    assert [trace.name for trace in points_of(behind)] == ["examples", "a", "b"]
    unlabelled = drawn(figures.latent_figure, points, limits=LIMITS)
    assert [trace.name for trace in points_of(unlabelled)] == ["examples"]
