"""A sweep in a real browser: start it, watch the dots fall, stop, go on, open the best."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser import running
from tests.browser.rest import await_rest, changed, eventually
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

PATIENCE = 60_000
DOTS = """() => {
    const plot = document.querySelector(".st-key-sweep-plane .live-figure");
    const dots = (plot?.data ?? []).filter(({ mode, text }) => mode === "markers" && text);
    return dots.flatMap(({ customdata }) => customdata.map(([name]) => name));
}"""
PLACE = """(name) => {
    const plot = document.querySelector(".st-key-sweep-plane .live-figure");
    const { left, top } = plot.getBoundingClientRect();
    const dots = plot.data.find(({ customdata }) => customdata?.some(([one]) => one === name));
    const i = dots.customdata.findIndex(([one]) => one === name);
    const { xaxis, yaxis } = plot._fullLayout;
    const [x, y] = [xaxis.d2p(dots.x[i]), yaxis.d2p(dots.y[i])];
    return [left + xaxis._offset + x, top + yaxis._offset + y];
}"""
TOP = '() => document.querySelector(".st-key-sweep-plane").getBoundingClientRect().top'
PICTURES = '() => document.querySelector(".st").innerText'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `LATENT_HOME` of the app of this module."""
    return tmp_path_factory.mktemp("sweep")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """Address of an app with models and sweeps of its own."""
    with running.serving(ROOT / "app.py", log=home / "app.log", home=home) as server:
        yield server.address


def test_a_sweep_is_started_watched_stopped_continued_and_its_best_opened(
    page: Any, address: str, home: Path
) -> None:
    page.goto(f"{address}/sweep")
    page.get_by_label("Dataset").click(timeout=PATIENCE)
    page.get_by_role("option", name="Iris", exact=True).click()
    page.get_by_text("What will be trained: 10 models of Iris").wait_for()
    await_rest(page)
    for label, text in (("Values of beta", "0.1, 4"), ("Seeds", "1"), ("Epochs", "3")):
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Tab")
        await_rest(page)
    page.get_by_role("button", name="Start the sweep").click()
    (first,) = dots(page, 1)  # not both at the end
    page.get_by_role("button", name="Stop and keep").click()
    page.get_by_text("Stopped", exact=True).wait_for()
    top = page.evaluate(TOP)
    page.get_by_role("button", name="Continue").click()
    assert first in dots(page, 2)
    page.get_by_text("Finished", exact=True).wait_for(timeout=PATIENCE)
    assert page.evaluate(TOP) == top, "the plane stays where it is"

    await_rest(page)
    slider = page.get_by_role("slider", name="Beta")
    before = page.evaluate(PICTURES)
    slider.press("Home")
    changed(lambda: page.evaluate(PICTURES), before)
    assert slider.get_attribute("aria-valuetext").startswith("0.1:")

    best = best_of(home)
    (other,) = set(dots(page, 2)) - {best}
    click_dot(page, other)
    page.get_by_role("link", name="Compare with the best").wait_for()

    page.reload()  # the next day
    assert set(dots(page, 2)) == {best, other}
    await_rest(page)
    page.get_by_role("link", name="Explore it").click()
    page.wait_for_url(re.compile("[?&]model="))
    assert parse_qs(urlsplit(page.url).query)["model"] == [best]


def dots(page: Any, count: int) -> list[str]:
    """The models on the plane as soon as there are so many."""

    def look() -> list[str]:
        found: list[str] = page.evaluate(DOTS)
        assert len(found) >= count
        return found

    return eventually(look, seconds=40)


def click_dot(page: Any, model_id: str) -> None:
    """Click a model's dot on the plane."""
    page.locator(".st-key-sweep-plane").scroll_into_view_if_needed()
    await_rest(page)
    place = page.evaluate(PLACE, model_id)
    page.mouse.move(*place)
    page.locator(".st-key-sweep-plane .hovertext").wait_for()
    page.mouse.click(*place)


def best_of(home: Path) -> str:
    """The stored model with the highest validation ELBO, by the numbers that decided."""
    measured = home.glob("cache/measured/*.json")
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in measured}
    assert len(found) == 2
    return max(found, key=lambda name: float(found[name]["elbo"]))
