"""Paths through the latent space: what theory says of their ends, lengths and densities."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tests.visits import shipped
from vae_core.artifacts import registry
from vae_core.artifacts.codec import LinearCodec, OnnxCodec
from vae_core.errors import DataInvalid, InvalidInput
from vae_core.latent.aggregated_posterior import AggregatedPosterior
from vae_core.metrics import ObservationModel
from vae_core.morph import (
    DecodedSpace,
    NeighbourGraph,
    Path,
    attribute_vector,
    geodesic,
    over_data,
    spherical,
    straight,
)

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=settings().max_examples // 2)
UNIT = ObservationModel("bernoulli", np.zeros(1), np.ones(1), np.zeros(0))  # type: ignore[arg-type]


class HillCodec(LinearCodec):
    """A plane of codes over a hill: x = (z1, z2, height), steepest at one from the origin."""

    def __init__(self, height: float = 4.0) -> None:
        super().__init__(np.eye(2, 3))
        self.height = height

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> np.ndarray:  # noqa: ARG002
        hill = self.height * np.exp(-0.5 * (np.asarray(z, np.float32) ** 2).sum(axis=1))
        return np.column_stack([np.asarray(z), hill]).astype(np.float32)


def cloud(seed: int, count: int = 200, dim: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dim))


def decoded_space(codec: LinearCodec) -> DecodedSpace:
    mean = cloud(0, dim=codec.latent_dim)
    return DecodedSpace(codec, UNIT, AggregatedPosterior.of(mean, np.full_like(mean, -2)))


def linear(seed: int, dim: int) -> DecodedSpace:
    weights = np.random.default_rng(seed).normal(size=(dim, dim + 2))
    return decoded_space(LinearCodec(weights))


def ways(dim: int) -> list[Callable[..., Path]]:
    graph = NeighbourGraph.of(cloud(1, dim=dim))
    return [straight, spherical, geodesic, partial(over_data, graph=graph)]


@few
@given(seeds, st.integers(1, 5), st.integers(2, 5), st.integers(0, 40))
def test_every_path_goes_through_its_anchors(seed: int, dim: int, count: int, more: int) -> None:
    space, anchors = linear(seed, dim), cloud(seed, count, dim).astype(np.float32)
    for way in ways(dim):
        path = way(anchors, space, frames=count + more)
        assert path.z.shape == (count + more, dim)
        at = np.linspace(0, count + more - 1, count).round().astype(int)
        np.testing.assert_array_equal(path.z[at], anchors)
        assert np.isfinite([path.latent_length, path.output_length, path.lowest_density]).all()
        shortest = np.linalg.norm(np.diff(anchors.astype(float), axis=0), axis=1).sum()
        assert path.latent_length >= shortest * (1 - 1e-5)


@few
@given(seeds, st.integers(1, 6))
def test_a_linear_decoder_has_straight_geodesics(seed: int, dim: int) -> None:
    space, anchors = linear(seed, dim), cloud(seed, 3, dim)
    line, path = (way(anchors, space, frames=31) for way in (straight, geodesic))
    np.testing.assert_allclose(path.z, line.z, atol=2e-3)
    assert path.output_length == pytest.approx(line.output_length, rel=1e-5)
    steps = np.linalg.norm(np.diff(line.z[:16], axis=0), axis=1)
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-3)
    outputs = space.codec.decode(anchors)
    lengths = np.linalg.norm(np.diff(outputs, axis=0), axis=1)
    assert line.output_length == pytest.approx(lengths.sum(), rel=1e-5)


@given(seeds, st.integers(2, 6))
def test_spherical_turns_around_the_origin(seed: int, dim: int) -> None:
    space, anchors = linear(seed, dim), cloud(seed, 2, dim)
    anchors *= 2 / np.linalg.norm(anchors, axis=1, keepdims=True)
    path = spherical(anchors, space)
    np.testing.assert_allclose(np.linalg.norm(path.z, axis=1), 2, rtol=1e-3)
    angle = np.arccos(np.clip(anchors[0] @ anchors[1] / 4, -1, 1))
    assert path.latent_length == pytest.approx(2 * angle, rel=1e-3)


@given(seeds, st.integers(1, 6), st.floats(0.1, 5))
def test_on_a_ray_spherical_is_straight(seed: int, dim: int, factor: float) -> None:
    space, start = linear(seed, dim), cloud(seed, 1, dim)
    start += np.copysign(0.1, start)
    for end in (np.zeros((1, dim)), start * (1 + factor)):
        anchors = np.concatenate([start, end])
        line, path = straight(anchors, space), spherical(anchors, space)
        np.testing.assert_allclose(path.z, line.z, atol=1e-3)


@given(seeds, st.integers(2, 6))
def test_opposite_anchors_are_joined_by_half_a_circle(seed: int, dim: int) -> None:
    start = cloud(seed, 1, dim)
    path = spherical(np.concatenate([start, -start]), linear(seed, dim))
    assert path.latent_length == pytest.approx(np.pi * np.linalg.norm(start), rel=1e-3)


@few
@given(seeds, st.integers(2, 4))
def test_a_geodesic_is_never_longer_than_the_line(seed: int, count: int) -> None:
    space, anchors = decoded_space(HillCodec()), 2 * cloud(seed, count)
    line, path = straight(anchors, space), geodesic(anchors, space)
    assert path.output_length <= line.output_length
    np.testing.assert_array_equal(path.z[[0, -1]], anchors[[0, -1]].astype(np.float32))


def test_a_geodesic_goes_round_a_hill() -> None:
    space = decoded_space(HillCodec())
    line, path = (way([[-2, 0.1], [2, 0.1]], space) for way in (straight, geodesic))
    assert path.output_length < 0.75 * line.output_length
    assert np.abs(path.z[:, 1]).max() > 1
    steps = np.linalg.norm(np.diff(space.output(path.z), axis=0), axis=1)
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.05)


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist", "iris"])
def test_geodesics_of_shipped_models(dataset: str) -> None:
    artifact = registry.open_model(shipped(dataset))
    space = DecodedSpace.of(artifact, OnnxCodec(artifact))
    anchors = artifact.latents.of("test").mean[[0, 20, 15]]
    line, path = straight(anchors, space), geodesic(anchors, space)
    assert path.output_length < line.output_length


def test_over_the_data_keeps_to_the_data() -> None:
    angle = np.linspace(0, np.pi, 400)
    ring = 3 * np.column_stack([np.cos(angle), np.sin(angle)])
    space = DecodedSpace(
        LinearCodec(np.eye(2)), UNIT, AggregatedPosterior.of(ring, np.full_like(ring, -4))
    )
    line, path = (
        straight(ring[[0, -1]], space),
        over_data(ring[[0, -1]], space, NeighbourGraph.of(ring)),
    )
    assert path.latent_length == pytest.approx(3 * np.pi, rel=0.01)
    assert path.lowest_density > -1
    assert line.lowest_density < -20


def test_parts_of_the_data_that_lie_apart_are_joined() -> None:
    islands = np.concatenate([cloud(0, 60) * 0.1 + centre for centre in (0, 5, [9, -9])])
    corners = NeighbourGraph.of(islands).between(islands[0], islands[-1])
    np.testing.assert_array_equal(corners[[0, -1]], islands[[0, -1]])
    hops = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    assert (hops > 2).sum() <= 2


@pytest.mark.parametrize("way", ways(2))
def test_anchors_that_coincide_are_named(way: Callable[..., Path]) -> None:
    with pytest.raises(InvalidInput, match="anchors 1 and 3"):
        way([[0, 0], [1, 1], [0, 0]], linear(0, 2))


@pytest.mark.parametrize("anchors", [[[0, 0]], np.eye(6, 2), [[0], [1]], [[0, 0], [np.nan, 1]]])
def test_what_are_no_anchors_is_refused(anchors: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="Expected"):
        straight(anchors, linear(0, 2))


def test_fewer_frames_than_anchors_are_refused() -> None:
    with pytest.raises(InvalidInput, match="3 anchors"):
        straight([[0, 0], [1, 0], [2, 2]], linear(0, 2), frames=2)


@given(seeds)
def test_an_attribute_leads_from_centre_to_centre(seed: int) -> None:
    mean, label = cloud(seed, 60, 3), np.arange(60) % 3
    vector = attribute_vector(mean, label, plus=2, minus=0)
    moved = mean[label == 0].mean(axis=0) + vector
    np.testing.assert_allclose(moved, mean[label == 2].mean(axis=0), atol=1e-5)


def test_an_attribute_needs_examples() -> None:
    with pytest.raises(DataInvalid, match=r"\(0, 1\). Received: 7"):
        attribute_vector(np.zeros((2, 2)), [0, 1], plus=1, minus=7)
