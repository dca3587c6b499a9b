"""Text is UTF-8 in files, whatever the locale says; a terminal gets what it can show."""

import ast
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_architecture import committed
from tests.visits import shipped
from vae_core.artifacts.artifact import Artifact

LOCALES = {
    "C": {"LC_ALL": "C"},
    "cp1252": {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "cp1252"},
    "gbk": {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "gbk"},
}


def run(folder: Path, locale: str, *arguments: str) -> bytes:
    """Standard output of a command in that locale, which must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", **LOCALES[locale]}
    done = subprocess.run(
        [sys.executable, "-m", "vae_core", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_lists_cards_and_samples_take_any_locale(locale: str, tmp_path: Path) -> None:
    listed = run(tmp_path, locale, "models")
    assert b"iris-table-z2" in listed
    assert {"C": b"? 2.2", "cp1252": b"? 2.2", "gbk": "β 2.2".encode("gbk")}[locale] in listed
    name = shipped("breast_cancer")
    text, values = json.loads(run(tmp_path, locale, "card", name, "--quick", "--json"))["files"]
    assert "−log p(x" in (tmp_path / text).read_text(encoding="utf-8")
    features = json.loads((tmp_path / values).read_text(encoding="utf-8"))["description"][
        "features"
    ]
    assert (features[3]["name"], features[3]["unit"]) == ("mean area", "px²")
    run(tmp_path, locale, "sample", name, "--count", "2", "--output", "résumé.csv")
    with (tmp_path / "résumé.csv").open(encoding="utf-8", newline="") as stream:
        assert "mean area (px²)" in next(csv.reader(stream))


@pytest.mark.slow
def test_a_training_in_the_c_locale_is_kept_with_the_command_that_made_it(tmp_path: Path) -> None:
    command = ("train", "--dataset", "iris", "--epochs", "1", "--hidden", "4", "--output", "modèle")
    shown = json.loads(run(tmp_path, "C", *command, "--json"))
    assert shown["trained"]
    (folder,) = (tmp_path / "modèle").glob("iris-*")
    manifest = Artifact.open(folder).verify().manifest
    assert "--output modèle" in manifest.run.command.replace("'", "")


def test_no_text_is_read_or_written_in_the_locales_encoding() -> None:
    """What ruff's PLW1514 can't see: methods of any expression, and what processes say."""
    wrong = []
    for path in committed():
        if path.suffix == ".py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
            wrong += [f"{path}:{call.lineno}" for call in calls if _has_no_encoding(call)]
    assert not wrong, f"say encoding='utf-8': {wrong}"


def _has_no_encoding(call: ast.Call) -> bool:
    given = {word.arg for word in call.keywords}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    as_text = {word.arg for word in call.keywords if ast.unparse(word.value) == "True"}
    text = name in ("read_text", "write_text") or {"text", "universal_newlines"} & as_text
    return bool(text) and "encoding" not in given
