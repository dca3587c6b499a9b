"""`python -m vae_core jobs`, and the changes that `train` understands."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import tiny_spec
from vae_core.artifacts import registry
from vae_core.cli import report
from vae_core.cli.app import app
from vae_core.cli.options import spec_values
from vae_core.errors import JobRefused, NotFound, SpecInvalid
from vae_core.jobs.events import StageEvent
from vae_core.jobs.process import identity
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Process, Reason, Record, State, Verdict, new_job_id
from vae_core.spec.training_spec import TrainingSpec

GONE = Process(pid=2**22 - 1, created=1.0)


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    if result.exception:
        raise result.exception
    return result.output


def queued(**values: Any) -> RunDirectory:
    known = {"job_id": new_job_id(), "visitor": "a", "spec": tiny_spec("iris")}
    return RunDirectory.create(Record(**{**known, **values}))


def test_jobs_are_listed_newest_first(home: Path) -> None:
    failed = queued(state=State.FAILED, verdict=Verdict.of(Reason.DIVERGED))
    lost = queued(state=State.RUNNING, owner=GONE)
    lost.tell(StageEvent(stage="training"))
    shown = json.loads(invoke("jobs", "--json"))
    assert [(job["job_id"], job["state"]) for job in shown] == [
        (lost.job_id, "lost"),
        (failed.job_id, "failed"),
    ]
    assert "infinite" in shown[1]["message"]
    assert failed.job_id in invoke("jobs")
    assert "infinite" in invoke("jobs")


def test_the_list_of_jobs_fits_into_80_columns(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report.out, "_width", 80)
    models = [entry.manifest for entry in registry.models() if entry.manifest]
    runs = [queued(state=State.CANCELLED, spec=manifest.spec) for manifest in models]
    lines = invoke("jobs").splitlines()
    assert max(map(len, lines)) <= 80
    for run, manifest in zip(runs, models, strict=True):
        (line,) = (line for line in lines if run.job_id in line)
        assert line.split()[-1] == manifest.model_id, "no name is wrapped"


def test_a_job_without_supervisor_is_cancelled_at_once(home: Path) -> None:
    run = queued(owner=GONE)
    assert run.job_id in invoke("jobs", "cancel", run.job_id)
    assert run.record().state is State.CANCELLED
    with pytest.raises(JobRefused, match="cancelled"):
        invoke("jobs", "cancel", run.job_id)


def test_a_living_supervisor_is_asked(home: Path) -> None:
    run = queued(owner=identity(os.getpid()))
    invoke("jobs", "cancel", run.job_id)
    assert run.record().state is State.QUEUED
    assert run.is_cancelled()


def test_only_jobs_can_be_cancelled(home: Path) -> None:
    with pytest.raises(NotFound):
        invoke("jobs", "cancel", "../models")


def test_changes_on_the_command_line() -> None:
    values = spec_values({"changes": "5:beta=4,9:learning-rate=1e-4,5:learning_rate=0.01"})
    spec = TrainingSpec.create(dataset="iris", epochs=10, **values)
    assert [change.model_dump() for change in spec.changes] == [
        {"epoch": 5, "beta": 4.0, "learning_rate": 0.01},
        {"epoch": 9, "beta": None, "learning_rate": 1e-4},
    ]


@pytest.mark.parametrize("text", ["5", "5:beta", "beta=4", "x:beta=4", "5:beta=much"])
def test_changes_that_are_none(text: str) -> None:
    with pytest.raises(SpecInvalid, match="epoch:setting=value"):
        spec_values({"changes": text})


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"changes": [{"epoch": 1, "beta": 4.0}]}, "greater than or equal to 2"),
        ({"changes": [{"epoch": 4, "gamma": 4.0}]}, "changes.0.gamma"),
        ({"changes": [{"epoch": 4, "beta": 101.0}]}, "changes.0.beta"),
        ({"changes": [{"epoch": 11, "beta": 4.0}]}, "none after the end"),
        ({"changes": [{"epoch": 4, "beta": 4.0}] * 2}, "each epoch once"),
        ({"changes": [{"epoch": 4, "beta": 1.0}]}, "each change something"),
        ({"changes": [{"epoch": 4}]}, "each change something"),
        ({"stop_after": 11}, "no later epoch than the last"),
        ({"stop_after": 3, "changes": [{"epoch": 4, "beta": 4.0}]}, "none after the end"),
        ({"start_from": "iris-table-z2-01234567@0"}, "start_from"),
    ],
)
def test_interventions_that_make_no_sense(values: dict[str, object], named: str) -> None:
    with pytest.raises(SpecInvalid, match=named):
        TrainingSpec.create(dataset="iris", epochs=10, **values)
