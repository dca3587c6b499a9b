"""The import fence: levels run one way, Keras and Streamlit each stay on their side."""

import ast
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from vae_core.datasets import CATALOGUE

LEVELS = {
    "arrays": 0,
    "disk": 0,
    "errors": 0,
    "frozen": 0,
    "paths": 0,
    "threads": 0,
    "interrupts": 0,
    "memory": 0,
    "text": 0,
    "systems": 1,
    "spec": 1,
    "latent": 1,
    "datasets": 2,
    "intake": 3,
    "artifacts": 3,
    "metrics": 4,
    "jobs": 4,
    "morph": 5,
    "evaluation": 5,
    "figures": 5,
    "sweeps": 5,
    "training": 5,
    "worker": 6,
    "api": 7,
    "estimator": 7,
    "cli": 8,
    "__main__": 9,
}
"""The folders of `vae_core`, and the modules of its ground; imports run down."""
KERAS_SIDE = {"training", "worker"}
READING_SIDE = {"intake"}
"""Runs in a child process alone, which may import what the app does not."""
APP_SIDE = set(LEVELS) - KERAS_SIDE - READING_SIDE - {"cli", "estimator", "__main__"}
ALLOWED_IMPORTERS = {
    "streamlit": {"app", "pages", "latent_plane"},
    "starlette": {"app", "latent_plane"},
    "keras": KERAS_SIDE,
    "tensorflow": KERAS_SIDE,
    "jax": KERAS_SIDE,
    "torch": set[str](),
    "onnxruntime": {"artifacts", "training"},
    "onnx": KERAS_SIDE,
    "tf2onnx": {"training"},
    "sklearn": {"estimator", "metrics"},
    "pandas": set[str](),
    "optuna": {"figures", "sweeps"},
    "scipy": {"datasets", "latent", "metrics", "morph"},
}
HEAVY = ("tensorflow", "keras", "sklearn", "optuna", "pandas", "pyarrow", "scipy", "streamlit")
LINES = 300
BODY = 40


def sources() -> list[Path]:
    """All Python files of the program, without tests and benchmarks."""
    folders = (ROOT / name for name in ("vae_core", "latent_plane", "pages"))
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return found + [path for path in [ROOT / "app.py"] if path.is_file()]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part(module: str) -> str:
    """The name that the tables above use: the part of `vae_core`, or the top-level name."""
    names = module.split(".")
    return names[1] if names[0] == "vae_core" and len(names) > 1 else names[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path, *, also_lazy: bool = True) -> Iterator[str]:
    """Dotted names that a file imports; a name imported from a package counts if it is a module."""
    nodes = ast.walk(tree(path)) if also_lazy else iter(tree(path).body)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide where a name comes from"
            module = node.module or ""
            for alias in node.names:
                name = f"{module}.{alias.name}"
                yield name if name in modules() else module


@cache
def modules() -> dict[str, Path]:
    return {dotted(path): path for path in sources()}


def core_files() -> list[Path]:
    """The modules of `vae_core` but for its own face."""
    return [path for name, path in modules().items() if name.startswith("vae_core.")]


def room(module: str) -> str:
    """The folder that holds a module: `vae_core.latent` for `vae_core.latent.plane`."""
    names = module.split(".")
    return ".".join(names[:2]) if names[0] in ("vae_core", "pages") else names[0]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_walk_sees_the_program() -> None:
    assert {"vae_core.errors", "vae_core.datasets", "vae_core.datasets.idx"} <= set(modules())


def test_every_part_of_the_core_has_its_level() -> None:
    core = {part(name) for name in modules() if name.startswith("vae_core.")}
    assert core == set(LEVELS), "place new folders in LEVELS of this test"


def test_imports_run_down_the_levels() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in core_files()
        for module in imports(path)
        if module.startswith("vae_core.") and LEVELS[part(module)] > LEVELS[part(dotted(path))]
    ]
    assert not wrong, f"above their own level: {wrong}"


def test_the_core_knows_nothing_of_the_app() -> None:
    outside = {"app", "pages", "latent_plane"}
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in core_files()
        for module in imports(path)
        if module.split(".")[0] in outside
    ]
    assert not wrong


def test_a_page_imports_no_other_page() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for name, path in modules().items()
        if name.startswith("pages.")
        for module in imports(path)
        if module.startswith("pages.")
        and module.split(".")[1] not in ("shared", name.split(".")[1])
    ]
    assert not wrong, f"move what two pages use to pages/shared: {wrong}"


def test_no_module_and_no_folder_imports_itself_through_others() -> None:
    graph = {
        name: {module for module in imports(path) if module in modules() and module != name}
        for name, path in modules().items()
    }
    folders: dict[str, set[str]] = {}
    for name, reached in graph.items():
        folders.setdefault(room(name), set()).update({room(one) for one in reached} - {room(name)})
    for kind, imported in (("modules", graph), ("folders", folders)):
        try:
            TopologicalSorter(imported).prepare()
        except CycleError as error:
            pytest.fail(f"these {kind} import each other: {' -> '.join(error.args[1])}")


def test_libraries_stay_on_their_side() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources()
        for module in imports(path)
        if (library := module.split(".")[0]) in ALLOWED_IMPORTERS
        and part(dotted(path)) not in ALLOWED_IMPORTERS[library]
    ]
    assert not wrong, f"not where ALLOWED_IMPORTERS says: {wrong}"


def test_only_a_process_of_its_own_imports_what_reads_untrusted_files() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources()
        for module in imports(path)
        if part(module) in READING_SIDE and part(dotted(path)) not in READING_SIDE
    ]
    assert not wrong


def test_the_app_side_reaches_for_no_keras_module() -> None:
    wrong = []
    for path in sources():
        mine = part(dotted(path))
        if mine in KERAS_SIDE:
            continue
        # Python's and the shell's face may import them inside a function that needs them.
        lazy_allowed = mine in ("api", "cli", "estimator", "__main__")
        reached = {part(module) for module in imports(path, also_lazy=not lazy_allowed)}
        wrong += [f"{name_of(path)} imports {one}" for one in reached & KERAS_SIDE]
    assert not wrong


def printed(code: str) -> str:
    """What a fresh Python prints that runs `code`."""
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_what_the_app_imports_brings_nothing_heavy() -> None:
    names = [name for name in modules() if name.startswith("vae_core.") and part(name) in APP_SIDE]
    code = (
        f"import importlib, sys\nfor name in {sorted(names)}:"
        " importlib.import_module(name)\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    assert printed(code).split() == []


@pytest.mark.slow
def test_a_worker_starts_without_what_keras_would_import_for_nobody() -> None:
    code = (
        "import sys, vae_core.worker.__main__\n"
        "print('keras' in sys.modules, {'pandas', 'sklearn'} & set(sys.modules))\n"
        "import pandas, sklearn"
    )
    assert printed(code) == "True set()\n"


def test_files_stay_short() -> None:
    endings = {".py", ".js", ".css", ".html"}
    long = {
        name_of(path): count
        for folder in ("vae_core", "latent_plane", "pages")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in endings
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert not long, f"split these along a noun, they pass {LINES} lines: {long}"


def test_functions_stay_short() -> None:
    long = {
        f"{name_of(path)}:{node.name}": length
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_length(node)) > BODY
    }
    assert not long, f"these functions pass {BODY} lines: {long}"


def body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def committed() -> list[Path]:
    """All files that git tracks; the test is skipped where there is no checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    if listed.returncode:
        pytest.skip(f"no git checkout to list: {listed.stderr.strip()}")
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in files if path.is_file()]


def test_training_images_are_never_committed() -> None:
    """Of the datasets that are downloaded only the test sets come with the repository."""
    remotes = [entry.remote for entry in CATALOGUE.values() if entry.remote]
    kept = {file.name for remote in remotes for file in remote.test}
    packed = [path for path in committed() if "ubyte" in path.name]
    assert {path.name for path in packed} == kept
    assert len(packed) == len(kept) * len(remotes)
    training = {file.bytes: file.sha256 for remote in remotes for file in remote.training}
    for path in committed():  # nor under another name
        if digest := training.get(path.stat().st_size):
            assert hashlib.sha256(path.read_bytes()).hexdigest() != digest, path


def test_no_file_names_a_place_on_one_machine() -> None:
    homes = [f"/{folder}/" for folder in ("work", "root", "Users")] + ["/tmp/" + "venv"]
    vendored = ROOT / "latent_plane" / "onnxruntime"
    for path in committed():
        if path.is_relative_to(vendored):
            continue
        content = path.read_bytes()
        found = [home for home in homes if home.encode() in content]
        assert not found, f"{path} names {found}: say it relative to the repository"
