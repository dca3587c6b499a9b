"""How the C library gives memory back: left alone, a server keeps what its threads once needed."""

import ctypes
import sys

MEBIBYTE = 2**20
OPTIONS = {
    -8: 2,  # M_ARENA_MAX: each thread would get an arena of its own, eight for each processor
    -3: MEBIBYTE,  # M_MMAP_THRESHOLD: larger blocks go back to the system as soon as they are free
    -1: MEBIBYTE,  # M_TRIM_THRESHOLD: so does the end of the heap
}
"""Of glibc's `mallopt` (malloc.h). Setting a threshold keeps it from growing by itself."""


def stay_small() -> None:
    """Have freed memory returned soon, in this process; nothing where there is no glibc."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in OPTIONS.items():
            mallopt(option, value)
