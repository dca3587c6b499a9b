"""What the READMEs promise: true tables, commands that exist, links that lead somewhere."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from docs.write_tables import READMES, wanted
from tests.conftest import ROOT
from vae_core.artifacts import registry
from vae_core.cli.app import app
from vae_core.cli.options import spec_values
from vae_core.datasets import default_spec
from vae_core.spec.training_spec import TrainingSpec

PRETRAINED = ROOT / "pretrained"
MANIFESTS = sorted(PRETRAINED.glob("[!.]*/manifest.json"))
OURS = ["python", "-m", "vae_core"]

every_readme = pytest.mark.parametrize("path", READMES, ids=lambda p: str(p.relative_to(ROOT)))


def commands(path: Path) -> list[list[str]]:
    """The words of each command in a README's `sh` blocks and in its `code` in the text."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line[:1] not in ("", "#")]
    lines += re.findall(r"`((?:python|pip|streamlit) [^`\n]+)`", text)
    return [shlex.split(part) for line in lines for part in line.split("&&")]


def parsed(words: list[str]) -> dict[str, Any]:
    """The options of a command of ours; one that is wrong or missing raises."""
    group = typer.main.get_command(app)
    command = group.commands[words[0]]  # type: ignore[attr-defined]
    if "--help" in words:
        return {}
    return dict(command.make_context(words[0], words[1:]).params)


@every_readme
def test_tables_are_what_the_manifests_and_measurements_say(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == wanted(path), "run `python docs/write_tables.py`"


@every_readme
def test_every_command_exists(path: Path) -> None:
    found = commands(path)
    assert found
    for words in found:
        if words[:3] == OURS:
            options = parsed(words[3:])
            model = options.get("model")
            if model and model != "MODEL":
                registry.open_model(model, within=[PRETRAINED])
            continue
        program, files = words[0], [word for word in words if word.endswith((".py", ".txt"))]
        assert files or program == "pytest", words
        assert all((ROOT / file).is_file() for file in files), words


@every_readme
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path}: {target}"


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_the_command_of_a_shipped_model_asks_for_that_model(path: Path) -> None:
    manifest = json.loads(path.read_text())
    options = parsed(shlex.split(manifest["run"]["command"])[3:])
    assert Path(options["output"]) == Path("pretrained")
    values = {name: options[name] for name in TrainingSpec.model_fields}
    spec = default_spec(**{"name": values.pop("dataset"), **spec_values(values)})
    assert spec.model_id == manifest["model_id"]
