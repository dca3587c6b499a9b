"""Every codec keeps the Protocol's promises, and names what it cannot take."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DIGITS_SPEC, IRIS_SPEC
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import Codec, LinearCodec, OnnxCodec, checked, one_hot
from vae_core.artifacts.manifest import DECODER, ENCODER
from vae_core.errors import ArtifactCorrupt, DataInvalid


@pytest.fixture(scope="module")
def codecs(trained_root: Any) -> dict[str, Codec]:
    """A codec of each kind; that this type-checks is a test of its own."""
    iris, digits = (Artifact.open(trained_root / s.model_id) for s in (IRIS_SPEC, DIGITS_SPEC))
    weights = np.random.default_rng(0).normal(size=(2, 5))
    return {
        "linear": LinearCodec(weights, offset=0.5),
        "table": OnnxCodec(iris),
        "conditional": OnnxCodec(digits, threads=2),
    }


@pytest.fixture(params=["linear", "table", "conditional"])
def codec(request: pytest.FixtureRequest, codecs: dict[str, Codec]) -> Codec:
    return codecs[request.param]


def examples(codec: Codec, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """`count` random x and z with labels where the codec wants them."""
    rng = np.random.default_rng(count)
    label = rng.integers(0, codec.classes, count) if codec.classes else None
    return rng.random((count, *codec.shape)), rng.normal(size=(count, codec.latent_dim)), label


@pytest.mark.parametrize("count", [0, 1, 2, 65])
def test_any_batch_has_its_shapes(codec: Codec, count: int) -> None:
    x, z, label = examples(codec, count)
    mean, log_var = codec.encode(x, label)
    decoded = codec.decode(z, label)
    assert mean.shape == log_var.shape == (count, codec.latent_dim)
    assert decoded.shape == (count, *codec.shape)
    assert {array.dtype for array in (mean, log_var, decoded)} == {np.dtype(np.float32)}
    assert all(np.isfinite(array).all() for array in (mean, log_var, decoded))


def test_an_example_does_not_depend_on_its_neighbours(codec: Codec) -> None:
    x, z, label = examples(codec, 7)
    mean, log_var = codec.encode(x, label)
    decoded = codec.decode(z, label)
    for i in range(7):
        own = None if label is None else label[i : i + 1]
        alone_mean, alone_log_var = codec.encode(x[i : i + 1], own)
        np.testing.assert_allclose(alone_mean[0], mean[i], atol=1e-5)
        np.testing.assert_allclose(alone_log_var[0], log_var[i], atol=1e-5)
        np.testing.assert_allclose(codec.decode(z[i : i + 1], own)[0], decoded[i], atol=1e-5)


def test_order_and_type_in_memory_do_not_matter(codec: Codec) -> None:
    _, z, label = examples(codec, 4)
    expected = codec.decode(z, label)
    for spelling in (np.asfortranarray(z), z.astype(np.float32), z.tolist(), z.repeat(2, 0)[::2]):
        np.testing.assert_allclose(codec.decode(spelling, label), expected, atol=1e-6)


def wrong(shape: tuple[int, ...]) -> list[tuple[Any, str]]:
    """What is no (n, *shape), with a word that the message must hold."""
    return [
        (np.zeros(shape), "shape="),
        (np.zeros((2, *shape, 1)), "shape="),
        (np.zeros((2, *shape[:-1], shape[-1] + 1)), "shape="),
        (3.0, "shape="),
        ([], "shape="),
        (np.full((2, *shape), np.nan), "NaN"),
        (np.full((2, *shape), np.inf), "infinity"),
        (np.full((2, *shape), 1e300), "infinity"),
        (np.full((2, *shape), "a"), "numbers"),
        ([[1.0], [1.0, 2.0]], "numbers"),
        (None, "shape="),
    ]


def test_what_is_no_data_is_refused(codec: Codec) -> None:
    label = np.zeros(2, int) if codec.classes else None
    for value, word in wrong(codec.shape):
        with pytest.raises(DataInvalid, match=word) as caught:
            codec.encode(value, label)
        assert "`x`" in str(caught.value)
    for value, word in wrong((codec.latent_dim,)):
        with pytest.raises(DataInvalid, match=word) as caught:
            codec.decode(value, label)
        assert "`z`" in str(caught.value)


@pytest.mark.parametrize(
    "label", [None, 10, -1, [0, 10], [0, 1, 2], [0.0, 1.0], [True, False], ["a", "b"], [[0], [1]]]
)
def test_a_conditional_model_wants_its_labels(codecs: dict[str, Codec], label: Any) -> None:
    codec = codecs["conditional"]
    x, z, _ = examples(codec, 2)
    with pytest.raises(DataInvalid, match="label"):
        codec.encode(x, label)
    with pytest.raises(DataInvalid, match="label"):
        codec.decode(z, label)


def test_one_label_serves_a_whole_batch(codecs: dict[str, Codec]) -> None:
    codec = codecs["conditional"]
    z = examples(codec, 3)[1]
    assert (codec.decode(z, 7) == codec.decode(z, [7, 7, 7])).all()


def test_the_label_matters(codecs: dict[str, Codec]) -> None:
    codec = codecs["conditional"]
    x, z, _ = examples(codec, 1)
    assert (codec.decode(z, 0) != codec.decode(z, 1)).any()
    assert (codec.encode(x, 0)[0] != codec.encode(x, 1)[0]).any()


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(0, 4))
def test_a_linear_codec_undoes_itself(seed: int, latent_dim: int, extra: int) -> None:
    rng = np.random.default_rng(seed)
    weights = np.eye(latent_dim, latent_dim + extra) + 0.1 * rng.normal(
        size=(latent_dim, latent_dim + extra)
    )
    codec = LinearCodec(weights, offset=2.0, log_var=-3.0)
    z = rng.normal(size=(5, latent_dim))
    mean, log_var = codec.encode(codec.decode(z))
    np.testing.assert_allclose(mean, z, atol=1e-3)
    assert (log_var == -3).all()


@given(st.lists(st.integers(0, 9), max_size=20))
def test_one_hot_rows_point_at_their_label(label: list[int]) -> None:
    rows = one_hot(np.array(label, int), 10)
    assert rows.shape == (len(label), 10)
    assert rows.sum(axis=1).tolist() == [1.0] * len(label)
    assert rows.argmax(axis=1).tolist() == label


def test_checked_copies_nothing_that_fits() -> None:
    x = np.zeros((3, 2), np.float32)
    assert checked(x, (2,), "x") is x


@pytest.mark.parametrize("name", [ENCODER, DECODER])
@pytest.mark.parametrize("content", [b"", b"no graph", None])
def test_a_graph_that_cannot_be_loaded_is_named(
    iris_model: Artifact, name: str, content: bytes | None
) -> None:
    path = iris_model.path / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(ArtifactCorrupt, match=name):
        OnnxCodec(iris_model)
