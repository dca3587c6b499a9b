"""What READMEs and guide promise: true tables, commands that exist, links that lead somewhere."""

import json
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from docs.write_tables import FIVE, PARTS, READMES, five, wanted
from tests.cluster import LOCAL
from tests.conftest import ROOT
from vae_core.artifacts import registry
from vae_core.cli.app import app
from vae_core.cli.options import spec_values
from vae_core.datasets import default_spec
from vae_core.spec.training_spec import TrainingSpec

PRETRAINED = ROOT / "pretrained"
MANIFESTS = sorted(PRETRAINED.glob("[!.]*/manifest.json"))
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
OURS = ["python", "-m", "vae_core"]
TOOLS = {"pytest", "ruff", "mypy", "npm", "."}
"""Programs that are asked for no file of this repository."""
INSTALLATION = ("python -m venv .venv", "pip install .")

every_readme = pytest.mark.parametrize("path", READMES, ids=lambda p: str(p.relative_to(ROOT)))


def commands(path: Path) -> list[list[str]]:
    """The words of each command in a README's `sh` blocks and in its `code` in the text."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line[:1] not in ("", "#")]
    lines += re.findall(r"`((?:python|pip|streamlit|latent-explorer) [^`\n]+)`", text)
    return [shlex.split(part) for line in lines for part in line.split("&&")]


def parsed(words: list[str]) -> dict[str, Any]:
    """The options of a command of ours; one that is wrong or missing raises."""
    group = typer.main.get_command(app)
    command = group.commands[words[0]]  # type: ignore[attr-defined]
    if "--help" in words:
        return {}
    return dict(command.make_context(words[0], words[1:]).params)


def dask_command(name: str) -> Any:
    """A command of Dask; making its context refuses options that it does not have."""
    return import_module(f"distributed.cli.dask_{name}").main


@every_readme
def test_tables_are_what_the_manifests_and_measurements_say(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == wanted(path), "run `python docs/write_tables.py`"


def test_every_part_that_can_be_written_has_one_place() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in READMES)
    for part in PARTS:
        assert texts.count(f"<!-- {part} -->") == texts.count(f"<!-- end of {part} -->") == 1


def test_the_line_of_numbers_says_what_was_measured() -> None:
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    assert len(FIVE) == 5
    for benchmark, what in FIVE.values():
        (value,) = (r["value"] for r in results[benchmark]["results"] if r["what"] == what)
        said = (float(number) for number in re.findall(r"\*\*([\d.]+)", five()))
        assert any(number == pytest.approx(value, rel=0.005) for number in said), what


@pytest.mark.parametrize(
    "path", (*READMES, CONTRIBUTING), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_command_exists(path: Path) -> None:
    found = commands(path)
    assert found
    for words in found:
        if words[:3] == OURS or words[0] == "latent-explorer":
            options = parsed(words[3:] if words[:3] == OURS else words[1:])
            model = options.get("model")
            if model and model != "MODEL":
                registry.open_model(model, within=[PRETRAINED])
            continue
        if words[:3] == ["python", "-m", "dask"]:
            assert set(LOCAL) <= set(words), "a cluster of this machine listens on this machine"
            dask_command(words[3]).make_context(words[3], words[4:])
            continue
        named = [word for word in words if word.endswith((".py", ".txt")) or word == ".ci/run"]
        assert named or words[0] in TOOLS or shlex.join(words) in INSTALLATION, words
        assert all((ROOT / file).is_file() for file in named), words


@every_readme
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path}: {target}"


def test_the_command_of_a_shipped_model_asks_for_that_model() -> None:
    asked = {}
    for path in MANIFESTS:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        options = parsed(shlex.split(manifest["run"]["command"])[3:])
        values = {name: options[name] for name in TrainingSpec.model_fields}
        spec = default_spec(**{"name": values.pop("dataset"), **spec_values(values)})
        asked[manifest["model_id"]] = (spec.model_id, Path(options["output"]))
    assert asked
    assert asked == {name: (name, Path("pretrained")) for name in asked}
