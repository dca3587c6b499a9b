"""Freed memory goes back to the system, though something newer lies above it on the heap."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

CODE = """
import sys
import numpy as np, psutil
from vae_core.memory import stay_small
if sys.argv[1] == "small":
    stay_small()
resident = lambda: psutil.Process().memory_info().rss / 2**20
blocks = [np.ones(2**18) for _ in range(2)]
del blocks  # from here on glibc itself would keep blocks of this size on the heap
before = resident()
blocks = [np.ones(2**18) for _ in range(32)]
del blocks[:-1]
print(resident() - before)
"""


def grown(how: str) -> float:
    """MiB that a fresh process holds beyond what it needs after 31 of 32 blocks are free."""
    command = [sys.executable, "-c", CODE, how]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return float(shown.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these settings")
def test_freed_memory_goes_back_to_the_system() -> None:
    assert grown("as it is") > 40
    assert grown("small") < 10
