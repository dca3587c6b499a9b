"""A real drag of three seconds over the MNIST plane: pictures a second, delay, network traffic."""

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from bench import READY, STATS, Result, app, browser, main, model_of, sent_messages, visitor

SECONDS = 3.0
TURNS = 3.0
FRAMES_A_SECOND = 60
CAPACITY_SECONDS = 2.0

# Decodes one point after the other, with the page's own modules, runtime and decoder.
CAPACITY = """async (seconds) => {
    const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
    const [engine, runtime, graph] = ["/engine.js", "/ort.wasm.min.mjs", ".onnx"].map((end) =>
        addresses.find((address) => address.endsWith(end)));
    const { Engine } = await import(engine);
    const own = new Engine(runtime.slice(0, runtime.lastIndexOf("/")));
    await own.load(graph);
    const decode = (turn) =>
        own.decode(Float32Array.of(2 * Math.cos(turn), 2 * Math.sin(turn)), 2, null);
    for (let turn = 0; turn < 50; turn++) await decode(turn);
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 1000 * seconds) await decode(count++);
    const rate = (1000 * count) / (performance.now() - start);
    own.close();
    return rate;
}"""


def measure() -> Iterator[Result]:
    """What the decoders could do, and what a person gets who drags."""
    record, light = model_of("mnist"), model_of("mnist", light=True)
    url = f"/?model={record}"
    with app() as server, browser() as running:
        for name, model in (("record", record), ("light", light)):
            with visitor(running) as page:
                page.goto(f"{server.address}/?model={model}")
                page.wait_for_function(READY)
                page.wait_for_timeout(2500)
                rate = page.evaluate(CAPACITY, CAPACITY_SECONDS)
            yield Result(
                f"pictures a second that the {name} decoder makes", rate, "/s", at_least=55,
                times=rate / FRAMES_A_SECOND, baseline=f"a screen of {FRAMES_A_SECOND} Hz",
            )  # fmt: skip
        for dots in ("Held-out", "All"):
            with visitor(running) as page:
                frames = sent_messages(page)
                page.goto(server.address + url)
                page.wait_for_function(READY)
                count = _show(page, dots)
                yield from results_of(page, frames, f"{count:,} dots")


def _show(page: Any, dots: str) -> int:
    """Choose the dots, wait until the map has them and all is quiet, and count them."""
    page.get_by_role("combobox", name="Dots").click()
    page.get_by_role("option", name=dots).click()
    expected = 10_000 if dots == "Held-out" else 70_000
    counted = (
        "document.querySelector('.lp-plot .lp-figure')._fullData.filter((t) => t.meta?.overlay "
        "=== 'points').reduce((sum, t) => sum + t.x.length, 0)"
    )
    page.wait_for_function(f"{counted} >= {expected}")
    page.wait_for_timeout(2500)
    return int(page.evaluate(counted))


def results_of(page: Any, frames: list[Any], dots: str) -> Iterator[Result]:
    """What a person gets who drags over the page's first plane; `dots` says what lies there."""
    drag(page, seconds=0.5)  # the first pictures of a decoder are slower: code is compiled
    page.wait_for_timeout(1500)
    frames.clear()
    before = page.evaluate(f"{STATS}.painted")
    seconds, moves = drag(page, seconds=SECONDS, release=False)
    during = len(frames)
    after = page.evaluate(f"{STATS}.painted")
    page.mouse.up()
    page.wait_for_timeout(1500)
    rate = (after - before) / seconds
    yield Result(
        f"pictures a second, {dots}", rate, "/s", at_least=55,
        times=rate / FRAMES_A_SECOND, baseline=f"a screen of {FRAMES_A_SECOND} Hz",
    )  # fmt: skip
    yield Result(f"pointer events a second, {dots}", moves / seconds, "/s")
    for name, what in (("latencies", "event in the page"), ("ages", "event's time stamp")):
        times = np.array(page.evaluate(f"Array.from({STATS}.{name})"))
        rows = np.arange(before, after) % len(times)
        p50, p95 = np.percentile(times[rows], [50, 95])
        yield Result(f"{what} to painted picture, median, {dots}", p50, "ms")
        yield Result(f"{what} to painted picture, 95 %, {dots}", p95, "ms", at_most=16)
    yield Result(f"websocket messages during the drag, {dots}", during, "sent", at_most=0)
    yield Result(f"websocket messages at the release, {dots}", len(frames) - during, "sent")


def drag(page: Any, *, seconds: float, release: bool = True) -> tuple[float, int]:
    """Draw a spiral with the button down; the seconds that it took and its pointer events."""
    page.mouse.move(*_place(page, 0))
    page.mouse.down()
    box = page.locator(".lp-surface").first.bounding_box()
    moves, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        page.mouse.move(*_spiral(box, passed / seconds))
        moves += 1
    if release:
        page.mouse.up()
    return passed, moves


def _place(page: Any, share: float) -> tuple[float, float]:
    return _spiral(page.locator(".lp-surface").first.bounding_box(), share)


def _spiral(box: dict[str, float], share: float) -> tuple[float, float]:
    angle, radius = 2 * math.pi * TURNS * share, 0.08 + 0.3 * share
    across, up = 0.5 + radius * math.cos(angle), 0.5 + radius * math.sin(angle)
    return box["x"] + across * box["width"], box["y"] + up * box["height"]


if __name__ == "__main__":
    main("A drag of three seconds over the plane of MNIST", measure)
