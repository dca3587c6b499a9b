"""A finished training whose export gives no graph that runs: its weights are kept all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from onnx import ModelProto

from tests.conftest import Cli, tiny_spec
from vae_core.artifacts.manifest import HISTORY, WEIGHTS
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import EXIT_CODES, Reason, Record, new_job_id
from vae_core.training import export as exporter
from vae_core.training.backend import keras
from vae_core.training.half_precision import store_half
from vae_core.worker.job import run_job

pytestmark = pytest.mark.slow

Fault = Callable[[pytest.MonkeyPatch], None]


def unknown_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that ONNX Runtime refuses to load."""

    def altered(graph: ModelProto) -> None:
        store_half(graph)
        graph.graph.node[0].op_type = "NoSuchOperation"

    monkeypatch.setattr(exporter, "store_half", altered)


def missing_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that loads, and fails once it is asked."""
    rename = exporter._rename

    def altered(graph: ModelProto, inputs: list[str], outputs: list[str]) -> None:
        rename(graph, [f"another_{name}" for name in inputs], outputs)

    monkeypatch.setattr(exporter, "_rename", altered)


def converter_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation that has no counterpart in ONNX."""

    def refuse(*arguments: Any, **options: Any) -> None:
        raise ValueError("no such conversion")

    monkeypatch.setattr(keras.Model, "export", refuse)


@pytest.mark.parametrize("fault", [unknown_operation, missing_input, converter_fault])
def test_the_command_line_keeps_what_was_learned(
    fault: Fault, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    fault(monkeypatch)
    result = cli("train", "--dataset", "iris", "--epochs", "2", "--hidden", "8")
    assert result.code == 5
    assert "No model was published, but nothing is lost" in " ".join(result.err.split())
    (run, record), = all_runs()  # fmt: skip
    assert record.verdict
    assert record.verdict.reason is Reason.EXPORT
    assert all((run.path / name).stat().st_size for name in (WEIGHTS, HISTORY))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("fault", [unknown_operation, missing_input])
def test_a_job_keeps_what_was_learned(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """It used to say that the settings were wrong."""
    fault(monkeypatch)
    spec = tiny_spec("iris", epochs=2)
    run = RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=spec))
    assert run_job(run.path) == EXIT_CODES[Reason.EXPORT]
    verdict = run.verdict()
    assert verdict
    assert f"{WEIGHTS} and {HISTORY} are in {run.path}" in verdict.message
    assert all((run.path / name).stat().st_size for name in (WEIGHTS, HISTORY))
