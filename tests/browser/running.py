"""A running Streamlit app and a headless Chromium, for browser tests, benchmarks and pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
SWITCHES = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
HEALTH_SECONDS = 30
BASE_PATH = "--server.baseUrlPath="


@dataclass(frozen=True)
class Server:
    """A Streamlit server: where it answers, and its process."""

    address: str
    pid: int


@contextmanager
def serving(
    script: Path,
    *,
    log: Path,
    home: Path | None = None,
    launcher: Sequence[str] = ("-m", "streamlit"),
    options: Sequence[str] = (),
    source: Path = REPOSITORY,
    cwd: Path = REPOSITORY,
) -> Iterator[Server]:
    """The server of `streamlit run script`, which is stopped at the end.

    `home` is its `LATENT_HOME`, else that of this process; `source` holds the packages.
    """
    environment = {**os.environ, "PYTHONPATH": str(source)}
    if home is not None:
        environment["LATENT_HOME"] = str(home)
    command = [sys.executable, *launcher, "run", str(script), *options]
    with launched(command, log=log, cwd=cwd, environment=environment) as server:
        yield server


@contextmanager
def launched(
    command: Sequence[str], *, log: Path, cwd: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    """The server of a command that takes Streamlit's options, at a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    listening = [f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"]
    base = next((o.partition("=")[2] for o in command if o.startswith(BASE_PATH)), "")
    address = f"http://127.0.0.1:{port}/{base}".rstrip("/")
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, *listening],
            cwd=cwd,
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_health(process, address, log)
            yield Server(address, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def chromium(playwright: Any) -> Any:
    """A headless Chromium: the system's, or else the one that Playwright has installed."""
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(executable_path=system, args=SWITCHES)


def _await_health(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    limit = time.monotonic() + HEALTH_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"streamlit did not start:\n{log.read_text(encoding='utf-8')}")
