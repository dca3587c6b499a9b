"""A running Streamlit app and a headless Chromium, for browser tests, benchmarks and pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
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
) -> Iterator[Server]:
    """The server of `streamlit run script`, which is stopped at the end.

    `home` is its `LATENT_HOME`, else that of this process.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, *launcher, "run", str(script), f"--server.port={port}"]
    command += ["--server.headless=true", "--server.address=127.0.0.1"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    if home is not None:
        environment["LATENT_HOME"] = str(home)
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _await_health(process, f"http://127.0.0.1:{port}", log)
            yield Server(f"http://127.0.0.1:{port}", process.pid)
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
    raise RuntimeError(f"streamlit did not start:\n{log.read_text()}")
