"""What a release costs the server: one rerun of Explore's fragment against a minimal one."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import (
    READY,
    ROOT,
    Result,
    app,
    browser,
    main,
    model_of,
    plot_point,
    processor_seconds,
    sent_messages,
    use_shared_data,
    visitor,
)

EXPLORE = ROOT / "app.py"
MINIMAL = ROOT / "benchmarks" / "minimal_app.py"
WARM = 15
PAUSE_MS = 100
IDLE_SECONDS = 5.0


def measure(reruns: int, profile: bool) -> Iterator[Result]:
    """Processor time of the server process a rerun, less what it uses when nobody does anything."""
    use_shared_data()
    cases = {"MNIST": model_of("mnist"), "iris": model_of("iris", "table")}
    with browser() as running:
        if profile:
            _print_profile(running, cases["MNIST"], reruns)
        with app(MINIMAL) as server, visitor(running) as page:
            sent = sent_messages(page)
            page.goto(server.address)
            page.get_by_role("button", name="Again").wait_for()
            minimal = _cost(page, sent, server.pid, _press, reruns)
        yield Result("minimal fragment", minimal, "ms")
        for name, model in cases.items():
            with app(EXPLORE) as server, visitor(running) as page:
                sent = sent_messages(page)
                page.goto(f"{server.address}/?model={model}")
                page.wait_for_function(READY)
                cost = _cost(page, sent, server.pid, _release, reruns)
            yield Result(
                f"Explore after a release, {name}", cost, "ms", at_most=12,
                times=cost / minimal, baseline="the minimal fragment",
            )  # fmt: skip


def _cost(
    page: Any, sent: list[Any], pid: int, act: Callable[[Any, int], None], reruns: int
) -> float:
    """Milliseconds of processor time that a rerun costs the server."""
    for number in range(WARM):
        act(page, number)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(1000)
    idle = _idle_share(page, pid)
    sent.clear()
    started, before = time.perf_counter(), processor_seconds(pid)
    for number in range(reruns):
        act(page, number)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(1000)
    used, passed = processor_seconds(pid) - before, time.perf_counter() - started
    if len(sent) != reruns:
        raise SystemExit(f"Expected one message a gesture, {reruns}. Received: {len(sent)}")
    return 1000 * (used - idle * passed) / reruns


def _idle_share(page: Any, pid: int) -> float:
    started, before = time.perf_counter(), processor_seconds(pid)
    page.wait_for_timeout(IDLE_SECONDS * 1000)
    return (processor_seconds(pid) - before) / (time.perf_counter() - started)


def _press(page: Any, _number: int) -> None:
    page.get_by_role("button", name="Again").click()


def _release(page: Any, number: int) -> None:
    """A short drag that ends at another place each time."""
    across, up = 0.2 + 0.6 * (number * 0.618 % 1), 0.2 + 0.6 * (number * 0.755 % 1)
    page.mouse.move(*plot_point(page, across, up))
    page.mouse.down()
    page.mouse.move(*plot_point(page, across + 0.03, up))
    page.mouse.up()


def _print_profile(running: Any, model: str, reruns: int) -> None:
    """Where the time of Explore's reruns goes; a profiled run is slower, only shares count."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "profile.txt"
        with app(EXPLORE, launcher="profiled.py", log=log) as server, visitor(running) as page:
            page.goto(f"{server.address}/?model={model}")
            page.wait_for_function(READY)
            for number in range(reruns):
                _release(page, number)
                page.wait_for_timeout(PAUSE_MS)
        print(log.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(
        "Processor time of the server for one rerun",
        measure,
        reruns={"type": int, "default": 100, "help": "releases to measure"},
        profile={"action": "store_true", "help": "also print where Explore's time goes"},
    )
