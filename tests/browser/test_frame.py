"""What all pages have in common: their top, the browser's history, and who visits."""

from functools import partial
from typing import Any
from urllib.parse import parse_qs

import pytest

from pages.shared.navigation import PAGES
from tests.browser.rest import await_rest, eventually
from tests.browser.test_plane import spot
from tests.visits import shipped

pytestmark = pytest.mark.browser

FIRST = next(iter(PAGES))
OF_NONE_OR_SEVERAL = ("compare", "data", "train", "sweep", "jobs")
WITH_A_MODEL = [name for name in PAGES if name not in OF_NONE_OR_SEVERAL]
PHONE = {"width": 390, "height": 844}
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"


def open_page(page: Any, app: str, name: str = FIRST) -> None:
    page.goto(app if name == FIRST else f"{app}/{name}")
    await_rest(page)


def place_of(page: Any, label: str) -> tuple[float, float, float]:
    box = page.get_by_label(label, exact=True).first.bounding_box()
    return box["x"], box["y"], box["width"]


def test_dataset_and_model_are_in_the_same_place_on_each_page(page: Any, app: str) -> None:
    places = {}
    for name in WITH_A_MODEL:
        open_page(page, app, name)
        places[name] = place_of(page, "Dataset"), place_of(page, "Model")
    assert set(places.values()) == {places[FIRST]}, places


def test_on_a_phone_the_choosers_fold_into_one_line_that_opens(page: Any, app: str) -> None:
    page.set_viewport_size(PHONE)
    for name in WITH_A_MODEL:
        path = "" if name == FIRST else name
        page.goto(f"{app}/{path}?model={shipped('mnist')}")
        await_rest(page)
        line = page.locator(".page-line summary")
        assert "MNIST · dense · 2 dimensions" in line.inner_text()
        assert line.bounding_box()["height"] >= 44
        assert not page.get_by_label("Dataset", exact=True).is_visible()
    line.click()
    assert page.get_by_label("Dataset", exact=True).is_visible()


def test_back_leaves_a_page_at_once_and_comes_back_to_the_same_place(page: Any, app: str) -> None:
    open_page(page, app, "jobs")
    before = page.evaluate("history.length")
    page.get_by_role("link", name="Explore", exact=True).click()
    page.wait_for_function(READY, timeout=60_000)
    for corner in ((0.5, 0.5), (1.0, -1.0), (1.5, 0.25)):
        page.mouse.click(*spot(page, corner))
        eventually(partial(_at, page, corner))
    assert page.evaluate("history.length") == before + 1
    place = page.locator(".lp-where").inner_text()
    page.go_back()
    page.wait_for_url("**/jobs*")
    page.go_forward()
    page.wait_for_function(READY, timeout=60_000)
    await_rest(page)
    assert page.locator(".lp-where").inner_text() == place


def _at(page: Any, corner: tuple[float, float]) -> None:
    z = parse_qs(page.evaluate("location.search.slice(1)"))["z"][0].split(",")
    assert [float(value) for value in z] == pytest.approx(corner, abs=0.1)


def test_who_opens_a_shared_link_is_somebody_else_and_a_reload_is_not(
    chromium: Any, app: str
) -> None:
    teacher, student = (chromium.new_context() for _ in range(2))
    try:
        page = teacher.new_page()
        open_page(page, app, "train")
        link = start_iris(page)
        assert "Yours" in jobs_seen_by(page, app)
        assert "Yours" in jobs_seen_by(page, app)
        page = student.new_page()
        page.goto(link)
        await_rest(page)
        assert "Yours" not in jobs_seen_by(page, app)
    finally:
        teacher.close()
        student.close()


def start_iris(page: Any) -> str:
    """The link of a training that has been started."""
    page.get_by_role("spinbutton", name="Epochs", exact=True).fill("2")
    page.get_by_role("spinbutton", name="Epochs", exact=True).press("Enter")
    await_rest(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**job=*")
    return str(page.url)


def jobs_seen_by(page: Any, app: str) -> str:
    open_page(page, app, "jobs")
    return str(page.locator("[data-testid=stMain]").inner_text())
