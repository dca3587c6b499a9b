"""A morph of four paths and 61 frames each: from its data to all pictures, and how it plays."""

from collections.abc import Iterator
from typing import Any

from bench import HARNESS, Result, app, browser, main, model_of, sent_messages, visitor

STRIPS = "window.stripStats.strips"
FRAMES_A_SECOND = 60
SECONDS = 4


def measure() -> Iterator[Result]:
    with app(HARNESS) as server, browser() as running, visitor(running) as page:
        frames = sent_messages(page)
        page.goto(f"{server.address}/strips?case=morph&model={model_of('mnist')}")
        page.wait_for_function("window.stripStats?.strips?.decoded")
        page.wait_for_timeout(2000)
        yield from _decoding(page)
        yield from _playing(page, frames)


def _decoding(page: Any) -> Iterator[Result]:
    """Three of the paths change, and all of their frames are decoded."""
    before = page.evaluate(f"{STRIPS}.ready")
    yield Result("from the address to a decoder that can answer", before, "ms")
    page.evaluate(f"{STRIPS}.decoded = null")
    page.get_by_role("slider", name="Bend").press("ArrowRight")
    page.wait_for_function(f"{STRIPS}.decoded")
    spent = page.evaluate(f"{STRIPS}.decoded")
    yield Result("from the data of 3 new paths to all 183 pictures", spent, "ms", at_most=1000)


def _playing(page: Any, frames: list[Any]) -> Iterator[Result]:
    page.get_by_label("Duration").select_option("1")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    frames.clear()
    look = f"[{STRIPS}.played, performance.now()]"
    before, begun = page.evaluate(look)
    page.wait_for_timeout(1000 * SECONDS)
    after, ended = page.evaluate(look)
    rate = 1000 * (after - before) / (ended - begun)
    yield Result(
        "moments of 4 paths a second while playing", rate, "/s", at_least=55,
        times=rate / FRAMES_A_SECOND, baseline=f"a screen of {FRAMES_A_SECOND} Hz",
    )  # fmt: skip
    yield Result("websocket messages while playing", len(frames), "sent", at_most=0)


if __name__ == "__main__":
    main("A morph of four paths, 61 frames each, over the plane of MNIST", measure)
