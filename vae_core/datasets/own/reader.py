"""Having a file read in a process of its own, with limits of time and memory.

The file is somebody's: whatever it makes a parser do, it does it there.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from vae_core import paths
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.request import ANSWER, LOG, REQUEST, Answer, Request
from vae_core.errors import DataInvalid, LatentError
from vae_core.text import duration

SECONDS = 300
MEMORY = 10**9
LOOK_EVERY = 0.02
ABRT, XCPU = 6, 24
"""Signals of POSIX, which Windows does not name."""


def ask(path: Path, choices: Choices, folder: Path, *, preview: bool = False) -> Answer:
    """What a child process makes of a file; it writes into `folder` and nowhere else.

    Raises `DataInvalid` for a file that can't be taken in, `OSError` where the disk is full, and
    `LatentError` if the child ends in any other way.
    """
    request = Request(
        path=str(path.absolute()),
        choices=choices,
        preview=preview,
        memory=MEMORY,
        seconds=SECONDS,
    )
    (folder / REQUEST).write_text(request.model_dump_json(), encoding="utf-8")
    with (folder / LOG).open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "vae_core.intake", str(folder)],
            env={**os.environ, **_environment()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait(child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    return _read(child.returncode, folder)


def _environment() -> dict[str, str]:
    inherited = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return {
        "PYTHONPATH": os.pathsep.join([str(paths.source()), *inherited]),
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _wait(child: "subprocess.Popen[bytes]") -> None:
    """Until the child ends; raises `DataInvalid` where it takes too long or too much memory."""
    deadline, process = time.monotonic() + SECONDS, psutil.Process(child.pid)
    while child.poll() is None:
        if time.monotonic() > deadline:
            raise DataInvalid(_TOO_SLOW)
        try:
            if process.memory_info().rss > 1.5 * MEMORY:
                raise DataInvalid(_TOO_LARGE)
        except psutil.Error:
            pass
        time.sleep(LOOK_EVERY)


def _read(code: int, folder: Path) -> Answer:
    try:
        answer = Answer.model_validate_json((folder / ANSWER).read_bytes())
    except (OSError, ValueError) as error:
        raise _broken(code, folder) from error
    if answer.refusal:
        raise DataInvalid(answer.refusal)
    if answer.too_large:
        raise DataInvalid(_TOO_LARGE)
    if answer.disk:
        raise OSError(answer.disk)
    return answer


def _broken(code: int, folder: Path) -> LatentError:
    """Why there is no answer: killed by a limit, from outside, or by a fault of this program."""
    said = (folder / LOG).read_text(encoding="utf-8", errors="replace").strip()
    if code == -ABRT or "memory" in said[-2000:].lower():  # native code aborts where memory ends
        return DataInvalid(_TOO_LARGE)
    if code == -XCPU:
        return DataInvalid(_TOO_SLOW)
    if code < 0:
        return LatentError(
            f"Expected the file to be read. Received: the reading process was ended by signal "
            f"{-code}. Nothing was kept; try again."
        )
    last = said.splitlines()[-1] if said else f"exit code {code}"
    return LatentError(f"The file could not be read because of a fault in this program: {last}")


_TOO_SLOW = (
    f"Expected a file that is read within {duration(SECONDS)}. Received: one that takes longer. "
    "Take a sample of its rows."
)
_TOO_LARGE = (
    "Expected a table that can be read with 1 GB of memory. Received: a larger one. "
    "Take a sample of its rows, or leave columns out."
)
