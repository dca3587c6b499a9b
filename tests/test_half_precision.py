"""Half precision: what is rounded, what is not, and that all files of a model agree on it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper
from safetensors.numpy import load_file

from tests.conftest import tiny_spec
from vae_core.artifacts.manifest import DECODER, ENCODER, WEIGHTS
from vae_core.datasets import load
from vae_core.datasets.scaling import Scaling
from vae_core.training.backend import keras
from vae_core.training.half_precision import HALVED_FROM, halved, store_half
from vae_core.training.vae import build
from vae_core.training.weights import load_weights, save_weights
from vae_core.worker import pipeline
from vae_core.worker.recorder import DecoderGraph


def weights_in(graph: Path) -> list[np.ndarray]:
    return [numpy_helper.to_array(tensor) for tensor in onnx.load(graph).graph.initializer]


@given(st.integers(1, 4 * HALVED_FROM), st.floats(1e-6, 1e4))
def test_rounding_is_small_and_happens_once(size: int, scale: float) -> None:
    values = scale * np.random.default_rng(size).standard_normal(size).astype(np.float32)
    half = halved(values)
    assert half.dtype == (np.float16 if size >= HALVED_FROM else np.float32)
    np.testing.assert_allclose(half.astype(np.float32), values, rtol=2**-11, atol=2**-25)
    again = halved(half.astype(np.float32))
    assert (again == half).all()


@pytest.mark.parametrize("value", [70_000.0, -1e30, np.inf, np.nan])
def test_what_has_no_half_stays_whole(value: float) -> None:
    values = np.zeros(HALVED_FROM, np.float32)
    values[7] = value
    assert halved(values) is values


def test_a_graph_keeps_what_rounding_would_change() -> None:
    """Only numbers that half precision can hold exactly are stored in it."""
    exact, inexact = np.full(300, 0.5, np.float32), np.full(300, 0.1, np.float32)
    tensors = [numpy_helper.from_array(v, n) for v, n in ((exact, "a"), (inexact, "b"))]
    output = onnx.helper.make_tensor_value_info("c", onnx.TensorProto.FLOAT, [300])
    node = onnx.helper.make_node("Add", ["a", "b"], ["c"])
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", [], [output], tensors))
    store_half(model)
    onnx.checker.check_model(model, full_check=True)
    kept = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert {name: str(values.dtype) for name, values in kept.items()} == {
        "a_half": "float16",
        "b": "float32",
    }
    assert (kept["b"] == inexact).all()


def test_all_files_of_a_model_hold_the_same_numbers(tmp_path: Path) -> None:
    spec = tiny_spec("digits", architecture="dense", hidden=(64,), epochs=1, subset=64)
    folder = pipeline.train_model(spec, root=tmp_path).path
    stored = load_file(folder / WEIGHTS)
    for name, half in ((ENCODER, "encoder"), (DECODER, "decoder")):
        large = {v.size: np.sort(v.ravel()) for v in weights_in(folder / name) if v.size >= 300}
        ours = [v for key, v in stored.items() if key.startswith(half) and v.size >= 300]
        assert ours
        for values in ours:
            assert values.dtype == large[values.size].dtype == np.float16
            assert (np.sort(values.ravel()) == large[values.size]).all()


def test_a_film_writes_the_graph_that_the_export_writes(tmp_path: Path) -> None:
    spec = tiny_spec("digits", architecture="dense", hidden=(64,), epochs=1, subset=64)
    folder = pipeline.train_model(spec, root=tmp_path).path
    dataset = load("digits")
    keras.utils.set_random_seed(5)
    vae = build(spec, dataset.description)
    scaling = Scaling.of(dataset.train.x, dataset.description)
    film = DecoderGraph(vae, dataset.description, scaling)
    load_weights(vae, folder / WEIGHTS)
    assert film.with_weights_of(vae) == (folder / DECODER).read_bytes()


def test_weights_that_were_read_are_written_as_they_were(tmp_path: Path) -> None:
    spec = tiny_spec("digits", architecture="dense", hidden=(64,))
    vae = build(spec, load("digits").description)
    save_weights(vae, tmp_path / "first")
    load_weights(vae, tmp_path / "first")
    assert {str(weight.dtype) for weight in vae.weights} == {"float32"}
    save_weights(vae, tmp_path / "again")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
