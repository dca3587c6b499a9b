"""Exported graphs answer as Keras does, in the data's own units, or are not published."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.conftest import Cli, tiny_spec
from vae_core.artifacts.codec import session
from vae_core.artifacts.manifest import DECODER, ENCODER, HISTORY, WEIGHTS
from vae_core.datasets import load
from vae_core.datasets.description import Description
from vae_core.errors import ExportFailed
from vae_core.jobs.recovery import best_state
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import EXIT_CODES, Reason, Record, State, Verdict, new_job_id
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training import export as exporter
from vae_core.training.backend import keras
from vae_core.training.fit import Scaling, Trained
from vae_core.training.vae import build
from vae_core.worker import pipeline
from vae_core.worker.job import run_job

pytestmark = pytest.mark.slow

DIGITS, IRIS = load("digits").description, load("iris").description
LIKELIHOODS = ("bernoulli", "bernoulli_static", "bernoulli_dynamic", "gaussian")


def random_data(description: Description, count: int) -> np.ndarray:
    """Examples in the graphs' units: images in [0, 1], columns of quite different sizes."""
    x = np.random.default_rng(count).random((count, *description.shape), np.float32)
    if description.kind == "image":
        return x
    return np.asarray(x * np.logspace(-1, 3, description.size) + 5, np.float32)


def untrained(spec: TrainingSpec, description: Description) -> Trained:
    """A model with random weights and biases, as if training had ended."""
    keras.utils.set_random_seed(spec.seed)
    vae = build(spec, description)
    rng = np.random.default_rng(0)
    for weight in (*vae.encoder.weights, *vae.decoder.weights):
        weight.assign(weight + 0.1 * rng.normal(size=weight.shape))
    scaling = Scaling.of(random_data(description, 50), description)
    return Trained(vae, scaling, (), best_epoch=0, seconds=0.0, examples=50)


def export(trained: Trained, description: Description, folder: Path) -> Any:
    return exporter.export(trained, description, random_data(description, 50), folder)


def condition(spec: TrainingSpec, count: int) -> list[np.ndarray]:
    """One-hot labels where the model wants them."""
    classes = len(DIGITS.labels)
    rows = np.eye(classes, dtype=np.float32)[np.arange(count) % classes]
    return [rows] if spec.conditional else []


def assert_no_size_is_computed(folder: Path) -> None:
    """All sizes but the batch's are numbers: what computes them the converter may leave or not."""
    for name in (ENCODER, DECODER):
        assert "Shape" not in {node.op_type for node in onnx.load(folder / name).graph.node}


def assert_agrees(trained: Trained, description: Description, folder: Path) -> None:
    """Both graphs against the Keras halves, with the units worked out here by hand."""
    assert_no_size_is_computed(folder)
    spec, scaling = trained.vae.spec, trained.scaling
    width = scaling.high - scaling.low
    encoder, decoder = session(folder / ENCODER), session(folder / DECODER)
    for count in (1, 3):
        y = [rows[:, : len(description.labels)] for rows in condition(spec, count)]
        extra = {"y": y[0]} if y else {}
        x = random_data(description, count)
        scaled = (x - scaling.low) / width
        if spec.likelihood == "bernoulli_static":
            scaled = (x >= 0.5).astype(np.float32)
        answers = encoder.run(["mean", "log_var"], {"x": x, **extra})
        for ours, theirs in zip(answers, trained.vae.encoder([scaled, *y]), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
        z = np.random.default_rng(count).normal(size=(count, spec.latent_dim)).astype(np.float32)
        (ours,) = decoder.run(["x"], {"z": z, **extra})
        output = np.asarray(trained.vae.decoder([z, *y]), np.float64)
        image = description.kind == "image"
        theirs = 1 / (1 + np.exp(-output)) if image else scaling.low + width * output
        np.testing.assert_allclose((ours - theirs) / width, 0, atol=1e-5)
        assert ours.shape == (count, *description.shape)


PICTURES = product(("dense", "conv"), LIKELIHOODS, (False, True))
TABLES = product(("table", "dense"), ("gaussian",), (False, True))
KINDS = [(DIGITS, *case) for case in PICTURES] + [(IRIS, *case) for case in TABLES]
LATENT_DIMS = [(1, 2, 5)[number % 3] for number in range(len(KINDS))]
"""Every size meets dense and convolutional layers; likelihoods meet no size in any graph."""


@pytest.mark.parametrize(
    ("description", "architecture", "likelihood", "conditional", "latent_dim"),
    [(*kind, latent_dim) for kind, latent_dim in zip(KINDS, LATENT_DIMS, strict=True)],
    ids=lambda value: value.name if isinstance(value, Description) else str(value),
)
def test_every_kind_of_model_agrees_with_keras(
    description: Description,
    architecture: str,
    likelihood: str,
    conditional: bool,
    latent_dim: int,
    tmp_path: Path,
) -> None:
    spec = tiny_spec(
        description.name,
        architecture=architecture,
        likelihood=likelihood,
        conditional=conditional,
        latent_dim=latent_dim,
    )
    trained = untrained(spec, description)
    tensors, parity = export(trained, description, tmp_path)
    assert parity.largest <= parity.allowed == 1e-5
    assert parity.batches == (1, 2, 64)
    assert_agrees(trained, description, tmp_path)
    assert_named(tmp_path, tensors, conditional=conditional)


def assert_named(folder: Path, tensors: Any, *, conditional: bool) -> None:
    """The graphs' tensors have the contract's names and are those that the manifest lists."""
    y = ["y"] if conditional else []
    expected = {ENCODER: (["x", *y], ["mean", "log_var"]), DECODER: (["z", *y], ["x"])}
    for name, (inputs, outputs) in expected.items():
        graph = session(folder / name)
        found = [*graph.get_inputs(), *graph.get_outputs()]
        assert [tensor.name for tensor in found] == inputs + outputs
        assert [tensor.name for tensor in tensors[name]] == inputs + outputs
        for tensor, listed in zip(found, tensors[name], strict=True):
            assert tensor.type == "tensor(float)"
            assert isinstance(tensor.shape[0], str), "the batch must be free"
            assert tuple(tensor.shape[1:]) == listed.shape[1:]


@pytest.mark.parametrize("activation", ["relu", "silu", "gelu"])
def test_every_activation_agrees_with_keras(activation: str, tmp_path: Path) -> None:
    for description, architecture in ((DIGITS, "conv"), (IRIS, "table")):
        spec = tiny_spec(description.name, architecture=architecture, activation=activation)
        trained = untrained(spec, description)
        export(trained, description, tmp_path)
        assert_agrees(trained, description, tmp_path)


@pytest.mark.parametrize(
    ("shape", "filters"),
    [((7, 5, 1), (4, 6)), ((5, 9, 3), (4, 4, 4)), ((1, 1, 1), (4, 4)), ((6, 6, 1), (4,))],
)
@pytest.mark.parametrize("conditional", [False, True])
def test_pictures_of_any_size(
    shape: tuple[int, ...], filters: tuple[int, ...], conditional: bool, tmp_path: Path
) -> None:
    description = DIGITS.model_copy(update={"shape": shape})
    spec = tiny_spec("digits", architecture="conv", filters=filters, conditional=conditional)
    trained = untrained(spec, description)
    export(trained, description, tmp_path)
    assert_agrees(trained, description, tmp_path)


@pytest.mark.parametrize("conditional", [False, True])
def test_convolutions_without_dense_layers(conditional: bool, tmp_path: Path) -> None:
    spec = tiny_spec("digits", architecture="conv", hidden=(), conditional=conditional)
    trained = untrained(spec, DIGITS)
    export(trained, DIGITS, tmp_path)
    assert_agrees(trained, DIGITS, tmp_path)


def test_one_model_has_one_file(tmp_path: Path) -> None:
    """The same weights are the same bytes, however often the converter has run."""
    trained = untrained(tiny_spec("iris"), IRIS)
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        export(trained, IRIS, tmp_path / name)
    for name in (ENCODER, DECODER):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def alter_on_the_way(monkeypatch: pytest.MonkeyPatch, name: str, offset: float) -> None:
    """Let one weight of the graph `name` come out otherwise than Keras has it."""
    save = onnx.save

    def altered(model: Any, path: Path) -> None:
        if path.name == name:
            weight = max(model.graph.initializer, key=lambda tensor: np.prod(tensor.dims))
            values = numpy_helper.to_array(weight).copy()
            values.flat[0] += offset
            weight.CopyFrom(numpy_helper.from_array(values, weight.name))
        save(model, path)

    monkeypatch.setattr(onnx, "save", altered)


@pytest.mark.parametrize("name", [ENCODER, DECODER])
@pytest.mark.parametrize("offset", [0.01, np.nan, np.inf])
def test_a_graph_that_disagrees_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, offset: float
) -> None:
    alter_on_the_way(monkeypatch, name, offset)
    with pytest.raises(ExportFailed, match="agree within 1e-05"):
        export(untrained(tiny_spec("iris"), IRIS), IRIS, tmp_path)


def test_agreement_is_judged_by_the_size_of_the_codes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Codes in the thousands differ by more than 1e-5 in their last place, which is no fault."""
    trained = untrained(tiny_spec("digits"), DIGITS)
    kernel = trained.vae.encoder.get_layer("mean").kernel
    kernel.assign(1000 * kernel)
    _, parity = export(trained, DIGITS, tmp_path)
    x = random_data(DIGITS, 64)
    expected = np.asarray(trained.vae.encoder([x])[0])
    (mean,) = session(tmp_path / ENCODER).run(["mean"], {"x": x})
    off, size = np.abs(mean - expected).max(), np.abs(expected).max()
    assert off > 1e-5
    assert off / size <= parity.allowed
    assert parity.largest <= parity.allowed
    alter_on_the_way(monkeypatch, ENCODER, 0.1)
    with pytest.raises(ExportFailed):
        export(trained, DIGITS, tmp_path)


def test_large_numbers_in_a_table_do_not_excuse_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A column from 5000 to 5010 is judged by its width, as far as float32 goes."""
    spec = tiny_spec("iris")
    vae = untrained(spec, IRIS).vae
    scaling = Scaling(np.full(4, 5000, np.float32), np.full(4, 5010, np.float32))
    trained = Trained(vae, scaling, (), best_epoch=0, seconds=0.0, examples=50)
    x = 5000 + 10 * np.random.default_rng(0).random((50, 4), np.float32)
    exporter.export(trained, IRIS, x, tmp_path)
    alter_on_the_way(monkeypatch, DECODER, 0.01)
    with pytest.raises(ExportFailed):
        exporter.export(trained, IRIS, x, tmp_path)


SPEC = tiny_spec("iris", epochs=3)


def test_what_can_not_be_published_is_kept(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with monkeypatch.context() as patch:
        alter_on_the_way(patch, DECODER, 0.01)
        with pytest.raises(ExportFailed) as refused:
            pipeline.train_model(SPEC, command="as typed")
    assert not list((home / "models").iterdir())
    (run, record), = all_runs()  # fmt: skip
    assert (record.state, record.spec, record.command) == (State.FAILED, SPEC, "as typed")
    assert record.verdict == Verdict(reason=Reason.EXPORT, message=str(refused.value))
    state = SPEC.state_after(3)
    for said in (str(run.path), WEIGHTS, HISTORY, f"--start-from {state}"):
        assert said in str(refused.value)
    assert len(json.loads((run.path / HISTORY).read_text(encoding="utf-8"))) == 3
    left = best_state(run)
    assert left
    assert (left.epoch, left.weights.read_bytes()) == (3, (run.path / WEIGHTS).read_bytes())
    saved = pipeline.recover_model(
        left.spec, weights=left.weights, history=left.history, kept=left.epoch
    )
    assert (saved.manifest.spec, len(saved.history)) == (SPEC, 3)
    assert pipeline.train_model(tiny_spec("iris", start_from=state, epochs=1)).history


def test_a_job_that_can_not_be_published_says_what_it_kept(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    alter_on_the_way(monkeypatch, ENCODER, 0.01)
    run = RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=SPEC))
    assert run_job(run.path) == EXIT_CODES[Reason.EXPORT]
    verdict = run.verdict()
    assert verdict
    assert f"{WEIGHTS} and {HISTORY} are in {run.path}" in verdict.message
    assert [found.job_id for found, _ in all_runs()] == [run.job_id]
    assert best_state(run)


def test_the_command_line_says_what_it_kept(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    alter_on_the_way(monkeypatch, DECODER, 0.01)
    result = cli("train", "--dataset", "iris", "--epochs", "1", "--hidden", "8")
    assert result.code == 5
    assert WEIGHTS in result.err
    assert "No model was published, but nothing is lost" in " ".join(result.err.split())
