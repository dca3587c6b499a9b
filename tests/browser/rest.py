"""Waiting in a browser for what shows, not for a while."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Found = TypeVar("Found")

SECONDS = 15.0
AT_REST = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    return app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
}"""


def await_rest(page: Any) -> None:
    """Wait until the app's script has ended, its elements are there, and two frames are painted."""
    page.wait_for_function(AT_REST, timeout=60_000)
    await_frames(page)


def await_frames(page: Any) -> None:
    """Wait for two animation frames: what an event has asked for is painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def eventually(check: Callable[[], Found], seconds: float = SECONDS) -> Found:
    """What `check` returns as soon as its assertions hold; at the end its own failure is raised."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > ends:
                raise
        time.sleep(0.02)


def changed(read: Callable[[], Found], before: object) -> Found:
    """What `read` returns as soon as it is no longer `before`."""

    def check() -> Found:
        now = read()
        assert now != before
        return now

    return eventually(check)


def close_to(picture: Any, expected: Any, *, within: float) -> None:
    """Assert that two pictures of the same shape differ by at most `within` grey values."""
    np.testing.assert_allclose(picture, expected, rtol=0, atol=within)


def stays_quiet(page: Any, milliseconds: int = 500) -> None:
    """Time for what must not happen: only a clock can tell."""
    page.wait_for_timeout(milliseconds)
