"""Fixtures for all tests: a home of their own, and MNIST where it lies beside the repository."""

import gzip
import hashlib
import json
import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import installed
from vae_core import paths
from vae_core.artifacts.artifact import Artifact
from vae_core.datasets import CATALOGUE, Entry, default_spec, store
from vae_core.datasets.entry import Remote, RemoteFile
from vae_core.jobs import Supervisor
from vae_core.spec.training_spec import TrainingSpec

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

# A newcomer's run is the run of CI; new counterexamples are looked for on purpose. Shared machines
# stall for longer than any deadline.
settings.register_profile("fixed", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("fixed")

SLOW = {"trained_root", "supervisor", "real_images", "wheel"}
"""Fixtures that train, start worker processes, inflate MNIST or pack; who asks for one is slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two processes for whole folders; chosen files are sooner done without."""
    return 2 if all(Path(argument).is_dir() for argument in config.args) else 0


class OneBrowser(LoadFileScheduling):
    """File by file, but all that shares the browser and its servers runs in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if "/browser/" in nodeid else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser:
    return OneBrowser(config, log)


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A `LATENT_HOME` for what is made once a session; no test sees the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("session-home")
        patch.setenv("LATENT_HOME", str(home))
        patch.delenv("LATENT_DATA_DIR", raising=False)
        yield home


@pytest.fixture(scope="session", autouse=True)
def components_found_once() -> Iterator[None]:
    """Each run of a page under test would look through all installed packages for components."""
    find = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(find))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh `LATENT_HOME` for each test."""
    monkeypatch.setenv("LATENT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with MNIST and Fashion-MNIST; without it the test is skipped, or fails in CI."""
    if all((SHARED_DATA / name).is_dir() for name in ("mnist", "fashion-mnist")):
        return SHARED_DATA
    message = "needs MNIST and Fashion-MNIST in ../shared/data beside the repository"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def real_images(shared_data: Path, session_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The training pictures are here; what is inflated is shared by the session's tests."""
    monkeypatch.setenv("LATENT_DATA_DIR", str(shared_data))
    monkeypatch.setenv("LATENT_HOME", str(session_home))
    return shared_data


@pytest.fixture
def no_training_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh clone: no data beside what comes with it and what is downloaded now."""
    monkeypatch.setattr(store, "places", lambda remote: [store.folder_of(remote)])


@pytest.fixture
def no_project_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this clone had no models and no `data/` of its own."""
    monkeypatch.setattr(paths, "project", lambda: tmp_path / "clone")


@pytest.fixture
def tiny_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """MNIST shrunk to 600 random images in `<tmp_path>/data/mnist` and 100 that are shipped."""
    original = CATALOGUE["mnist"]
    assert original.remote is not None
    folder = tmp_path / "data" / "mnist"
    monkeypatch.setattr(paths, "test_sets", lambda: tmp_path / "shipped")
    remote = tiny_remote(original.remote, folder)
    entry = replace(original, examples=700, remote=remote)
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    monkeypatch.setenv("LATENT_DATA_DIR", str(folder.parent))
    return entry


TINY_LAYERS: dict[str, dict[str, Any]] = {
    "table": {"hidden": (8,)},
    "dense": {"hidden": (16, 8)},
    "conv": {"hidden": (8,), "filters": (4, 6)},
}


def tiny_spec(dataset: str, **values: Any) -> TrainingSpec:
    """A specification that trains in a few seconds; `values` win."""
    architecture = values.get("architecture", CATALOGUE[dataset].defaults["architecture"])
    brief = {"epochs": 2, "kl_warmup_epochs": 0, "warmup_epochs": 0, "batch_size": 32}
    return default_spec(dataset, **{**brief, **TINY_LAYERS[architecture], **values})


IRIS_SPEC = tiny_spec("iris")
DIGITS_SPEC = tiny_spec("digits", architecture="conv", conditional=True, latent_dim=3, subset=200)


@pytest.fixture(scope="session")
def trained_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two trained models, iris and conditional digits; only to be read."""
    from vae_core.worker.pipeline import train_model

    root = tmp_path_factory.mktemp("trained")
    for spec in (IRIS_SPEC, DIGITS_SPEC):
        train_model(spec, root=root)
    return root


@pytest.fixture
def own_models(
    trained_root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The user's folder of models with a copy of the two trained ones; nothing else is stored."""
    monkeypatch.setattr(paths, "project", lambda: tmp_path / "clone")
    shutil.copytree(trained_root, home / "models")
    return home / "models"


@pytest.fixture
def iris_model(own_models: Path) -> Artifact:
    """The iris model among `own_models`."""
    return Artifact.open(own_models / IRIS_SPEC.model_id)


@pytest.fixture
def digits_model(own_models: Path) -> Artifact:
    """The conditional digits model among `own_models`."""
    return Artifact.open(own_models / DIGITS_SPEC.model_id)


@dataclass(frozen=True)
class Result:
    """What a command left with and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process, in an empty folder."""
    from vae_core.cli import main

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["vae_core", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        return Result(int(left.value.code or 0), *capfd.readouterr())

    return run


@pytest.fixture
def fresh_shelf() -> None:
    """The pages list no models of another test."""
    from pages.shared import models

    models.stored_models.clear()
    models.served.clear()


def tiny_remote(remote: Remote, folder: Path) -> Remote:
    """Write 600 examples into `folder` and 100 where test sets are shipped, and describe them."""
    shipped = paths.test_sets() / remote.folders[0]
    for place in (folder, shipped):
        place.mkdir(parents=True)
    places = {file: folder if file in remote.training else shipped for file in remote.files}
    random = np.random.default_rng(7)
    arrays = [
        array
        for count in (600, 100)
        for array in (random.integers(0, 256, (count, 28, 28)), np.arange(count) % 10)
    ]
    files = [
        write_idx(places[file] / file.name, array.astype(np.uint8))
        for file, array in zip(remote.files, arrays, strict=True)
    ]
    images, labels, test_images, test_labels = files
    return replace(remote, files=(images, labels, test_images, test_labels))


def write_idx(path: Path, array: np.ndarray) -> RemoteFile:
    """Write `array` as a gzipped IDX file."""
    data = gzip.compress(idx_bytes(array), compresslevel=1, mtime=0)
    path.write_bytes(data)
    return RemoteFile(path.name, len(data), hashlib.sha256(data).hexdigest(), array.shape)


def idx_bytes(array: np.ndarray) -> bytes:
    """`array` of unsigned bytes in the IDX format."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Supervisor]:
    """The app's supervisor, with runs of this test only."""
    supervisor = Supervisor(warm=False, root=home / "runs")
    monkeypatch.setattr(sys.modules[Supervisor.__module__], "_only", supervisor)
    yield supervisor
    supervisor.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone."""
    return installed.build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def package(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> installed.Installed:
    """The wheel, installed into a folder of its own."""
    return installed.install(wheel, tmp_path_factory.mktemp("installed") / "site")
