"""The app where schools put it: under a path, behind a proxy, read-only, installed, anywhere."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser import running
from tests.browser.test_plane import picture, spot
from tests.conftest import ROOT, tiny_spec
from tests.installed import Installed
from tests.proxy import stripping
from tests.visits import shipped

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE = "user/x/proxy/8501"
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
TRAP = "raise SystemExit('a file of the folder where the app was started was imported')\n"

Visit = Callable[[str], None]


@pytest.fixture
def visit(page: Any) -> Visit:
    """Opens an address and walks: the plane is drawn, and the browser decodes under the pointer.

    All that our own routes are asked for has to be there.
    """
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))

    def walk(address: str) -> None:
        answers.clear()
        page.goto(address)
        page.wait_for_function(READY, timeout=60_000)
        page.mouse.move(*spot(page, (-1.0, -1.0)))
        page.mouse.down()
        before = picture(page)
        page.mouse.move(*spot(page, (1.0, 1.0)), steps=5)
        page.wait_for_function(
            """(before) => {
                const canvas = document.querySelector(".lp-picture");
                const { data } = canvas.getContext("2d")
                    .getImageData(0, 0, canvas.width, canvas.height);
                return before.some((value, i) => value !== data[4 * i]);
            }""",
            arg=before,
            timeout=10_000,
        )
        page.mouse.up()
        wrong = [answer for answer in answers if answer[1] >= 400]
        assert not wrong, wrong
        assert any("/content/" in url for url, _ in answers)

    return walk


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Where the server writes; it must have nothing to say of errors."""
    path = tmp_path / "streamlit.log"
    yield path
    assert "Traceback" not in path.read_text(encoding="utf-8"), path.read_text(encoding="utf-8")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in `folder` can be written: by its modes and, for root, by a mount."""
    subprocess.run(["chmod", "-R", "a-w", str(folder)], check=True)
    mount = ["mount", "--bind", "-o", "ro", str(folder), str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder to start in, whose files are called like ours and like Python's."""
    folder = tmp_path / "elsewhere"
    (folder / "pages").mkdir(parents=True)
    for name in ("app.py", "random.py", "vae_core.py", "pages/__init__.py", "pages/frame.py"):
        (folder / name).write_text(TRAP, encoding="utf-8")
    return folder


def files(folder: Path) -> dict[str, int]:
    """When each file was last written, in nanoseconds."""
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def test_under_a_base_path(log: Path, visit: Visit) -> None:
    options = [f"--server.baseUrlPath={BASE}"]
    with running.serving(ROOT / "app.py", log=log, options=options) as server:
        assert server.address.endswith(BASE)
        for address in ("", f"/?model={shipped('digits')}"):
            visit(server.address + address)


def test_behind_a_proxy_that_strips_the_path(log: Path, visit: Visit, page: Any) -> None:
    with (
        running.serving(ROOT / "app.py", log=log) as server,
        stripping(server.address, base=BASE) as address,
    ):
        visit(f"{address}/?model={shipped('digits')}")
        page.goto(f"{address}/jobs/?from=a-slide")
        page.get_by_role("heading", name="Jobs").first.wait_for()
        assert page.url.startswith(f"{address}/jobs?from=a-slide")


def test_from_a_clone_that_cannot_be_written(
    log: Path, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode:
        pytest.skip("no git checkout to list")
    clone = tmp_path / "clone"
    for name in filter(None, listed.stdout.decode().split("\0")):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, clone / name)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    before = files(clone)
    with (
        read_only(clone),
        running.serving(clone / "app.py", log=log, source=clone, cwd=clone) as server,
    ):
        visit(f"{server.address}/?model={shipped('digits')}")
    assert files(clone) == before


def test_from_the_wheel(log: Path, visit: Visit, package: Installed, tmp_path: Path) -> None:
    """The command of the package, in an empty folder, with no clone to be found."""
    (tmp_path / "empty").mkdir()
    command = [str(package.script), "app"]
    with running.launched(
        command, log=log, cwd=tmp_path / "empty", environment=package.environment
    ) as server:
        visit(f"{server.address}/?model={shipped('digits')}")
    assert not list((tmp_path / "empty").iterdir())


def test_started_from_another_folder(log: Path, visit: Visit, elsewhere: Path) -> None:
    start = ("-P", "-m", "streamlit")
    with running.serving(ROOT / "app.py", log=log, cwd=elsewhere, launcher=start) as server:
        visit(f"{server.address}/?model={shipped('digits')}")


def test_with_a_home_in_spaces_and_umlauts(
    log: Path, visit: Visit, tmp_path: Path, elsewhere: Path
) -> None:
    """Trained there by a worker process, with all that it caches, and opened from there."""
    home = tmp_path / "Größe & Übung" / 'Anna\'s "models"'
    spec = tiny_spec("digits", architecture="dense")
    settings = {name: value for name, value in spec if name != "dataset"}
    code = f"import vae_core; print(vae_core.train('digits', **{settings!r}).path)"
    environment = {**os.environ, "LATENT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(
        command, cwd=elsewhere, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout == f"{home / 'models' / spec.model_id}\n", done.stderr
    assert list((home / "cache").glob("xla-*/*")), "compiled steps are kept"
    assert list(home.parent.parent.glob("Gr*")) == [home.parent]
    with running.serving(ROOT / "app.py", log=log, home=home) as server:
        visit(f"{server.address}/?model={spec.model_id}")
