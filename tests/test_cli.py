"""The command line: results on standard output, everything else on standard error, honest codes."""

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.conftest import DIGITS_SPEC, IRIS_SPEC, ROOT, Cli, Result
from vae_core import errors
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import DECODER, ENCODER, LATENTS, MANIFEST, WEIGHTS
from vae_core.cli import main, report
from vae_core.cli.app import app
from vae_core.datasets import CATALOGUE
from vae_core.spec.training_spec import TrainingSpec
from vae_core.worker import pipeline

IRIS, DIGITS = IRIS_SPEC.model_id, DIGITS_SPEC.model_id


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "LATENT_HOME": str(home), "PYTHONPATH": str(ROOT)}


IRIS_COMMAND = (
    "train --dataset iris --hidden 8 --epochs 2 --batch_size 32 --latent_dim 2 "
    "--kl_warmup_epochs 0 --warmup_epochs 0 --json"
)


@pytest.mark.slow
def test_train_from_a_shell(tmp_path: Path, home: Path, trained_root: Path) -> None:
    """Spelt with underscores; JSON alone on standard output; the bytes of another process."""
    arguments = IRIS_COMMAND
    done = subprocess.run(
        [sys.executable, "-m", "vae_core", *arguments.split()],
        cwd=tmp_path,
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    manifest = Result(done.returncode, done.stdout, done.stderr).json()
    assert manifest["trained"]
    assert manifest["run"]["command"] == f"python -m vae_core {arguments}"
    assert "validation ELBO" in done.stderr
    (path,) = (home / "models").iterdir()
    assert Artifact.open(path).verify().manifest.model_id == manifest["model_id"] == IRIS
    for name in (ENCODER, DECODER, WEIGHTS, LATENTS):
        assert (path / name).read_bytes() == (trained_root / IRIS / name).read_bytes(), name


def test_training_again_finds_the_model(cli: Cli, own_models: Path) -> None:
    values = cli(*IRIS_COMMAND.replace("_", "-").split()).json()
    found = {name: values[name] for name in ("model_id", "path", "trained")}
    assert found == {"model_id": IRIS, "path": str(own_models / IRIS), "trained": False}
    shown = cli(*IRIS_COMMAND.removesuffix(" --json").split())
    assert f"{IRIS} was there already, nothing was trained: {own_models / IRIS}" in shown.out


@pytest.mark.slow
def test_an_output_that_is_named_gets_the_model(cli: Cli, own_models: Path) -> None:
    """Also where the same model is stored elsewhere; the second time it is found there."""
    command = (*IRIS_COMMAND.removesuffix(" --json").split(), "--output", "named")
    first, again = cli(*command), cli(*command, "--json")
    assert f"{IRIS} trained: {Path('named', IRIS)}" in first.out
    assert f"the same model is stored in {own_models / IRIS}" in first.err
    assert (again.json()["path"], again.json()["trained"]) == (str(Path("named", IRIS)), False)
    assert not again.err
    assert Artifact.open(Path("named", IRIS)).verify().manifest.run.command.endswith("named")


def test_choices_may_be_spelled_with_either_line(cli: Cli) -> None:
    for likelihood in ("bernoulli_static", "bernoulli-static"):
        result = cli(
            *("train", "--dataset", "digits", "--likelihood", likelihood),
            *("--start_from", "no-such-model"),
        )
        assert result.code == 2
        assert "'no-such-model'" in result.err, "it must get past the likelihood"


def test_every_field_of_the_specification_is_an_option() -> None:
    shown = CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "400"}).stdout
    for name, field in TrainingSpec.model_fields.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert str(field.description) in shown


def test_no_command_shows_the_commands() -> None:
    shown = CliRunner().invoke(app, []).output
    for command in ("train", "evaluate", "sample", "export", "models", "datasets"):
        assert command in shown


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("train", "--dataset"),
        ("train --dataset nothing", "'nothing'"),
        ("train --dataset iris --latent-dim 0", "--latent-dim"),
        ("train --dataset iris --latent-dim two", "--latent-dim"),
        ("train --dataset iris --beta nan", "--beta"),
        ("train --dataset iris --hidden 8,wide", "8,wide"),
        ("train --dataset iris --hidden 9999", "`hidden.0`"),
        ("train --dataset iris --architecture conv", "'conv'"),
        ("train --dataset iris --likelihood bernoulli", "'bernoulli'"),
        ("train --dataset iris --schedule never", "'never'"),
        ("evaluate no-such-model", "'no-such-model'"),
        ("evaluate [/red]", "[/red]"),
        ("evaluate ../models", "../models"),
        (f"evaluate {IRIS} --num-samples -1", "--num-samples"),
        (f"evaluate {IRIS} --quick --write", "--write without --quick"),
        (f"evaluate {IRIS} --quick --picture x.png", "x.png"),
        (f"evaluate {DIGITS} --quick --picture x.csv", "x.csv"),
        (f"sample {IRIS} --output x.png", "x.png"),
        (f"sample {IRIS} --label 1", "not conditional"),
        (f"sample {DIGITS}", "label=None"),
        (f"sample {DIGITS} --label 10", "10"),
        ("sample no-such-model", "'no-such-model'"),
        ("export no-such-model --to x", "'no-such-model'"),
        ("flatten", "flatten"),
    ],
)
def test_what_is_asked_wrongly_is_code_2(
    cli: Cli, own_models: Path, arguments: str, named: str
) -> None:
    result = cli(*arguments.split())
    assert result.code == 2
    assert named in " ".join(result.err.replace("│", " ").split()), "found in its box, wrapped"
    assert "Traceback" not in result.err
    assert not result.out
    assert not list(Path.cwd().iterdir()), "a refused command writes nothing"


def test_data_that_is_not_here_is_code_3(cli: Cli, no_project_data: None, home: Path) -> None:
    result = cli("train", "--dataset", "mnist")
    assert result.code == 3
    assert "--download" in result.err
    assert f"put these files into {home / 'data' / 'mnist'}" in result.err
    assert "train-images-idx3-ubyte.gz" in result.err
    assert {path.name for path in home.iterdir()} == {"cache"}


def test_a_broken_model_is_code_4(cli: Cli, own_models: Path) -> None:
    (own_models / IRIS / DECODER).write_bytes(b"no graph")
    for command in (("evaluate", IRIS), ("sample", IRIS), ("export", IRIS, "--to", "x")):
        result = cli(*command)
        assert result.code == 4
        assert str(own_models / IRIS / DECODER) in result.err
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SpecInvalid, 2),
        (errors.DownloadFailed, 3),
        (errors.ArtifactTooNew, 4),
        (errors.TrainingDiverged, 5),
        (errors.ExportFailed, 5),
        (errors.LatentError, 1),
        (PermissionError, 1),
        (KeyboardInterrupt, 130),
    ],
)
def test_every_error_has_its_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int
) -> None:
    message = "[bold]the reason[/nothing]"
    monkeypatch.setattr(pipeline, "train_model", Mock(side_effect=error(message)))
    result = cli("train", "--dataset", "iris", "--epochs", "3")
    assert result.code == code
    assert "Traceback" not in result.err
    assert (message in result.err) == (code != 130)


def test_a_programmers_error_is_not_hidden(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "train_model", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        main_with(monkeypatch, "train", "--dataset", "iris", "--epochs", "3")


def main_with(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["vae_core", *arguments])
    main()


def test_evaluate_pictures(cli: Cli, own_models: Path) -> None:
    values = cli("evaluate", DIGITS, "--quick", "--num-samples", "5", "--json").json()
    with Image.open(values["picture"]) as picture:
        assert picture.mode == "L"
        assert picture.size == (3 * (5 * 9 - 1), 3 * (2 * 9 - 1)), "5 over 5 cells of 8x8 and gaps"
        originals = np.asarray(picture)[: 3 * 8 : 3, ::3]
    assert originals.std() > 50, "empty"


def test_evaluate_repeats_the_manifest(cli: Cli, own_models: Path) -> None:
    values = cli("evaluate", IRIS, "--quick", "--json").json()
    assert values["model"] == IRIS
    stored = {m.name: m for m in Artifact.open(own_models / IRIS).manifest.metrics}
    for metric in values["metrics"]:
        assert metric["value"] == pytest.approx(stored[metric["name"]].value, abs=1e-4)
        assert metric["unit"] == "nats per example"
        assert (metric["split"], metric["examples"], metric["samples"]) == ("test", 30, 1)


def test_evaluate_tables(cli: Cli, own_models: Path) -> None:
    result = cli("evaluate", IRIS, "--quick", "--num_samples", "4", "--picture", "rows.csv")
    assert (result.code, "nats per example" in result.out) == (0, True)
    header, *rows = csv.reader(io.StringIO(Path("rows.csv").read_text(encoding="utf-8")))
    assert header[:1] + header[4:5] == ["sepal length (cm)", "sepal length (cm) decoded"]
    assert np.array(rows, float).shape == (4, 8)


def test_evaluate_says_when_numbers_are_no_likelihood(cli: Cli, own_models: Path) -> None:
    warning = "is not a proper likelihood of the data"
    assert warning in " ".join(cli("evaluate", DIGITS, "--quick").out.split())
    assert warning not in " ".join(cli("evaluate", IRIS, "--quick").out.split())


def test_more_draws_are_said(cli: Cli, own_models: Path) -> None:
    values = cli("evaluate", IRIS, "--quick", "--elbo-samples", "20", "--json").json()
    assert {metric["samples"] for metric in values["metrics"]} == {20}


def test_sample_pictures(cli: Cli, own_models: Path) -> None:
    values = cli("sample", DIGITS, "--label", "3", "--count", "7", "--json").json()
    with Image.open(values["output"]) as picture:
        assert picture.size == (3 * (3 * 9 - 1), 3 * (3 * 9 - 1)), "7 cells in a square of 9"


def test_sample_tables(cli: Cli, own_models: Path) -> None:
    assert cli("sample", IRIS, "--count", "7", "--output", "rows.csv").code == 0
    header, *rows = csv.reader(io.StringIO(Path("rows.csv").read_text(encoding="utf-8")))
    assert (len(header), np.array(rows, float).shape) == (4, (7, 4))


def test_sample_arrays(cli: Cli, own_models: Path) -> None:
    for name, seed in (("a.npz", 1), ("b.npz", 1), ("c.npz", 2)):
        arguments = ("--count", "9", "--seed", str(seed), "--temperature", "0.5")
        assert cli("sample", IRIS, "--output", name, *arguments).code == 0
    a, b, c = (np.load(name, allow_pickle=False) for name in ("a.npz", "b.npz", "c.npz"))
    assert (a["x"].shape, a["z"].shape) == ((9, 4), (9, 2))
    assert (a["z"] == b["z"]).all()
    assert (a["z"] != c["z"]).all()
    for arrays in (a, b, c):
        arrays.close()


def test_export_copies_and_overwrites_nothing(cli: Cli, own_models: Path) -> None:
    files = cli("export", IRIS, "--to", "out", "--json").json()["files"]
    assert [Path(file).name for file in files] == [ENCODER, DECODER, WEIGHTS, MANIFEST]
    for file in files:
        assert Path(file).read_bytes() == (own_models / IRIS / Path(file).name).read_bytes()
    Path("out", DECODER).write_bytes(b"mine")
    Path("out", WEIGHTS).unlink()
    refused = cli("export", IRIS, "--to", "out")
    assert refused.code == 2
    assert DECODER in refused.err
    assert Path("out", DECODER).read_bytes() == b"mine"
    assert not Path("out", WEIGHTS).exists()


def test_models_lists_a_broken_one_with_what_is_wrong(cli: Cli, own_models: Path) -> None:
    shutil.copytree(own_models / IRIS, own_models / "renamed")
    (own_models / DIGITS / MANIFEST).write_text("{", encoding="utf-8")
    result = cli("models")
    assert result.code == 0
    assert IRIS in result.out
    for name in ("renamed", DIGITS):
        assert f"{name} can't be used: {own_models / name / MANIFEST}" in result.err
    values = {model["path"]: model for model in cli("models", "--json").json()}
    assert set(values) == {str(own_models / name) for name in (IRIS, DIGITS, "renamed")}
    assert values[str(own_models / IRIS)]["spec"]["dataset"] == "iris"
    assert MANIFEST in values[str(own_models / DIGITS)]["error"]


def test_no_models_are_no_error(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, no_project_data: None
) -> None:
    assert cli("models", "--json").json() == []
    assert cli("models").code == 0


def test_json_stands_as_it_is(cli: Cli, own_models: Path) -> None:
    """Names that a terminal library would take for colours and smileys."""
    output = "[red]:smile:[/blue].csv"
    Path(output).parent.mkdir(exist_ok=True)
    assert cli("sample", IRIS, "--output", output, "--json").json()["output"] == output
    assert output in cli("sample", IRIS, "--output", output).out


def test_datasets_fetches_one_by_name(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, no_project_data: None
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("vae_core.datasets.download.fetch", lambda remote: asked.append(remote))
    assert cli("datasets", "--download", "mnist").code == 3
    assert asked == [CATALOGUE["mnist"].remote]
    assert cli("datasets", "--download", "iris").code == 0
    assert cli("datasets", "--download", "irs").code == 2


def test_lists_fit_into_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the shipped models, whose names are never wrapped."""
    monkeypatch.setattr(report.out, "_width", 80)
    for command, names in (
        ("models", [entry.model_id for entry in registry.models()]),
        ("datasets", list(CATALOGUE)),
    ):
        lines = cli(command).out.splitlines()
        assert max(map(len, lines)) <= 80
        assert set(names) <= {line.split()[0] for line in lines}
        if command == "models":
            assert len(lines) == 1 + len(names), "one line each"


def test_datasets(cli: Cli, no_project_data: None) -> None:
    values = {entry["name"]: entry for entry in cli("datasets", "--json").json()}
    assert set(values) == set(CATALOGUE)
    assert values["iris"]["available"]
    assert not values["mnist"]["available"]
    shown = cli("datasets").out
    assert all(name in shown for name in CATALOGUE)
