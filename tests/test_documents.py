"""What the documents name exists: files, folders, functions, links; and none is forgotten."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

ARCHITECTURE, CONTRIBUTING = ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"
CHANGELOG, CITATION = ROOT / "CHANGELOG.md", ROOT / "CITATION.cff"
ELSEWHERE = ("LATENT_HOME/", "../shared/", "data/")
"""Places on a person's machine, not in the repository."""

every_guide = pytest.mark.parametrize(
    "guide", (ARCHITECTURE, CONTRIBUTING), ids=lambda path: path.name
)


@cache
def prose(path: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def quoted(path: Path) -> list[str]:
    """Everything that a document's prose writes as `code`."""
    return re.findall(r"`([^`\n]+)`", prose(path))


def named_paths(path: Path) -> set[str]:
    """What it names `as/a/path`, but for places on a person's machine."""
    found = {word for word in quoted(path) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", word)}
    return {word for word in found if "/" in word and not word.startswith(ELSEWHERE)}


def named_modules(path: Path) -> set[str]:
    """What it names `as.a.module`, as a path without an ending."""
    dotted = re.findall(r"\b(?:vae_core|pages|latent_plane)(?:\.\w+)+", " ".join(quoted(path)))
    return {word.replace(".", "/") for word in dotted}


def named_objects(path: Path) -> list[tuple[str, str]]:
    """Each `name` that is followed by the file that defines it, as in `train` (`a/file.py`)."""
    return re.findall(r"`(\w[\w.]*)` \(`([^`\n]+/[^`\n]+\.\w+)`\)", prose(path))


@cache
def defined(file: str) -> set[str]:
    """Names that a Python file defines on any level, or all words of a JavaScript file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if not file.endswith(".py"):
        return set(re.findall(r"\w+", re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)))
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


@every_guide
def test_every_named_path_exists(guide: Path) -> None:
    found = named_paths(guide)
    assert len(found) > 10
    modules = {name for name in named_modules(guide) if not (ROOT / name).is_dir()}
    found |= {f"{name}.py" for name in modules}
    assert not {name for name in found if not (ROOT / name).exists()}


@every_guide
def test_every_named_object_is_defined_where_the_guide_says(guide: Path) -> None:
    found = named_objects(guide)
    assert len(found) > 5
    wrong = [(name, file) for name, file in found if not set(name.split(".")) <= defined(file)]
    assert not wrong


def test_the_architecture_names_every_room() -> None:
    folders = (ROOT / "vae_core", ROOT / "pages", ROOT / "latent_plane" / "frontend")
    rooms = {
        f"{room.relative_to(ROOT).as_posix()}/"
        for folder in folders
        if folder.is_dir()
        for room in folder.iterdir()
        if room.is_dir() and any(room.glob("[!_.]*.*"))
    }
    components = {f"latent_plane/{path.name}" for path in (ROOT / "latent_plane").glob("[!_]*.py")}
    assert not (rooms | components) - named_paths(ARCHITECTURE)


@pytest.mark.parametrize(
    "path", (ARCHITECTURE, CONTRIBUTING, CHANGELOG), ids=lambda path: path.name
)
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", prose(path))
    assert not [target for target in targets if not (path.parent / target).exists()]


def test_the_newest_version_is_the_one_to_cite() -> None:
    newest = re.search(r"^## (\S+) - (\S+)$", CHANGELOG.read_text(encoding="utf-8"), re.M)
    citation = CITATION.read_text(encoding="utf-8")
    assert newest
    assert f"\nversion: {newest[1]}\n" in citation
    assert f'\ndate-released: "{newest[2]}"\n' in citation
