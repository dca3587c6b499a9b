"""Downloads against a server on loopback: mirrors, breaks, hashes, and no network at all."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

import vae_core.datasets as datasets
from tests.conftest import tiny_remote
from vae_core import paths
from vae_core.datasets import CATALOGUE, store
from vae_core.datasets.download import fetch
from vae_core.datasets.entry import Remote, RemoteFile
from vae_core.errors import DataInvalid, DataUnavailable, DownloadFailed

CUT = 1000


@dataclass
class Mirror:
    """What the server does: the first part of a path names the behaviour."""

    folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, behaviour: str) -> str:
        return f"{self.url}/{behaviour}/"


def answer(handler: BaseHTTPRequestHandler, mirror: Mirror) -> None:
    mirror.asked.append(handler.path)
    _, behaviour, name = handler.path.split("/")
    if behaviour == "absent":
        handler.send_error(404)
        return
    content = (mirror.folder / name).read_bytes()
    if behaviour == "altered":
        content = bytes([content[0] ^ 1]) + content[1:]
    handler.send_response(200)
    if behaviour == "endless":
        handler.end_headers()
        handler.wfile.write(content * 50)
        return
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[:CUT] if behaviour == "cut" else content)


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    mirror = Mirror(tmp_path / "served")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, mirror)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        mirror.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield mirror
        server.shutdown()
        thread.join()


@pytest.fixture
def remote(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, no_project_data: None) -> Remote:
    """A small MNIST in the catalogue whose training files are only on the server."""
    entry = CATALOGUE["mnist"]
    assert entry.remote is not None
    monkeypatch.setattr(paths, "test_sets", lambda: mirror.folder.parent / "shipped")
    remote = tiny_remote(entry.remote, mirror.folder)
    remote = replace(remote, mirrors=(mirror.good,))
    monkeypatch.setitem(CATALOGUE, "mnist", replace(entry, examples=700, remote=remote))
    return remote


@pytest.fixture
def silent() -> Any:
    return lambda *_: None


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def names(remote: Remote) -> list[str]:
    return sorted(file.name for file in remote.training)


def test_loading_downloads_only_when_asked(remote: Remote, mirror: Mirror, home: Path) -> None:
    with pytest.raises(DataUnavailable, match="--download"):
        datasets.load("mnist").read()
    assert not mirror.asked and not (home / "data").exists()
    dataset = datasets.load("mnist", download=True)
    assert (len(dataset.train) + len(dataset.validation), len(dataset.test)) == (600, 100)
    assert listing(home / "data" / "mnist") == names(remote)
    again = datasets.load("mnist", download=True)
    np.testing.assert_array_equal(again.test.x, dataset.test.x)
    assert len(mirror.asked) == 2


def test_what_comes_is_what_was_served(remote: Remote, mirror: Mirror, silent: Any) -> None:
    folder = fetch(remote, progress=silent)
    for file in remote.training:
        assert (folder / file.name).read_bytes() == (mirror.folder / file.name).read_bytes()


@pytest.mark.parametrize("broken", ["absent", "altered", "cut", "endless"])
def test_a_broken_mirror_is_passed_over(
    broken: str, remote: Remote, mirror: Mirror, silent: Any
) -> None:
    folder = fetch(remote, mirrors=(getattr(mirror, broken), mirror.good), progress=silent)
    assert listing(folder) == names(remote)
    asked = [path.split("/")[1] for path in mirror.asked]
    assert asked == [broken, "good", "good"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [("absent", "404"), ("altered", "hash"), ("cut", "IncompleteRead"), ("endless", "more came")],
)
def test_nothing_unverified_stays(
    broken: str, reason: str, remote: Remote, mirror: Mirror, silent: Any, home: Path
) -> None:
    with pytest.raises(DownloadFailed, match=reason) as caught:
        fetch(remote, mirrors=[getattr(mirror, broken)], progress=silent)
    assert caught.value.__cause__ is not None
    assert listing(home / "data" / "mnist") == []
    assert not datasets.is_available("mnist")


def test_whole_files_survive_a_break(
    remote: Remote, mirror: Mirror, silent: Any, home: Path
) -> None:
    last = mirror.folder / remote.training[1].name
    content = last.read_bytes()
    last.write_bytes(content + b"\0")
    with pytest.raises(DownloadFailed, match=last.name):
        fetch(remote, progress=silent)
    assert len(listing(home / "data" / "mnist")) == 1
    last.write_bytes(content)
    mirror.asked.clear()
    fetch(remote, progress=silent)
    assert mirror.asked == [f"/good/{last.name}"]


def test_an_interrupt_leaves_nothing_half(remote: Remote, home: Path) -> None:
    def interrupt(file: RemoteFile, done: int) -> None:
        if file is remote.files[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(remote, progress=interrupt)
    assert listing(home / "data" / "mnist") == [remote.files[0].name]


def test_a_damaged_download_is_fetched_again(remote: Remote, silent: Any) -> None:
    damaged = fetch(remote, progress=silent) / remote.files[0].name
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(DataInvalid, match="fetch it again"):
        datasets.load("mnist").read()
    assert len(datasets.load("mnist", download=True).read().test) == 100


def test_a_users_own_damaged_file_is_not_touched(
    remote: Remote, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own" / "mnist"
    own.mkdir(parents=True)
    for file in remote.files:
        (own / file.name).write_bytes(b"something else")
    monkeypatch.setenv("LATENT_DATA_DIR", str(own.parent))
    with pytest.raises(DataInvalid, match=str(own)):
        datasets.load("mnist", download=True).read()
    assert (own / remote.files[0].name).read_bytes() == b"something else"
    assert not mirror.asked


def test_without_a_network_the_message_says_what_to_put_where(remote: Remote, home: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    with pytest.raises(DownloadFailed) as caught:
        fetch(remote, mirrors=[nowhere + "a/", nowhere + "b/"], progress=lambda *_: None)
    message = str(caught.value)
    for mirror in ("a/", "b/"):
        assert f"{nowhere}{mirror}: no connection to it\n" in message
    assert str(home / "data" / "mnist") in message
    for file in remote.training:
        assert file.name in message and file.sha256 in message and f"{file.bytes:,}" in message


def test_no_mirror_at_all(remote: Remote) -> None:
    with pytest.raises(DownloadFailed, match="one of 0 mirrors"):
        fetch(remote, mirrors=[])


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_mirror(
    remote: Remote, mirror: Mirror, home: Path
) -> None:
    home.mkdir()
    (home / "data").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(DownloadFailed, match=r"Expected to write into .*LATENT_HOME"):
        fetch(remote, mirrors=[mirror.good, mirror.good])


def test_progress_counts_each_file_to_its_end(remote: Remote) -> None:
    heard: dict[str, list[int]] = {}
    fetch(remote, progress=lambda file, done: heard.setdefault(file.name, []).append(done))
    for file in remote.training:
        assert heard[file.name] == sorted(heard[file.name])
        assert heard[file.name][-1] == file.bytes


def test_a_bar_is_shown_by_default(remote: Remote, capfd: pytest.CaptureFixture[str]) -> None:
    fetch(remote)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert all(file.name in shown.err for file in remote.training)
    assert "100%" in shown.err


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_every_dataset_has_two_mirrors_on_different_hosts(name: str) -> None:
    remote = datasets.entry(name).remote
    assert remote is not None
    assert len({url.split("/")[2] for url in remote.mirrors}) >= 2
    assert all(url.endswith("/") for url in remote.mirrors)


def test_the_catalogue_has_the_published_hashes(shared_data: Path) -> None:
    lines = (shared_data / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    published = {name.strip(): digest for digest, name in (line.split(" ", 1) for line in lines)}
    for name in ("mnist", "fashion_mnist"):
        remote = datasets.entry(name).remote
        assert remote is not None
        for file in remote.files:
            path = f"{remote.folders[0]}/{file.name}"
            assert published[path] == file.sha256
            assert (shared_data / path).stat().st_size == file.bytes
            store.verify(shared_data / path, file)
