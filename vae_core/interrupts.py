"""Ctrl-C: one plain line and exit code 130, at any moment and soon.

`KeyboardInterrupt` alone does not do it: imports of native libraries swallow it or turn it into
errors of their own, and while a compiled epoch runs, for a minute or more, Python does not get to
raise it. A process that was started to ignore Ctrl-C, as in the background, goes on doing so.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
MESSAGE = "Interrupted; nothing unfinished was kept."
GRACE = 1.0
"""Seconds in which Python code may unwind before the process is ended from outside of it."""
SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def at_once() -> Iterator[None]:
    """Ctrl-C ends the process there and then: for imports, which have nothing to clear away."""
    with _standard_error() as stream:

        def leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
            _leave(stream)

        with _handled_by(leave):
            yield


@contextmanager
def soon(clear: Callable[[], object]) -> Iterator[None]:
    """The first Ctrl-C ends the block by `KeyboardInterrupt`, whatever became of it on its way.

    If the block has not ended `GRACE` seconds later, another thread calls `clear` and ends the
    process. Further ones are ignored.
    """
    asked, left = threading.Event(), threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        asked.set()
        raise KeyboardInterrupt

    def end() -> None:
        if not left.wait(GRACE):
            clear()
            _leave(stream)

    with _standard_error() as stream, _handled_by(interrupt), _told_of_signals(end):
        try:
            yield
        except BaseException as error:
            if asked.is_set():
                raise KeyboardInterrupt from error
            raise
        finally:
            left.set()


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], NoReturn]) -> Iterator[None]:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _told_of_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` in a thread at Ctrl-C, also while a native library keeps Python from it."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer)
    threading.Thread(target=_watch, args=(reader, end), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)


def _watch(signals: int, end: Callable[[], None]) -> None:
    while number := os.read(signals, 1):
        if number[0] == signal.SIGINT:
            end()
    os.close(signals)


@contextmanager
def _standard_error() -> Iterator[int]:
    """Standard error as it is now: importing TensorFlow turns it off for a while."""
    stream = os.dup(2)
    try:
        yield stream
    finally:
        os.close(stream)


def _leave(stream: int) -> NoReturn:
    """End the process; the line stands below a half-drawn progress bar."""
    start = f"{SHOW_CURSOR}\n" if os.isatty(stream) else ""
    os.write(stream, f"{start}{MESSAGE}\n".encode())
    os._exit(INTERRUPTED)
