"""Compare in a real browser: one lasso and one example for all planes, and what a link restores."""

from typing import Any

import numpy as np
import pytest

from tests.browser.rest import await_frames, await_rest, eventually, stays_quiet
from tests.conftest import ROOT
from vae_core.artifacts import registry

pytestmark = pytest.mark.browser

READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready && s.painted)"
PICTURES = """() => [...document.querySelectorAll(".cp-picture canvas")].map((canvas) =>
    Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)
        .filter((_, i) => i % 4 === 0))"""
MARKED = """() => [...document.querySelectorAll(".cp-plane .lp-figure")].map((graph) =>
    graph._fullData.filter(({ meta }) => meta?.overlay === "points").flatMap((trace) =>
        (trace.selectedpoints ?? []).map((k) => trace.customdata[k])).sort((a, b) => a - b))"""
RINGS = """() => [...document.querySelectorAll(".cp-plane .lp-cursor")].map((ring) =>
    ring.getAttribute("transform"))"""
SPOT = """([number, u, v]) => {
    const graph = document.querySelectorAll(".cp-plane .lp-figure")[number];
    const { xaxis, yaxis, _size } = graph._fullLayout;
    const box = graph.getBoundingClientRect();
    return [box.left + _size.l + xaxis.d2p(u), box.top + _size.t + yaxis.d2p(v)];
}"""


def digits() -> list[str]:
    """Three shipped models of the same digits, one of them conditional."""
    found = registry.models(within=[ROOT / "pretrained"])
    return [entry.model_id for entry in found if entry.model_id.startswith("digits")]


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_function(READY, timeout=60_000)
    await_rest(page)
    return page


def pictures(page: Any) -> list[Any]:
    return [np.array(values) for values in page.evaluate(PICTURES)]


def spot(page: Any, number: int, place: Any) -> tuple[float, float]:
    x, y = page.evaluate(SPOT, [number, *(float(value) for value in place)])
    return x, y


def test_one_lasso_and_one_example_for_all_planes_and_a_link_brings_them_back(
    page: Any, app: str
) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    models = digits()
    opened(page, f"{app}/compare?models={','.join(models)}&row=5")
    latents = [registry.open_model(name).latents for name in models]
    _drag_is_followed_by_all(page, latents, frames)
    _a_key_walks_in_all_planes(page)
    _lasso_marks_the_same_examples_everywhere(page, latents)
    address, seen, marked = page.url, pictures(page), page.evaluate(MARKED)
    page.goto("about:blank")
    opened(page, address)
    assert page.evaluate(MARKED) == marked
    eventually(lambda: np.testing.assert_allclose(pictures(page), seen, atol=3))


def _drag_is_followed_by_all(page: Any, latents: list[Any], frames: list[object]) -> None:
    """Without a word to the server until the pointer is let go, and on the same example."""
    before, rings = pictures(page), page.evaluate(RINGS)
    outermost = latents[0].mean[:, 0].argmax()
    place, row = latents[0].mean[outermost], latents[0].index[outermost]
    frames.clear()
    page.mouse.move(*spot(page, 0, (0, 0)))
    page.mouse.down()
    page.mouse.move(*spot(page, 0, place), steps=5)
    await_frames(page)
    stays_quiet(page, 200)
    assert not frames
    now = pictures(page)
    assert len(now) == len(latents) + 1
    assert all(np.abs(a - b).max() > 20 for a, b in zip(before, now, strict=True))
    _all_differ(page.evaluate(RINGS), rings)
    page.mouse.up()
    page.wait_for_function(f"location.search.includes('row={row}')", timeout=10_000)


def _lasso_marks_the_same_examples_everywhere(page: Any, latents: list[Any]) -> None:
    """The few examples around one place of the second plane."""
    row = latents[1].index[0]
    x, y = spot(page, 1, latents[1].mean[0])
    page.get_by_role("button", name="Lasso").click()
    page.mouse.move(x - 6, y - 6)
    page.mouse.down()
    for dx, dy in ((6, -6), (6, 6), (-6, 6), (-6, -6)):
        page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()
    page.get_by_text("In the lasso").wait_for(timeout=10_000)
    marked = page.evaluate(MARKED)
    assert sorted(latents[0].index).index(row) in marked[1]
    assert all(one == marked[1] for one in marked)
    assert f"In the lasso: {len(marked[1])} examples" in page.locator("body").inner_text()


def _a_key_walks_in_all_planes(page: Any) -> None:
    before, address = page.evaluate(RINGS), page.url
    page.locator(".cp-plane .lp-surface").last.focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    eventually(lambda: _all_differ(page.evaluate(RINGS), before))
    page.wait_for_function("(before) => location.href !== before", arg=address, timeout=10_000)


def _all_differ(now: list[str], before: list[str]) -> None:
    assert all(a != b for a, b in zip(now, before, strict=True))
