"""A folder where workers keep compiled training steps: the second run of a kind starts sooner.

TensorFlow finds a step by its computation, so a run with the same shapes and schedule skips two
seconds of compiling; the weights come out the same to the bit. Compiled code fits one processor
and one version only, so each pair has a folder of its own.
"""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vae_core import paths

LARGEST = 200 * 2**20


def environment() -> dict[str, str]:
    """Variables for a worker; flags that are set already win."""
    flags = os.environ.get("TF_XLA_FLAGS", "")
    place = str(folder()).replace("\\", "\\\\").replace('"', '\\"')
    # Quoted, or TensorFlow ends the path at its first space.
    kept = f'--tf_xla_persistent_cache_directory="{place}" {flags}'.strip()
    # Its loader logs each use as an error, with a page of processor features.
    return {"TF_XLA_FLAGS": kept, "TF_CPP_MIN_LOG_LEVEL": "3"}


def folder() -> Path:
    """Where the compiled steps of this processor lie."""
    return (paths.home() / "cache" / f"xla-{_processor()}").absolute()


def sweep() -> None:
    """Delete the oldest steps until all take at most `LARGEST` bytes."""
    files = [path for path in folder().glob("*") if path.is_file()]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > LARGEST:
            path.unlink(missing_ok=True)


@cache
def _processor() -> str:
    """A name for what compiled code depends on: processor features and TensorFlow's version."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    known = (features or platform.node(), platform.machine(), version("tensorflow"))
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:12]
