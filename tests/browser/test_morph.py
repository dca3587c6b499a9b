"""The Morph page in a real browser: dragging an anchor, playing, a file that is saved."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.rest import await_rest, eventually
from tests.browser.test_anchors import middle, spot
from tests.visits import shipped
from vae_core.morph import FRAMES

pytestmark = pytest.mark.browser

ANCHORS = "-1.000,0.500;1.200,-0.300"


@pytest.fixture
def opened(page: Any, app: str) -> Callable[[str], Any]:
    """Opens the page and waits until the map is drawn and all strips are decoded."""

    def open_model(model_id: str) -> Any:
        page.goto(f"{app}/morph?model={model_id}&anchors={ANCHORS}")
        key = f"morph-{model_id}"
        plane = f"window.latentPlaneStats?.['{key}']"
        strips = f"window.stripStats?.['strips of {key}']"
        page.wait_for_function(
            f"{plane}?.drawn && {plane}.ready && (!{strips} || {strips}.decoded)", timeout=60_000
        )
        await_rest(page)
        return page

    return open_model


def strip(page: Any, row: int) -> list[str]:
    """The pictures of a strip, as the browser would write them to a file."""
    return page.evaluate(
        """(row) => Array.from(
            document.querySelectorAll(".ps-row")[row].querySelectorAll(".ps-frame canvas"),
            (canvas) => canvas.toDataURL(),
        )""",
        row,
    )


def test_a_dragged_anchor_brings_new_paths_strips_and_an_address(
    opened: Callable[[str], Any],
) -> None:
    page = opened(shipped("digits"))
    before = strip(page, 0)
    lines = page.locator(".lp-path").first.get_attribute("points")
    page.mouse.move(*middle(page, ".lp-anchor", 1))
    page.mouse.down()
    page.mouse.move(*spot(page, 0.3, 1.4), steps=6)
    page.mouse.up()
    page.wait_for_function("location.search.includes('0.500%3B0.')", timeout=10_000)
    page.wait_for_function(
        "(b) => document.querySelector('.lp-path').getAttribute('points') !== b", arg=lines
    )
    page.wait_for_function(
        "() => Object.entries(window.stripStats).every(([, stats]) => stats.decoded)"
    )
    after = strip(page, 0)
    assert after[0] == before[0], "the other anchor stands"
    assert after[-1] != before[-1]
    assert {strip(page, row)[-1] for row in range(4)} == {after[-1]}, "all ways end at the anchor"


def test_play_moves_pictures_and_dots_without_the_server(
    opened: Callable[[str], Any], page: Any
) -> None:
    frames: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(sent)))
    opened(shipped("digits"))
    now = "document.querySelector('.ps-now canvas').toDataURL()"
    picture, dot = page.evaluate(now), middle(page, ".lp-dot")
    frames.clear()
    page.get_by_role("button", name="Play").first.click()

    def check() -> None:
        assert page.evaluate(now) != picture
        assert np.linalg.norm(middle(page, ".lp-dot") - dot) > 10

    eventually(check)
    page.get_by_role("button", name="Pause").first.click()
    assert not frames


def test_a_saved_gif_has_all_frames(opened: Callable[[str], Any], page: Any) -> None:
    opened(shipped("digits"))
    page.get_by_role("button", name="Save").click()
    with page.expect_download(timeout=30_000) as saved:
        page.get_by_role("button", name="Animation as GIF").click()
    download = saved.value
    assert download.suggested_filename == "digits-morph-straight.gif"
    with Image.open(BytesIO(Path(download.path()).read_bytes())) as film:
        assert film.format == "GIF"
        assert getattr(film, "n_frames", 1) == 2 * FRAMES - 2


def test_a_tables_ways_are_drawn_feature_by_feature(opened: Callable[[str], Any]) -> None:
    page = opened(shipped("iris"))
    page.locator(".live-figure .annotation-text").first.wait_for(timeout=30_000)
    titles = page.locator(".live-figure").first.locator(".annotation-text").all_text_contents()
    assert titles[0] == "sepal length (cm)"
    assert len(titles) == 4
    assert page.locator(".live-figure").first.locator(".scatterlayer .trace").count() == 16
    assert page.locator(".lp-path").count() == 4


def test_an_example_becomes_the_third_anchor(opened: Callable[[str], Any]) -> None:
    page = opened(shipped("digits"))
    page.get_by_role("button", name="Add example").click()
    page.get_by_role("button", name="Add it as an anchor").click(timeout=20_000)
    page.locator(".lp-anchor").nth(2).wait_for(timeout=10_000)
    assert page.locator(".lp-anchor").count() == 3
    page.get_by_role("button", name="Add it as an anchor").wait_for(state="hidden", timeout=5000)


def test_an_example_of_another_page_is_used_as_an_anchor(
    opened: Callable[[str], Any], page: Any, app: str
) -> None:
    model_id = shipped("digits")
    opened(model_id)
    page.get_by_role("link", name="Reconstruct").click()
    page.get_by_role("link", name="Use as anchor").first.click(timeout=30_000)
    page.locator(".lp-anchor").nth(2).wait_for(timeout=30_000)
    assert page.locator(".lp-anchor").count() == 3
    assert "anchors=-1.000" in page.url and "/morph" in page.url
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="1 · near").click()
    page.locator(".lp-anchor").nth(2).wait_for(state="detached", timeout=10_000)
    page.get_by_role("link", name="Explore", exact=True).click()
    page.wait_for_url(lambda url: "/morph" not in url)
    page.locator("figcaption").first.wait_for(timeout=30_000)
    await_rest(page)
    page.get_by_role("link", name="Morph").click()
    page.locator(".lp-anchor").nth(1).wait_for(timeout=30_000)
    await_rest(page)
    assert page.locator(".lp-anchor").count() == 2


def test_a_clicked_picture_becomes_an_anchor_between(opened: Callable[[str], Any]) -> None:
    page = opened(shipped("digits"))
    page.locator(".ps-frame").nth(4).click()
    page.get_by_role("link", name="Walk from here").wait_for(timeout=10_000)
    page.get_by_role("button", name="Add as an anchor").click()
    page.locator(".lp-anchor").nth(2).wait_for(timeout=10_000)
    assert "anchors=-1.000%2C0.500%3B" in page.url
    assert page.url.count("%3B") == 2
