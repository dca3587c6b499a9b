"""The import fence: levels run one way, Keras and Streamlit each stay on their side."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

LEVELS = {
    "errors": 0,
    "change": 0,
    "network": 0,
    "spec": 0,
    "description": 0,
    "paths": 0,
    "threads": 0,
    "interrupts": 0,
    "artifact": 1,
    "registry": 1,
    "latent": 1,
    "sampling": 1,
    "mixture": 1,
    "uploads": 1,
    "rows": 1,
    "agreement": 1,
    "detection": 1,
    "principal": 1,
    "held_out_class": 1,
    "structure": 1,
    "traversals": 2,
    "images": 1,
    "scaling": 1,
    "datasets": 1,
    "backend": 1,
    "batches": 2,
    "elbo": 1,
    "half": 1,
    "architectures": 2,
    "models": 2,
    "codec": 2,
    "metrics": 2,
    "figures": 2,
    "anomaly": 2,
    "jobs": 2,
    "scores": 3,
    "course": 3,
    "morph": 3,
    "aggregate": 3,
    "evaluation": 3,
    "card": 3,
    "animation": 3,
    "training": 3,
    "export": 3,
    "filming": 4,
    "worker": 4,
    "cli": 4,
    "__main__": 4,
}
KERAS_SIDE = {
    *("backend", "batches", "elbo", "models", "course", "training", "export", "filming", "worker"),
    *("architectures", "half"),
}
APP_SIDE = (
    *(
        "errors",
        "change",
        "network",
        "spec",
        "description",
        "paths",
        "artifact",
        "registry",
        "scaling",
    ),
    *("latent", "images", "datasets", "codec", "metrics", "evaluation", "figures", "jobs"),
    *("animation", "morph", "network", "sampling", "mixture", "threads"),
    *("uploads", "rows", "agreement", "traversals", "scores"),
    *("aggregate", "anomaly", "card", "detection", "principal", "structure"),
    "held_out_class",
)
ALLOWED_IMPORTERS = {
    "streamlit": {"app", "app_pages", "latent_plane"},
    "keras": KERAS_SIDE,
    "tensorflow": KERAS_SIDE,
    "jax": KERAS_SIDE,
    "torch": set[str](),
    "onnxruntime": {"codec", "export"},
    "onnx": {"export", "filming", "half"},
    "tf2onnx": {"export"},
    "sklearn": {"structure"},
    "pandas": set[str](),
    "scipy": {"morph"},
}
HEAVY = ("tensorflow", "keras", "sklearn", "pandas", "scipy", "streamlit")
LINES = 300
BODY = 40


def sources() -> list[Path]:
    """All Python files of the program, without tests and benchmarks."""
    folders = (ROOT / name for name in ("vae_core", "latent_plane", "app_pages"))
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


def files(*, but: str = "") -> list[Path]:
    return [path for path in sources() if dotted(path) != but]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_walk_sees_the_program() -> None:
    assert {"vae_core.errors", "vae_core.datasets", "vae_core.datasets.idx"} <= set(modules())


@pytest.mark.parametrize("path", files(but="vae_core"), ids=name_of)
def test_every_module_has_its_place(path: Path) -> None:
    if path.is_relative_to(ROOT / "vae_core"):
        assert part(dotted(path)) in LEVELS, (
            f"Place {name_of(path)} in LEVELS of this test, and in KERAS_SIDE or APP_SIDE"
        )


@pytest.mark.parametrize("path", files(but="vae_core"), ids=name_of)
def test_imports_run_down_the_levels(path: Path) -> None:
    if not path.is_relative_to(ROOT / "vae_core"):
        return
    level = LEVELS.get(part(dotted(path)), max(LEVELS.values()))
    for module in imports(path):
        if module.startswith("vae_core."):
            assert LEVELS.get(part(module), 0) <= level, (
                f"{name_of(path)} imports {module}, above it"
            )
        assert module.split(".")[0] not in ("app", "app_pages", "latent_plane"), (
            f"{name_of(path)} imports {module}: the core knows nothing of the app"
        )


def test_no_import_cycles() -> None:
    graph = {
        name: {module for module in imports(path) if module in modules() and module != name}
        for name, path in modules().items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_libraries_stay_on_their_side(path: Path) -> None:
    for module in imports(path):
        library = module.split(".")[0]
        if library in ALLOWED_IMPORTERS:
            assert part(dotted(path)) in ALLOWED_IMPORTERS[library], (
                f"{name_of(path)} imports {module}; only "
                f"{sorted(ALLOWED_IMPORTERS[library]) or 'nobody'} may"
            )


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_the_app_side_reaches_for_no_keras_module(path: Path) -> None:
    if part(dotted(path)) in KERAS_SIDE:
        return
    # The command line may import them inside a function, when a command needs them.
    lazy_allowed = part(dotted(path)) in ("cli", "__main__")
    reached = {part(module) for module in imports(path, also_lazy=not lazy_allowed)}
    assert not reached & KERAS_SIDE, f"{name_of(path)} imports {sorted(reached & KERAS_SIDE)}"


def printed(code: str) -> str:
    """What a fresh Python prints that runs `code`."""
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_what_the_app_imports_brings_nothing_heavy() -> None:
    names = [f"vae_core.{name}" for name in APP_SIDE if f"vae_core.{name}" in modules()]
    code = (
        f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    assert printed(code).split() == []


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
        for folder in ("vae_core", "latent_plane")
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


def test_no_file_names_a_place_on_one_machine() -> None:
    homes = [f"/{folder}/" for folder in ("work", "root", "Users")] + ["/tmp/" + "venv"]
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip(f"no git checkout to list: {listed.stderr.strip()}")
    vendored = ROOT / "static" / "ort"
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_relative_to(vendored) or not path.is_file():
            continue
        content = path.read_bytes()
        found = [home for home in homes if home.encode() in content]
        assert not found, f"{name} names {found}: say it relative to the repository"
