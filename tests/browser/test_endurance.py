"""What a long lesson does to the app: many switches, many tabs, a network with gaps."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.browser import running
from tests.browser.rest import await_rest, eventually
from tests.conftest import ROOT
from tests.visits import shipped
from vae_core.datasets import CATALOGUE

pytestmark = pytest.mark.browser

TABS = 2
SWITCHES = ("iris", "digits", "wine", "fashion_mnist", "breast_cancer", "mnist") * 2
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
EPOCH = re.compile(r"Epoch (\d+): validation")


def test_datasets_are_switched_faster_than_they_can_be_drawn(page: Any, app: str) -> None:
    page.goto(app)
    await_rest(page)
    for name in SWITCHES:
        choose(page, CATALOGUE[name].description.title)
    page.wait_for_url(f"**model={shipped('mnist')}*")
    await_rest(page)
    page.wait_for_function(READY)
    assert page.locator(".lp").count() == 1
    assert page.locator(".lp-notice").is_hidden()


def choose(page: Any, title: str) -> None:
    """As a hasty person does: the list closes when the page is drawn anew, and is opened again."""
    option = page.get_by_role("option", name=title, exact=True)

    def press() -> None:
        if not option.is_visible():
            page.get_by_label("Dataset", exact=True).click()
        assert option.is_visible()
        option.click(timeout=5000)

    eventually(press)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app in which a long training may be left behind."""
    folder: Path = tmp_path_factory.mktemp("lesson")
    with running.serving(ROOT / "app.py", log=folder / "log", home=folder / "home") as server:
        yield server.address


def start_long(page: Any, lesson: str) -> None:
    page.goto(f"{lesson}/train")
    await_rest(page)
    box = page.get_by_role("spinbutton", name="Epochs", exact=True)
    box.fill("9000")
    box.press("Enter")
    await_rest(page)
    page.get_by_role("button", name=re.compile("Train$")).click()
    page.wait_for_url("**job=*")


def epoch_of(page: Any) -> int:
    """The newest epoch that the page tells, 0 for none."""
    found = EPOCH.search(page.locator("body").inner_text())
    return int(found[1]) if found else 0


def test_a_run_is_watched_in_many_tabs_and_through_a_gap_in_the_network(
    page: Any, lesson: str
) -> None:
    start_long(page, lesson)
    eventually(lambda: _is_after(page, 0), seconds=60)
    tabs = [page.context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.goto(page.url)
    for tab in tabs:
        eventually(partial(_is_after, tab, 0), seconds=60)
    page.bring_to_front()
    seen = epoch_of(page)
    page.route("**/status/**", lambda route: route.abort("internetdisconnected"))
    page.get_by_text(re.compile("No answer from the server for")).wait_for(timeout=20_000)
    page.unroute("**/status/**")
    eventually(lambda: _is_after(page, seen))
    page.get_by_text("No answer from the server").wait_for(state="detached")
    page.get_by_role("button", name="Cancel and discard").click()
    page.get_by_role("button", name="Cancel and discard").wait_for(state="detached")


def _is_after(page: Any, epoch: int) -> None:
    assert epoch_of(page) > epoch
