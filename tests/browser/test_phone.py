"""The app under a finger: what is dragged and what it decodes are seen together."""

from collections.abc import Iterator
from typing import Any

import pytest

from pages.shared.navigation import PAGES
from tests.browser.rest import await_frames, await_rest, changed, eventually
from tests.browser.test_plane import picture, spot
from tests.visits import shipped

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
FINGER = 44  # pixels
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"

# Ours that a finger is to hit; an anchor's number is small, and its hit area is a ring around it.
SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    ".le button:not(.lp-anchor), .le select, .le input[type=range], .le label:has(> input)"
)].filter((target) => {
    const { width, height } = target.getBoundingClientRect();
    return width > 0 && (height < least || width < least);
}).map((target) => `${target.className} ${target.textContent}`)"""

TOO_WIDE = """() => [...document.querySelectorAll("[data-testid=stMain] *")].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    if (!width || right <= innerWidth + 1) return false;
    for (let up = element; up; up = up.parentElement) {
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) {
            return up.dataset.testid === "stMain";
        }
    }
    return true;
}).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    """A page on a telephone."""
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_function(READY, timeout=60_000)
    await_rest(page)
    return page


class Finger:
    """One that touches the screen, as Chromium's own protocol does it."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, lift: bool) -> None:
        (x, y), (to_x, to_y), steps = start, end, 8
        self._touch("touchStart", start)
        for step in range(1, steps + 1):
            share = step / steps
            self._touch("touchMove", (x + share * (to_x - x), y + share * (to_y - y)))
            await_frames(self._page)
        if lift:
            self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, kind: str, place: tuple[float, ...]) -> None:
        points = [{"x": place[0], "y": place[1]}]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.parametrize("dataset", ["mnist", "iris"])
@pytest.mark.parametrize("down", [0, 150, 260])
def test_what_is_decoded_is_seen_while_a_finger_drags(
    phone: Any, app: str, dataset: str, down: int
) -> None:
    page = opened(phone, f"{app}/?model={shipped(dataset)}")
    page.evaluate(f"{SCROLLED} = {down}")
    await_frames(page)
    before, scrolled = _decoded(page), page.evaluate(SCROLLED)
    assert scrolled == down
    Finger(page).drag(spot(page, (-0.5, -0.5)), spot(page, (1.0, -1.0)), lift=False)
    changed(lambda: _decoded(page), before)
    for part in (".lp-output", ".lp-where"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= page.locator("[data-testid=stHeader]").bounding_box()["height"], part
        assert box["y"] + box["height"] <= spot(page, (-0.5, -0.5))[1], part
    assert page.evaluate(SCROLLED) == scrolled


def _decoded(page: Any) -> object:
    painted = page.locator(".lp-picture").count()
    return picture(page) if painted else page.locator(".lp-output").inner_text()


def test_a_long_table_shows_a_few_features_and_says_so(phone: Any, app: str) -> None:
    page = opened(phone, f"{app}/?model={shipped('wine')}")
    bars = page.locator(".lp-bar")
    assert [bar.is_visible() for bar in bars.all()].count(True) == 8
    x, y, width, height = page.locator(".lp-output").bounding_box().values()
    assert y + height <= PHONE["height"] / 2
    page.get_by_role("button", name="Show all 13 features").click()
    assert [bar.is_visible() for bar in bars.all()].count(True) == 13
    x, y, width, height = bars.nth(10).bounding_box().values()
    Finger(page).drag((x + width / 2, y), (x + width / 2, y - 200), lift=True)
    eventually(lambda: _has_scrolled(page))


def test_a_swipe_beside_the_plane_scrolls_the_page(phone: Any, app: str) -> None:
    page = opened(phone, app)
    x, y, width, height = page.locator(".lp-sliders").bounding_box().values()
    where = page.locator(".lp-where").inner_text()
    Finger(page).drag((x + width / 2, y + height + 20), (x + width / 2, y - 300), lift=True)
    eventually(lambda: _has_scrolled(page))
    assert page.locator(".lp-where").inner_text() == where


def _has_scrolled(page: Any) -> None:
    assert page.evaluate(SCROLLED) > 50


@pytest.mark.parametrize("name", ["explore", "morph", "reconstruct", "generate"])
def test_targets_are_large_enough(phone: Any, app: str, name: str) -> None:
    model = shipped("mnist", conditional=name == "explore")
    page = opened(phone, f"{app}/{'' if name == 'explore' else name}?model={model}")
    assert page.evaluate(SMALL_TARGETS, FINGER) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_telephone(phone: Any, app: str, name: str) -> None:
    phone.goto(app if name == next(iter(PAGES)) else f"{app}/{name}")
    await_rest(phone)
    assert phone.evaluate(TOO_WIDE) == []


def test_a_wide_window_shows_all_that_changes_and_fills_the_plane(page: Any, app: str) -> None:
    opened(page, app)
    for part in (".lp-plot", ".lp-picture", ".lp-sliders", ".thumbnails"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 900, part
        assert box["x"] + box["width"] <= 1440, part
    dots = page.evaluate(
        """() => {
            const graph = document.querySelector(".lp-plot .lp-figure");
            const x = graph._fullData.filter(({ mode }) => mode?.includes("markers"))
                .flatMap((trace) => Array.from(trace.x));
            const { range } = graph._fullLayout.xaxis;
            x.sort((a, b) => a - b);
            const [low, high] = [0.01, 0.99].map((share) => x[Math.round(share * (x.length - 1))]);
            return (high - low) / (range[1] - range[0]);
        }"""
    )
    assert dots >= 0.4, "of the plane's width, whatever a few dots far away may do"
