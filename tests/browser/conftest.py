"""A running Streamlit app and a Chromium page for the browser tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SWITCHES = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


def _skip(reason: str) -> None:
    """On a person's machine a missing browser is no failure; in CI nobody would notice a skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run the browser tests: {reason}", pytrace=False)
    pytest.skip(reason)


@contextmanager
def serving(script: Path, *, log: Path) -> Iterator[str]:
    """The address of `streamlit run script`, which is stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    command += ["--server.headless=true", "--server.address=127.0.0.1"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _await_health(process, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await_health(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"streamlit did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def plane_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The harness app; it runs from a directory of its own, beside which it serves its files."""
    folder = tmp_path_factory.mktemp("plane")
    script = Path(shutil.copy(Path(__file__).with_name("plane_app.py"), folder))
    with serving(script, log=folder / "streamlit.log") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium: the system's, or else the one that Playwright has installed."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _skip("playwright is not installed")
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system, args=SWITCHES)
        except Error as error:
            _skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """A fresh page; an error that reaches its console fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
