"""What the Anomalies page costs: scoring once, the page once cached, and how its slider reacts."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench import (
    Result,
    app,
    browser,
    home,
    main,
    model_of,
    page_of,
    seconds_of_run,
    use_shared_data,
    visitor,
)

TIMEOUT = 300


def measure(runs: int) -> Iterator[Result]:
    """MNIST against Fashion-MNIST, 10,000 held-out examples of each."""
    use_shared_data()
    model_id = model_of("mnist")
    with home():
        page = _page(model_id)
        yield Result("first visit: 20,000 examples scored", _run(page), "s", at_most=30)
        cached = [_run(_page(model_id)) for _ in range(runs)]
        yield Result("page of another visitor", 1000 * statistics.median(cached), "ms", at_most=300)
        page.selectbox(key="score").set_value("kl")
        yield Result("another score", 1000 * _run(page), "ms")
        yield from _slider(model_id, runs)


def _slider(model_id: str, runs: int) -> Iterator[Result]:
    """From a key's event to counts, line and both points, and to the frame that shows them."""
    with app() as server, browser() as running, visitor(running) as page:
        page.goto(f"{server.address}/anomalies?model={model_id}")
        page.locator(".th[data-ready]").wait_for(timeout=1000 * TIMEOUT)
        page.wait_for_timeout(2000)
        page.evaluate(NOTE_FRAMES)
        page.locator(".th input").focus()
        delays = [_moved(page, number) for number in range(runs)]
        placed, shown = zip(*delays, strict=True)
        what = "slider's event to counts, line and points"
        yield Result(f"{what}, the slowest", max(placed), "ms", at_most=100)
        yield Result("slider's event to the next frame, the slowest", max(shown), "ms", at_most=100)


NOTE_FRAMES = """
document.querySelector(".th input").addEventListener("input", (event) =>
  requestAnimationFrame(() => setTimeout(() => {
    window.shown = performance.now() - event.timeStamp;
  })));
"""


def _moved(page: Any, number: int) -> tuple[float, float]:
    page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight")
    page.wait_for_timeout(150)
    placed = page.locator(".th").get_attribute("data-delay")
    return float(placed), float(page.evaluate("window.shown"))


def _page(model_id: str) -> Any:
    return page_of("anomalies", model_id, timeout=TIMEOUT)


def _run(page: Any) -> float:
    return seconds_of_run(page, time.perf_counter)


if __name__ == "__main__":
    main(
        "The Anomalies page",
        measure,
        runs={"type": int, "default": 20, "help": "visits and moves to measure"},
    )
