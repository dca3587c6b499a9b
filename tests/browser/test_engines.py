"""Explore and the drawing pad in Firefox and in WebKit: what one engine does, all do."""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from tests.browser import running
from tests.browser.conftest import skip
from tests.browser.engines import ENGINES, BrowserMissing, Engine
from tests.browser.test_pad import SEVEN
from tests.browser.test_plane import picture, spot
from tests.conftest import ROOT
from tests.visits import shipped
from tests.waiting import wait_for
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec

pytestmark = pytest.mark.browser

PLANE = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready && s.painted)"
PAD = "Object.values(window.padStats ?? {}).some((s) => s.ready)"
DRAW = "//*[@role='radio'][.//p[text()='Draw']]"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app itself."""
    log = tmp_path_factory.mktemp("engines") / "streamlit.log"
    with running.serving(ROOT / "app.py", log=log) as server:
        yield server.address


@pytest.fixture(scope="module", params=ENGINES)
def browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One process of each engine for all tests, which run through the one before the other."""
    try:
        with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as engine:
            yield engine
    except BrowserMissing as missing:
        skip(str(missing))


@pytest.fixture
def engine(browser: Engine) -> Iterator[Engine]:
    """The browser on an empty page; an error in its console fails the test."""
    browser.open("about:blank")
    browser.errors()
    yield browser
    assert browser.errors() == []


def opened(engine: Engine, address: str) -> Engine:
    engine.open(address)
    engine.wait_for_function(PLANE)
    return engine


def press(engine: Engine, xpath: str) -> None:
    """Click what may come later than the plane, and may be drawn anew while it is looked for."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.wait import WebDriverWait

    waiting = WebDriverWait(engine.driver, 60, ignored_exceptions=[StaleElementReferenceException])
    waiting.until(lambda driver: driver.find_element("xpath", xpath).click() or True)


def ring(engine: Engine) -> list[float]:
    """The coordinates that the plane says of its ring."""
    text = engine.text(".lp-where").replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def z_in_address(engine: Engine) -> list[float]:
    query = parse_qs(urlsplit(engine.driver.current_url).query)
    return [float(number) for number in query["z"][0].split(",")]


def shows(engine: Engine, dataset: str, z: list[float]) -> bool:
    """Whether the canvas has what the server decodes at `z`, which is rounded."""
    x = OnnxCodec(registry.open_model(shipped(dataset))).decode(np.array([z]))
    return bool(np.abs(x.ravel() * 255 - picture(engine)).max() < 20)


def test_errors_of_a_page_are_heard(browser: Engine, app: str) -> None:
    browser.open(f"{app}/_stcore/health")
    browser.errors()
    browser.driver.execute_script("console.error('said'); console.warn('no error')")
    browser.driver.execute_script("setTimeout(() => { throw new Error('thrown'); })")
    browser.driver.execute_script("setTimeout(() => Promise.reject(new Error('refused')), 50)")
    heard: list[str] = []

    def all_heard() -> bool:
        heard.extend(browser.errors())
        return len(heard) > 2

    wait_for(all_heard)
    told = zip(heard, ("said", "thrown", "refused"), strict=True)
    assert all(word in error for error, word in told), heard


@pytest.mark.parametrize("dataset", ["digits", "mnist"])
def test_a_drag_decodes_and_its_address_opens_the_same_place(
    engine: Engine, app: str, dataset: str
) -> None:
    opened(engine, f"{app}/?model={shipped(dataset)}&z=0,0")
    engine.centred(".lp-surface")
    before = picture(engine)
    places = [(1.2 * math.sin(k / 20), 1.2 * math.cos(k / 20)) for k in range(30)]
    engine.mouse.move(spot(engine, places[0]))
    engine.mouse.down()
    engine.mouse.move(*(spot(engine, place) for place in places))
    wait_for(lambda: picture(engine) != pytest.approx(before, abs=30))
    assert z_in_address(engine) == [0, 0]
    engine.mouse.up()
    wait_for(lambda: z_in_address(engine) != [0, 0])
    assert z_in_address(engine) == pytest.approx(places[-1], abs=0.03)
    z, address = z_in_address(engine), engine.driver.current_url
    wait_for(lambda: shows(engine, dataset, z))
    engine.open("about:blank")
    opened(engine, address)
    assert ring(engine) == pytest.approx(z, abs=0.006)  # told with two digits
    wait_for(lambda: shows(engine, dataset, z))


def test_arrow_keys_move_the_ring_and_the_address_hears_of_it(engine: Engine, app: str) -> None:
    from selenium.webdriver import Keys

    opened(engine, f"{app}/?model={shipped('digits')}&z=0.5,-0.5")
    surface = engine.driver.find_element("css selector", ".lp-surface")
    surface.send_keys(Keys.ARROW_RIGHT * 5 + Keys.ARROW_UP * 5)
    across, up = ring(engine)
    assert across > 0.55
    assert up > -0.45
    wait_for(lambda: z_in_address(engine)[0] != 0.5)
    assert z_in_address(engine) == pytest.approx([across, up], abs=0.01)
    wait_for(lambda: shows(engine, "digits", z_in_address(engine)))


def test_a_stroke_on_the_pad_is_reconstructed(engine: Engine, app: str) -> None:
    opened(engine, f"{app}/reconstruct?model={shipped('mnist')}")
    press(engine, DRAW)
    engine.wait_for_function(PAD)
    before = ring(engine)
    box = engine.centred(".dp-sheet")
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    engine.mouse.move(corners[0])
    engine.mouse.down()
    engine.mouse.move(*_between(corners))
    engine.wait_for_function("/^[0-9.]+$/.test(document.querySelector('.dp-kl').innerText)")
    assert ring(engine) != before
    engine.mouse.up()
    engine.wait_for_function("document.body.innerText.includes('Your drawing')")
    engine.wait_for_function("document.body.innerText.includes('PSNR')")


def _between(corners: list[tuple[float, float]], steps: int = 6) -> list[tuple[float, float]]:
    """Points on the lines from corner to corner."""
    lines = pairwise(corners)
    return [
        (x + (u - x) * k / steps, y + (v - y) * k / steps)
        for (x, y), (u, v) in lines
        for k in range(1, steps + 1)
    ]
