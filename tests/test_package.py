"""The package: its version, what the wheel holds, and that it runs where no clone is."""

import re
import shutil
import sys
import tomllib
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import vae_core
from tests import installed
from tests.conftest import ROOT, Cli
from tests.installed import Installed
from vae_core import paths
from vae_core.artifacts import registry

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OUTSIDE = ("tests", "benchmarks", "docs", ".ci")
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+( ; [a-z_]+ [=!]= '[A-Za-z0-9]+')?")


def requirements(name: str) -> list[Requirement]:
    """What a requirements file asks for, with the files that it names."""
    found = []
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found += requirements(text.removeprefix("-r ").strip())
        elif text:
            found.append(Requirement(text))
    return found


def pins() -> dict[str, str]:
    """The version of each package in `constraints.txt`."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if line and not line.startswith("#")]
    wrong = [line for line in chosen if not PIN.fullmatch(line)]
    assert not wrong, f"no place on one machine, only names and versions: {wrong}"
    found = [Requirement(line) for line in chosen]
    return {canonicalize_name(r.name): next(iter(r.specifier)).version for r in found}


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_version_is_said_once(cli: Cli) -> None:
    assert PROJECT["dynamic"] == ["version", "dependencies", "optional-dependencies"]
    assert cli("--version").out == f"latent-explorer {vae_core.__version__}\n"


def test_the_constraints_pin_all_that_is_required() -> None:
    pinned = pins()
    for requirement in requirements("requirements-dev.txt"):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"constraints.txt lacks {requirement.name}"
        assert requirement.specifier.contains(version), requirement


def test_the_constraints_pin_the_whole_tree() -> None:
    """What the required packages require in turn, as installed here."""
    pinned, seen = pins(), set[str]()
    waiting = [requirement.name for requirement in requirements("requirements-dev.txt")]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        needed = map(Requirement, requires(name) or ())
        waiting += [r.name for r in needed if not r.marker or r.marker.evaluate({"extra": ""})]
    assert seen <= set(pinned), sorted(seen - set(pinned))


def test_an_installed_copy_finds_its_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One function for a clone and for a wheel, which has a folder for what is no package."""
    assert paths.project() == paths.source() == ROOT
    assert paths.pretrained() == ROOT / "pretrained"
    monkeypatch.setattr(paths, "source", lambda: tmp_path)
    assert paths.project() == tmp_path
    (tmp_path / "latent_explorer").mkdir()
    (tmp_path / "latent_explorer" / "app.py").touch()
    assert paths.app() == tmp_path / "latent_explorer" / "app.py"
    assert registry.roots()[0] == tmp_path / "latent_explorer" / "pretrained"


def test_the_wheel_holds_the_app_and_nothing_beside_it(wheel: Path) -> None:
    found = names(wheel)
    assert {name.split("/")[0] for name in found} == {
        "vae_core",
        "latent_plane",
        "latent_explorer",
        f"latent_explorer-{vae_core.__version__}.dist-info",
    }
    assert not [name for name in found if name.endswith(".pyc")]
    for folder, inside in (
        ("vae_core", "vae_core"),
        ("latent_plane", "latent_plane"),
        ("pages", "latent_explorer/pages"),
        ("pretrained", "latent_explorer/pretrained"),
    ):
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        kept = [path.relative_to(ROOT / folder) for path in files if path.suffix != ".pyc"]
        missing = [path for path in kept if f"{inside}/{path.as_posix()}" not in found]
        assert not missing, missing
    assert {
        "vae_core/py.typed",
        "latent_plane/py.typed",
        "latent_explorer/app.py",
        "latent_explorer/.streamlit/config.toml",
        f"latent_explorer-{vae_core.__version__}.dist-info/licenses/LICENSE",
    } <= found


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """From a copy with the models of one dataset, since it is theirs that take long to pack."""
    few = shutil.ignore_patterns("[bdfmpw]*-z*", ".git", "__pycache__")
    clone = shutil.copytree(ROOT, tmp_path / "clone", ignore=few, symlinks=True)
    again = installed.build(installed.sdist(clone, tmp_path / "sdist"), tmp_path)
    packed = {name.split("/")[2] for name in names(again) if "/pretrained/iris" in name}
    left = {path.name for path in (ROOT / "pretrained").glob("*/")} - packed
    assert len(packed) == 1
    assert names(again) == {n for n in names(wheel) if not left.intersection(n.split("/"))}


def test_the_wheel_asks_for_what_requirements_txt_says(package: Installed) -> None:
    (info,) = package.site.glob("latent_explorer-*.dist-info")
    lines = (info / "METADATA").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(v.split(": ", 1)[1]) for v in lines if v.startswith("Requires-Dist")]
    always = [one for one in asked if one.marker is None]
    assert sorted(map(str, always)) == sorted(map(str, requirements("requirements.txt")))
    extra = [str(one).partition(";")[0] for one in asked if one.marker is not None]
    assert extra == [str(one) for one in requirements("requirements-dask.txt")]
    assert "Requires-Python: >=3.11" in lines


def test_the_installed_command_lists_the_shipped_models(package: Installed, tmp_path: Path) -> None:
    shown = package.run(str(package.script), "models", "--json", cwd=tmp_path)
    shipped = [path.name for path in (ROOT / "pretrained").glob("*/")]
    assert all(f'"{name}"' in shown for name in shipped)
    assert str(package.site / "latent_explorer" / "pretrained") in shown
    assert str(ROOT) not in shown
    count = "import vae_core; print(len(vae_core.load('fashion_mnist').test))"
    assert package.run(sys.executable, "-c", count, cwd=tmp_path).strip() == "10000"
    code = "import vae_core, latent_plane; print(vae_core.__file__, latent_plane.__file__)"
    import_places = package.run(sys.executable, "-c", code, cwd=tmp_path).split()
    assert all(Path(place).is_relative_to(package.site) for place in import_places)
