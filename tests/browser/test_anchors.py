"""What only a browser shows of anchors: the drag, touch, keys, the lines on the axes, the dots."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from tests.browser.decoders import decoder
from tests.browser.rest import await_rest, changed, close_to, eventually, stays_quiet

pytestmark = pytest.mark.browser

READY = (
    "window.stripStats?.strips?.decoded && window.latentPlaneStats?.plane?.drawn "
    "&& window.latentPlaneStats.plane.ready"
)
START = [[-2.0, -1.0], [0.5, 1.5], [2.0, -0.5]]


@pytest.fixture
def opened(page: Any, harness: str) -> Callable[..., Any]:
    """Opens the harness app and waits until plane and strips are there."""

    def open_app(query: str = "") -> Any:
        page.goto(f"{harness}/anchors?{query}")
        page.wait_for_function(READY, timeout=60_000)
        await_rest(page)
        return page

    return open_app


def said(page: Any, run: int) -> list[list[float]]:
    """The anchors that the app printed in its run number `run`."""
    page.get_by_text(f"runs={run} ").wait_for(timeout=10_000)
    found = re.search(r"anchors=(.*)", page.locator("code").inner_text())
    assert found
    return list(json.loads(found[1]))


def spot(page: Any, u: float, v: float) -> tuple[float, float]:
    """Where on the screen the plane's coordinates are."""
    return page.evaluate(
        """([u, v]) => {
            const graph = document.querySelector(".lp-plot .lp-figure");
            const { xaxis, yaxis, _size } = graph._fullLayout;
            const box = graph.getBoundingClientRect();
            return [box.left + _size.l + xaxis.d2p(u), box.top + _size.t + yaxis.d2p(v)];
        }""",
        [u, v],
    )


def middle(page: Any, selector: str, index: int = 0) -> np.ndarray:
    box = page.locator(selector).nth(index).bounding_box()
    return np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def picture(page: Any) -> np.ndarray:
    values = page.evaluate(
        """() => {
            const canvas = document.querySelector(".lp-picture");
            const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
            return Array.from(data.filter((_, i) => i % 4 === 0));
        }"""
    )
    return np.array(values)


def expected(z: list[float]) -> np.ndarray:
    session = ort.InferenceSession(decoder(latent_dim=len(z), shape=(8, 8, 1)))
    return np.asarray(session.run(["x"], {"z": np.array([z], np.float32)})[0]).ravel() * 255


def test_a_dragged_anchor_shows_its_picture_and_python_hears_once(
    opened: Callable[..., Any],
) -> None:
    page = opened()
    page.mouse.move(*spot(page, 0.5, 1.5))
    page.mouse.down()
    page.mouse.move(*spot(page, -0.5, 0.25), steps=8)
    eventually(lambda: close_to(picture(page), expected([-0.5, 0.25]), within=3))
    assert (
        page.locator(".lp-straight").evaluate("(e) => getComputedStyle(e).visibility") == "visible"
    )
    corners = page.locator(".lp-straight").get_attribute("points").split()
    before = page.locator(".lp-path").first.get_attribute("points")
    assert len(corners) == 3
    assert "runs=1 " in page.locator("code").inner_text()
    page.mouse.up()
    anchors = said(page, 2)
    np.testing.assert_allclose(anchors, [START[0], [-0.5, 0.25], START[2]], atol=0.02)
    page.wait_for_function(
        "(b) => document.querySelector('.lp-path').getAttribute('points') !== b", arg=before
    )
    hidden = page.locator(".lp-straight").evaluate("(e) => getComputedStyle(e).visibility")
    assert hidden == "hidden"
    stays_quiet(page)
    assert "runs=2 " in page.locator("code").inner_text()


def test_off_the_plane_an_anchor_holds_still(opened: Callable[..., Any]) -> None:
    page = opened("dim=4")
    page.mouse.move(*spot(page, 2, -0.5))
    page.mouse.down()
    page.mouse.move(*spot(page, 1, 1), steps=4)
    page.mouse.up()
    anchors = said(page, 2)
    np.testing.assert_allclose(anchors[2], [1, 1, 0.25, 0.25], atol=0.02)
    assert anchors[:2] == [[*z, 0.25, 0.25] for z in START[:2]]


def test_keys_move_an_anchor_and_tell_once(opened: Callable[..., Any]) -> None:
    page = opened()
    page.get_by_role("button", name="Anchor 1").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    anchors = said(page, 2)
    assert anchors[0][0] > START[0][0]
    assert anchors[0][1] > START[0][1]
    assert anchors[1:] == START[1:]
    page.locator(".lp-voice", has_text="Anchor 1 at z = ").wait_for(state="attached")


def test_python_puts_anchors_back_and_takes_one_away(opened: Callable[..., Any]) -> None:
    page = opened()
    page.mouse.move(*spot(page, 0.5, 1.5))
    page.mouse.down()
    page.mouse.move(*spot(page, 0, 0), steps=4)
    page.mouse.up()
    said(page, 2)
    page.get_by_role("button", name="Put them back").click()
    assert said(page, 3) == START
    place = spot(page, 0.5, 1.5)
    eventually(lambda: np.testing.assert_allclose(middle(page, ".lp-anchor", 1), place, atol=1))
    page.get_by_role("button", name="Drop the last").click()
    assert said(page, 4) == START[:2]
    page.locator(".lp-anchor").nth(2).wait_for(state="detached")
    assert page.locator(".lp-anchor").count() == 2


def test_handles_and_lines_follow_a_zoom(opened: Callable[..., Any]) -> None:
    page = opened()
    width = "document.querySelector('.lp-plot .lp-figure')._fullLayout.xaxis.d2p(1)"
    before = page.evaluate(width)
    page.mouse.move(*spot(page, 0.5, 1.5))
    page.mouse.wheel(0, -240)
    changed(lambda: page.evaluate(width), before)

    def check() -> None:
        np.testing.assert_allclose(middle(page, ".lp-anchor", 1), spot(page, 0.5, 1.5), atol=1)
        points = page.locator(".lp-path").first.get_attribute("points").split()
        first = [float(number) for number in points[30].split(",")]
        origin = page.locator(".lp-plot .lp-marks").bounding_box()
        expected_place = np.array(spot(page, 0.5, 1.5)) - [origin["x"], origin["y"]]
        np.testing.assert_allclose(first, expected_place, atol=1.5)

    eventually(check)


def test_dots_go_where_the_player_is(opened: Callable[..., Any]) -> None:
    page = opened()
    page.locator(".ps-time").fill("0.25")
    dot = spot(page, -0.75, 0.25)
    eventually(lambda: np.testing.assert_allclose(middle(page, ".lp-dot"), dot, atol=1.5))
    assert page.locator(".lp-legend li").all_inner_texts() == ["Straight line", "With a bend"]


def test_a_finger_drags_an_anchor(chromium: Any, harness: str) -> None:
    context = chromium.new_context(viewport={"width": 800, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(f"{harness}/anchors")
    page.wait_for_function(READY, timeout=60_000)
    await_rest(page)
    session = context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", spot(page, -2, -1))
    for share in (0.25, 0.5, 0.75, 1):
        touch("touchMove", spot(page, -2 + share, -1 + 2 * share))
    touch("touchEnd")
    np.testing.assert_allclose(said(page, 2)[0], [-1, 1], atol=0.03)
    context.close()
