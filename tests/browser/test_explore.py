"""The real app in a real browser: from a link to the pointer let go, and back by its address."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.rest import await_rest, changed, close_to, eventually, stays_quiet
from tests.browser.test_plane import drag_lasso, marked_rows, picture, spot
from tests.visits import shipped

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page: Any, app: str) -> Callable[[str], Any]:
    """Opens an address of the app and waits until map and decoder are there."""

    def open_query(query: str) -> Any:
        page.goto(f"{app}/{query}")
        page.wait_for_function(
            "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)",
            timeout=60_000,
        )
        await_rest(page)
        return page

    return open_query


def z_of(page: Any) -> str:
    return str(page.locator(".lp-where").inner_text())


def test_the_first_visit_drags_over_mnist_and_its_address_brings_one_back(
    opened: Callable[[str], Any], page: Any
) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    opened("")
    captions = page.locator("figcaption").all_inner_texts
    neighbours = captions()
    frames.clear()
    page.mouse.move(*spot(page, (0.0, 0.0)))
    page.mouse.down()
    for step in range(40):
        page.mouse.move(*spot(page, (0.05 * step, -0.04 * step)))
    stays_quiet(page)
    assert not frames
    page.mouse.up()
    page.wait_for_function("!location.search.includes('z=0.000%2C0.000')", timeout=10_000)
    changed(captions, neighbours)
    await_rest(page)
    assert "mnist" in page.url
    place, address = z_of(page), page.url
    seen = picture(page)
    page.goto("about:blank")
    opened(address[address.index("?") :])
    assert z_of(page) == place
    eventually(lambda: close_to(picture(page), seen, within=3))


def test_iris_tells_one_story_in_the_plane_the_features_and_the_selection(
    opened: Callable[[str], Any], page: Any
) -> None:
    opened(f"?model={shipped('iris')}")
    box = page.locator(".lp-matrix .nsewdrag").first.bounding_box()
    corners = [(x, y) for x, y in ((0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95))]
    drag_lasso(
        page, [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    )
    page.get_by_text(re.compile(r"Your selection: \d+ examples")).wait_for(timeout=10_000)
    count = int(re.findall(r"(\d+) examples", page.get_by_text("Your selection").inner_text())[0])
    assert count == len(marked_rows(page, ".lp-plot .lp-figure"))
    page.get_by_text("mean of selection").first.wait_for()


def test_changing_the_dataset_changes_the_plane(opened: Callable[[str], Any], page: Any) -> None:
    opened(f"?model={shipped('iris')}")
    page.get_by_label("Dataset").click()
    page.get_by_role("option", name="Digits").click()
    page.wait_for_function("location.search.includes('digits')", timeout=10_000)
    page.locator("canvas.lp-picture").wait_for(state="visible")
    # For a moment the plane that goes is there beside the one that comes.
    page.wait_for_function(
        "[...document.querySelectorAll('.lp-matrix')].every((matrix) => matrix.hidden)"
    )
    page.locator("figcaption").nth(7).wait_for()
    await_rest(page)
    assert page.locator(".lp-matrix").is_hidden()
    assert len(page.locator("figcaption").all()) == 8
