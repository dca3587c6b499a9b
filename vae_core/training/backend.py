"""The one door to Keras and TensorFlow: three seconds and 550 MB, so only workers open it."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Keep what the native libraries say while they look for accelerators off the terminal.

    Their first lines come before any log level counts. Python's own errors pass.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as void:
        os.dup2(void.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """Have Keras find these packages not installed, unless somebody has imported them already.

    It imports both for the rare argument that is of theirs: a third of the time that its own
    import takes, and 120 MB.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _quiet_start(), _absent("pandas", "sklearn"):
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices()

__all__ = ["keep_freed_memory", "keras", "tf"]

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Have this process keep the memory that it frees, where the C library is glibc.

    It otherwise gives large tensors back to the system after each step and gets zeroed pages for
    the next: a tenth of the time of a dense training.
    """
    if sys.platform == "linux" and os.confstr("CS_GNU_LIBC_VERSION"):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, 2**30)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
