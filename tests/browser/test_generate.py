"""Generate in a browser: pictures lead to the ring, the ring to all classes, buttons to files."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

from tests.browser.rest import await_rest, changed, eventually
from tests.browser.test_plane import spot
from tests.visits import shipped
from vae_core.figures.raster import contact_sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page: Any, app: str) -> Callable[..., Any]:
    """Opens a link and waits until the plane and all pictures are there."""

    def open_query(**query: str) -> Any:
        page.goto(f"{app}/generate?{urlencode(query)}")
        page.wait_for_function(
            "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
            "&& Object.values(window.stripStats ?? {}).some((s) => s.decoded !== null)",
            timeout=60_000,
        )
        await_rest(page)
        return page

    return open_query


def where(page: Any) -> str:
    return str(page.locator(".lp-where").inner_text())


def big_pictures(page: Any) -> list[str]:
    """What the follower has painted, a text a class."""
    return page.evaluate(
        "[...document.querySelectorAll('.ps-now canvas')].map((c) => c.toDataURL())"
    )


def test_a_picture_puts_the_ring_at_its_z_and_hands_it_on(
    opened: Callable[..., Any], page: Any
) -> None:
    opened(model=shipped("digits"), pictures="16")
    assert page.get_by_role("button", name="Lasso", include_hidden=True).is_hidden()
    pictures = page.locator(".ps-frame")
    assert pictures.count() == 16
    pictures.nth(5).click()
    page.get_by_text("sample 6").wait_for(timeout=10_000)
    await_rest(page)
    first = where(page)
    pictures.nth(6).click()
    page.get_by_text("sample 7").wait_for(timeout=10_000)
    there = changed(lambda: where(page), first)
    page.get_by_role("link", name="Walk from here").click()
    page.wait_for_url(lambda url: "generate" not in url)
    page.wait_for_function(
        "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
    )
    await_rest(page)
    assert where(page) == there


def test_all_classes_follow_the_dragged_style_without_the_server(
    opened: Callable[..., Any], page: Any
) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    opened(model=shipped("mnist", conditional=True), way="By class")
    before = big_pictures(page)
    assert len(set(before)) == 10
    sent.clear()
    page.mouse.move(*spot(page, (0.0, 0.0)))
    page.mouse.down()
    for step in range(20):
        page.mouse.move(*spot(page, (0.08 * step, -0.06 * step)))

    def check() -> None:
        assert all(a != b for a, b in zip(before, big_pictures(page), strict=True))

    eventually(check)
    assert not sent
    page.mouse.up()


def test_the_downloads_are_the_pictures_on_the_page(opened: Callable[..., Any], page: Any) -> None:
    opened(model=shipped("digits"), pictures="16", seed="3")
    files = {}
    for name in ("PNG", "NPZ"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        files[name] = Path(download.value.path()).read_bytes()
        assert re.search(r"seed3\.\w+$", download.value.suggested_filename)
    sheet = np.asarray(Image.open(BytesIO(files["PNG"])))
    x = np.load(BytesIO(files["NPZ"]), allow_pickle=False)["x"]
    scale = sheet.shape[1] // (4 * 8 + 3)
    assert np.array_equal(sheet[::scale, ::scale], contact_sheet(x, 4)[..., 0])
    shown = page.evaluate(
        "[...document.querySelector('.ps-frame canvas').getContext('2d')"
        ".getImageData(0, 0, 8, 8).data].filter((_, i) => i % 4 === 0)"
    )
    assert np.allclose(np.array(shown) / 255, x[0].ravel(), atol=0.01)
