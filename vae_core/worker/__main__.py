"""The worker process: `python -m vae_core.worker RUN_DIR`, or `--wait` for one that comes later.

It lives as long as its standard input is held open: when that ends, whoever started it is gone,
and it ends at once. `--wait` imports everything, says 'ready', and waits there for 'go RUN_DIR'.
"""

import logging
import os
import select
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import NoReturn

from vae_core.jobs.run_directory import LOG
from vae_core.training.export import prepare
from vae_core.worker.job import run_job

NICENESS = 10
"""Workers give way to the app, which has to answer within a frame."""
ORPHANED = 9


def main() -> int:
    """Do one job and leave with the exit code that tells how it ended."""
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, _end)
    logging.basicConfig(level=logging.WARNING)
    path = _wait_for_go() if sys.argv[1:] == ["--wait"] else Path(sys.argv[1])
    threading.Thread(target=_hold_on_to_stdin, daemon=True).start()
    return run_job(path)


def _wait_for_go() -> Path:
    """Wait with everything imported; the log goes to the run's own file.

    Training something for practice gains nothing, and would change the names by which compiled
    steps are found again.
    """
    if not select.select([0], [], [], 0)[0]:  # nobody waits yet for what only the end needs
        prepare()
    print("ready", flush=True)
    word, _, path = _line().partition(" ")
    if word != "go":
        os._exit(ORPHANED)
    log = os.open(Path(path) / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    return Path(path)


def _line() -> str:
    """One line of standard input, byte by byte: nothing of what follows is taken."""
    text = b""
    while not text.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            os._exit(ORPHANED)
        text += byte
    return os.fsdecode(text).strip()


def _hold_on_to_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(ORPHANED)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """Leave through the `finally` clauses, which clear the staging directory away."""
    sys.exit(128 + number)


def _leave(code: int) -> NoReturn:
    """Leave at once: TensorFlow takes more than a second to take itself apart."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
