"""Where POSIX is missing, as on Windows: stored models work, and the rest says what to do."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.visits import shipped

WITHOUT_POSIX = """
import os, signal, sys, subprocess, psutil  # what picks its own way on each system
for name in ("killpg", "set_blocking", "nice", "fork", "getuid", "geteuid", "setsid"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGHUP", "SIGQUIT", "SIGUSR1"):
    delattr(signal, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "_posixsubprocess"):
    sys.modules[name] = None
"""
ON_WINDOWS = "import sys; sys.platform = 'win32'\n"
USE = """
import vae_core, vae_core.cli, vae_core.jobs, vae_core.evaluation.complete, vae_core.figures
model = vae_core.open_model({model!r})
print(model.decode([[0.0, 0.0]]).shape, model.reconstruct(vae_core.load("iris").test.x).shape)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )


def test_stored_models_work_where_posix_is_missing() -> None:
    done = run(WITHOUT_POSIX + USE.format(model=shipped("iris")))
    assert done.stdout.strip() == "(1, 4) (30, 4)", done.stderr


@pytest.mark.parametrize(
    "start",
    [
        "from vae_core.__main__ import run; " + ON_WINDOWS.strip() + "; run()",
        "import vae_core.jobs, latent_plane.routes; " + ON_WINDOWS.strip() + "; import app",
    ],
    ids=["command line", "app"],
)
def test_what_needs_posix_says_so_in_a_sentence(start: str) -> None:
    done = run(start)
    assert done.returncode == 1
    assert "Linux and macOS" in done.stderr and "WSL2" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_training_says_so_too() -> None:
    code = "import vae_core, vae_core.api.training, vae_core.jobs\n" + ON_WINDOWS
    done = run(code + "vae_core.train('iris', epochs=1, seed=9)")
    assert "LatentError: Latent Explorer runs on Linux and macOS" in done.stderr
