"""Where a command writes: what can't be written is said before any work is done."""

from pathlib import Path

import pytest

from tests.conftest import DIGITS_SPEC, IRIS_SPEC, Cli

IRIS, DIGITS = IRIS_SPEC.model_id, DIGITS_SPEC.model_id


def computed(*_: object, **__: object) -> None:
    raise AssertionError("it has begun to work")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (f"evaluate {IRIS} --picture x.xyz", 2, "ending in .csv for table data. Received: x.xyz"),
        (f"evaluate {DIGITS} --picture x.npz", 2, "ending in .png for image data"),
        (f"evaluate {IRIS} --picture missing/x.csv", 1, "Make the folder missing first"),
        (f"evaluate {IRIS} --picture folder.csv", 1, "folder.csv, which is a folder"),
        (f"evaluate {IRIS} --picture /proc/x.csv", 1, "can be written to. Received: /proc"),
        (f"evaluate {IRIS} --picture x.csv --num-samples 0", 2, "--num-samples above 0"),
        (f"sample {IRIS} --output x.xyz", 2, "ending in .csv or .npz"),
        (f"sample {IRIS} --output missing/x.csv", 1, "Make the folder missing first"),
        (f"sample {IRIS} --output taken/x.csv", 1, "Make the folder taken first"),
        (f"export {IRIS} --to taken", 1, "taken, where"),
        (f"export {IRIS} --to taken/deep", 1, "taken/deep, where"),
        (f"card {IRIS} --output taken", 1, "taken, where"),
        (f"card {IRIS} --output /proc/cards", 1, "can be written to. Received: /proc"),
        ("train --dataset iris --epochs 3 --output taken", 1, "taken, where"),
        ("train --dataset iris --epochs 3 --output /proc/models", 1, "Received: /proc"),
    ],
)
def test_what_cannot_be_written_is_said_before_any_work(
    cli: Cli, own_models: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: int, said: str
) -> None:
    for work in ("api.model.load", "artifacts.codec.OnnxCodec", "worker.pipeline.train_model"):
        monkeypatch.setattr(f"vae_core.{work}", computed)
    Path("taken").write_text("a file", encoding="utf-8")
    Path("folder.csv").mkdir()
    result = cli(*command.split())
    assert result.code == code
    assert said in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["folder.csv", "taken"]
    assert Path("taken").read_text(encoding="utf-8") == "a file"


def test_numbers_that_cannot_be_kept_are_not_measured(
    cli: Cli, own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(dir: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vae_core.api.model.load", computed)
    monkeypatch.setattr("vae_core.cli.targets.tempfile.TemporaryFile", read_only)
    result = cli("evaluate", IRIS, "--write", "--num-samples", "0")
    assert result.code == 1
    assert f"{own_models / IRIS} (Permission denied)" in result.err
