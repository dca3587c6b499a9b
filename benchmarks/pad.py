"""Strokes of five seconds on the drawing pad: encode, decode and repaint, network traffic."""

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from bench import HARNESS, Result, app, browser, main, sent_messages, visitor

SECONDS = 5.0
STATS = "window.padStats.pad"


def measure() -> Iterator[Result]:
    with app(HARNESS) as server, browser() as running:
        for query, name in (("", "alone"), ("&plane=1", "with the plane")):
            with visitor(running) as page:
                frames = sent_messages(page)
                page.goto(f"{server.address}/pad?case=mnist{query}")
                page.wait_for_function("window.padStats?.pad?.ready")
                if query:
                    page.wait_for_function("window.latentPlaneStats?.plane?.drawn")
                page.wait_for_timeout(2500)
                yield from _results(page, frames, name)


def _results(page: Any, frames: list[Any], name: str) -> Iterator[Result]:
    _draw(page, seconds=0.5)  # the first pictures of a model are slower: code is compiled
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(1500)
    frames.clear()
    before = page.evaluate(f"{STATS}.painted")
    seconds = _draw(page, seconds=SECONDS, release=False)
    during = len(frames)
    after = page.evaluate(f"{STATS}.painted")
    page.mouse.up()
    page.wait_for_timeout(1500)
    yield Result(f"pictures a second, {name}", (after - before) / seconds, "/s")
    for field, what in (("latencies", "event in the page"), ("ages", "event's time stamp")):
        times = np.array(page.evaluate(f"Array.from({STATS}.{field})"))
        p50, p95 = np.percentile(times[np.arange(before, after) % len(times)], [50, 95])
        yield Result(f"{what} to painted pictures, median, {name}", p50, "ms")
        yield Result(f"{what} to painted pictures, 95 %, {name}", p95, "ms", at_most=30)
    yield Result(f"websocket messages during the stroke, {name}", during, "sent", at_most=0)
    yield Result(f"websocket messages at its end, {name}", len(frames) - during, "sent")


def _draw(page: Any, *, seconds: float, release: bool = True) -> float:
    """Draw one long eight with the button down; the seconds that it took."""
    box = page.locator(".dp-sheet").bounding_box()

    def move(share: float) -> None:
        angle = 6 * math.pi * share
        across = 0.5 + 0.2 * math.sin(2 * angle)
        page.mouse.move(
            box["x"] + across * box["width"],
            box["y"] + (0.5 - 0.35 * math.cos(angle)) * box["height"],
        )

    move(0)
    page.mouse.down()
    started = time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        move(passed / seconds)
    if release:
        page.mouse.up()
    return passed


if __name__ == "__main__":
    main("A stroke of five seconds on the drawing pad, with the model of MNIST", measure)
