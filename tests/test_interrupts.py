"""Ctrl-C at any moment: one plain line, code 130, soon, and no half model."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from vae_core.artifacts.registry import STAGING_PREFIX
from vae_core.interrupts import GRACE, INTERRUPTED, MESSAGE

pytestmark = pytest.mark.slow

Popen = subprocess.Popen[str]


def listen_to_interrupts() -> None:
    """A shell's background job ignores SIGINT, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(
    tmp_path: Path, *arguments: str, ready: Callable[[], None] = listen_to_interrupts
) -> Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=ready,
    )


def interrupted(process: Popen, *, once: Callable[[], bool]) -> tuple[int, str, str, float]:
    """Ctrl-C as soon as `once` holds: exit code, output, errors, seconds until the end."""
    with process:
        try:
            deadline = time.monotonic() + 120
            while not once():
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            asked = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            return process.returncode, out, err, time.monotonic() - asked
        finally:
            process.kill()


def has_loaded(pid: int, library: str) -> bool:
    return any(library in region.path for region in psutil.Process(pid).memory_maps())


@pytest.mark.parametrize("moment", ["pydantic_core", "tensorflow", "training"])
def test_an_interruption_leaves_no_half_model(tmp_path: Path, home: Path, moment: str) -> None:
    """While the command line or TensorFlow is imported, and in the middle of the epochs."""
    models = home / "models"
    process = start(
        tmp_path, *["-m", "vae_core", "train", "--dataset", "iris", "--epochs", "10000"]
    )
    begun: list[float] = []

    def there() -> bool:
        if moment != "training":
            return has_loaded(process.pid, moment)
        if any(models.glob(f"{STAGING_PREFIX}*")):
            begun.append(time.monotonic())
        return bool(begun) and time.monotonic() > begun[0] + 2

    code, out, err, _ = interrupted(process, once=there)
    assert code == INTERRUPTED, err
    assert err.splitlines()[-1] == MESSAGE
    assert "Traceback" not in err
    assert not out
    assert not models.exists() or not list(models.iterdir())


SWALLOWED = """
with interrupts.at_once():
    Path("ready").touch()
    try:
        time.sleep(60)
    except BaseException:
        raise ImportError("as a native library makes of it")
"""
NATIVE = """
with interrupts.soon(clear=Path("cleared").touch):
    Path("ready").touch()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
"""
CHANGED = """
try:
    with interrupts.soon(clear=Path("cleared").touch):
        Path("ready").touch()
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            raise ImportError("as a native library makes of it")
except KeyboardInterrupt:
    print(interrupts.MESSAGE, file=sys.stderr)
    sys.exit(interrupts.INTERRUPTED)
"""
IGNORED = """
with interrupts.at_once(), interrupts.soon(clear=Path("cleared").touch):
    Path("ready").touch()
    time.sleep(2)
print("done")
"""
IMPORTS = "import hashlib, sys, time\nfrom pathlib import Path\nfrom vae_core import interrupts\n"


@pytest.mark.parametrize(
    ("script", "cleared"),
    [
        pytest.param(SWALLOWED, False, id="swallowed-by-an-import"),
        pytest.param(NATIVE, True, id="python-waits-for-native-code"),
        pytest.param(CHANGED, False, id="became-another-error"),
    ],
)
def test_an_interruption_is_heard(tmp_path: Path, script: str, cleared: bool) -> None:
    process = start(tmp_path, "-c", IMPORTS + script)
    code, _, err, seconds = interrupted(process, once=(tmp_path / "ready").exists)
    assert (code, err) == (INTERRUPTED, f"{MESSAGE}\n")
    assert (tmp_path / "cleared").exists() == cleared
    assert seconds < GRACE + 20, "shared machines stall; the scripts would take a minute and more"


def test_who_ignores_interruptions_goes_on(tmp_path: Path) -> None:
    def ignore_interrupts() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    process = start(tmp_path, "-c", IMPORTS + IGNORED, ready=ignore_interrupts)
    code, out, err, _ = interrupted(process, once=(tmp_path / "ready").exists)
    assert (code, out, err) == (0, "done\n", "")
