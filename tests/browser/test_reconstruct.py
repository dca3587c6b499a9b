"""The Reconstruct page in a browser: a stroke moves the plane in silence, files and cells open."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.rest import await_rest, changed, eventually
from tests.browser.test_pad import SEVEN, codec_of, draw, grey, sheet
from tests.browser.test_plane import spot
from tests.visits import shipped
from vae_core.artifacts import registry
from vae_core.datasets.image_upload import as_mnist

pytestmark = pytest.mark.browser

DRAWN = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
PAD = "Object.values(window.padStats ?? {}).some((s) => s.ready)"


@pytest.fixture
def opened(page: Any, app: str) -> Callable[[str], Any]:
    """Opens the page with a query and waits until its plane is there."""

    def open_query(query: str) -> Any:
        page.goto(f"{app}/reconstruct{query}")
        page.wait_for_function(DRAWN, timeout=60_000)
        await_rest(page)
        return page

    return open_query


def ring(page: Any) -> list[float]:
    """The coordinates that the plane says of its ring."""
    text = page.locator(".lp-where").inner_text().replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def shows_the_drawing(page: Any) -> None:
    """Assert that the model sees all that is drawn by now, and that the ring is at its mean."""
    seen = grey(page, "seen")
    assert seen == pytest.approx(as_mnist(sheet(page)[0] / 255) * 255, abs=0.51)
    mean, _ = codec_of().encode(seen[None, ..., None] / 255)
    assert ring(page) == pytest.approx(mean[0], abs=0.006)


def test_a_stroke_moves_the_ring_and_nothing_is_sent_before_its_end(
    opened: Callable[[str], Any], page: Any
) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    opened(f"?model={shipped('mnist')}")
    page.get_by_role("radio", name="Draw").click()
    page.wait_for_function(PAD, timeout=30_000)
    await_rest(page)
    before = ring(page)
    frames.clear()
    draw(page, SEVEN, release=False)
    eventually(lambda: shows_the_drawing(page))
    live = ring(page)
    assert live != before
    assert not frames
    page.mouse.up()
    page.get_by_text("Your drawing").wait_for(timeout=10_000)
    page.get_by_text("samples from its posterior").wait_for(timeout=10_000)
    assert frames
    await_rest(page)
    assert ring(page) == pytest.approx(live, abs=0.1)  # letting go ends the line
    page.get_by_text("PSNR").wait_for()


def test_an_uploaded_picture_lands_on_the_plane(opened: Callable[[str], Any], page: Any) -> None:
    opened(f"?model={shipped('mnist')}")
    before = ring(page)
    ink = np.full((90, 70), 255, np.uint8)
    ink[10:80, 30:40] = 20
    file = BytesIO()
    Image.fromarray(ink).save(file, "PNG")
    page.get_by_role("radio", name="Upload").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "one.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.get_by_text("samples from its posterior").wait_for(timeout=10_000)
    changed(lambda: ring(page), before)
    page.get_by_text("Inverted: the dataset shows light on dark.").wait_for()


def test_the_sheet_is_walked_with_keys_and_a_cell_opens_its_example(
    opened: Callable[[str], Any], page: Any
) -> None:
    model_id = shipped("digits")
    opened(f"?model={model_id}")
    cells = page.locator(".cs-cell")
    cells.first.wait_for(timeout=30_000)
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.getAttribute('aria-pressed') === 'true'")
    name = page.evaluate("document.activeElement.title")
    row = int(name.rsplit(" ", 1)[1].replace(",", ""))
    page.wait_for_function(f"location.search.includes('row={row}')", timeout=10_000)
    page.get_by_text(f"example {row:,}:").wait_for(timeout=10_000)
    mean = registry.open_model(model_id).latents.mean[row]

    def check() -> None:
        assert ring(page) == pytest.approx(mean, abs=0.006)

    eventually(check)


def test_a_dot_of_the_plane_opens_its_example(opened: Callable[[str], Any], page: Any) -> None:
    model_id = shipped("iris")
    opened(f"?model={model_id}")
    mean = registry.open_model(model_id).latents.mean
    row = int(mean[:, 1].argmax())  # alone at the upper edge
    page.mouse.click(*spot(page, (float(mean[row, 0]), float(mean[row, 1]))))
    page.wait_for_function(f"location.search.includes('row={row}')", timeout=10_000)
    page.get_by_text(f"example {row}:").wait_for(timeout=10_000)
