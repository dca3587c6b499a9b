"""A network that fails: what was lost is asked for again, and what is then said names the cause."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

DECODES = "window.latentPlaneStats?.plane?.ready"
PLANE = f"{DECODES} && window.latentPlaneStats.plane.drawn"
PAD = "window.padStats?.pad?.ready"
STRIPS = "window.stripStats?.strips?.decoded"
ATTEMPT = re.compile(r"/~\d+")
GRAPH = re.compile(r"\.onnx$")
RUNTIME = re.compile(r"/ort[-.\w]+(\?attempt=\d+)?$")
PLOTLY = re.compile(r"/plotly\.min\.js")
FIGURE = re.compile(r"\.json$")


STATS = "window.latentPlaneStats"
SHOWN = """() => {
    const canvas = document.querySelector(".lp-picture");
    if (!canvas?.width) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 !== 3 && value > 0);
}"""


@pytest.fixture
def failing(page: Any) -> Callable[..., Counter[str]]:
    """Let the first `times` requests fail for each address that `pattern` finds."""

    def fail(pattern: re.Pattern[str], *, times: int, status: int | None = None) -> Counter[str]:
        failed: Counter[str] = Counter()

        def answer(route: Any) -> None:
            path = ATTEMPT.sub("", urlsplit(route.request.url).path)
            if failed[path] >= times:
                route.fallback()
                return
            failed[path] += 1
            if status is None:
                route.abort("connectionreset")
            else:
                route.fulfill(status=status)

        page.route(pattern, answer)
        return failed

    return fail


def test_what_is_lost_twice_is_asked_for_a_third_time(
    page: Any, harness: str, failing: Callable[..., Counter[str]]
) -> None:
    lost = [failing(pattern, times=2) for pattern in (GRAPH, RUNTIME, PLOTLY, FIGURE)]
    lost += [failing(re.compile(r"/plane/main\.js"), times=1)]
    lost += [failing(re.compile(r"/shared/bus\.js"), times=1)]
    page.goto(f"{harness}/plane?case=table")
    page.wait_for_function(PLANE, timeout=60_000)
    page.locator(".lp-ghost").first.wait_for(state="attached")
    assert page.locator(".lp-notice").is_hidden()
    assert page.locator(".lp-busy").is_hidden()
    assert page.locator(".lp").count() == 1
    assert all(failed and set(failed.values()) <= {1, 2} for failed in lost), lost


def test_a_server_in_trouble_is_asked_again(
    page: Any, harness: str, failing: Callable[..., Counter[str]]
) -> None:
    failed = failing(GRAPH, times=1, status=503)
    page.goto(f"{harness}/plane?case=image")
    page.wait_for_function(PLANE, timeout=60_000)
    assert set(failed.values()) == {1}


def test_a_worker_whose_modules_are_lost_starts_again(
    page: Any, harness: str, failing: Callable[..., Counter[str]]
) -> None:
    lost = failing(re.compile(r"/shared/engine\.worker\.js"), times=2)
    page.goto(f"{harness}/strips?case=still")
    page.wait_for_function(STRIPS, timeout=60_000)
    assert set(lost.values()) == {2}
    assert len(page.workers) == 1


@pytest.mark.parametrize(
    ("app", "query", "notice", "ready"),
    [
        ("plane", "case=image", ".lp-notice", DECODES),
        ("pad", "case=digits", ".dp-notice", PAD),
        ("strips", "case=still", ".ps-notice", STRIPS),
    ],
)
def test_a_decoder_that_stays_away_can_be_asked_for_again(
    page: Any, harness: str, app: str, query: str, notice: str, ready: str
) -> None:
    page.route(GRAPH, lambda route: route.abort("connectionreset"))
    page.goto(f"{harness}/{app}?{query}")
    line = page.locator(notice)
    page.locator(notice, has_text="The network failed").wait_for(timeout=60_000)
    assert "browser" not in line.inner_text()
    page.unroute(GRAPH)
    line.get_by_role("button", name="Try again").click()
    page.wait_for_function(ready, timeout=60_000)
    assert line.is_hidden()


def test_a_network_that_is_back_needs_no_click(page: Any, harness: str) -> None:
    for pattern in (GRAPH, PLOTLY):
        page.route(pattern, lambda route: route.abort("connectionreset"))
    page.goto(f"{harness}/plane?case=image")
    for notice in (".lp-notice", ".lp-busy"):
        page.locator(notice, has_text="The network failed").wait_for(timeout=60_000)
    for pattern in (GRAPH, PLOTLY):
        page.unroute(pattern)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_function(PLANE, timeout=60_000)
    assert page.locator(".lp-notice").is_hidden()
    assert page.locator(".lp-busy").is_hidden()


def test_a_component_whose_modules_are_lost_says_so(page: Any, harness: str) -> None:
    modules = re.compile(r"/plane/main\.js")
    page.route(modules, lambda route: route.abort("connectionreset"))
    page.goto(f"{harness}/plane?case=image")
    page.get_by_text("this part of the page was loading").wait_for(timeout=60_000)
    page.unroute(modules)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function(PLANE, timeout=60_000)
    assert page.get_by_text("The network failed").count() == 0


@pytest.mark.parametrize(
    ("app", "query", "words"),
    [
        ("plane", "case=image", "Your browser cannot decode here"),
        ("pad", "case=digits", "This browser cannot run the model"),
        ("strips", "case=still", "This browser cannot decode the pictures"),
    ],
)
def test_a_browser_that_cannot_decode_is_not_offered_another_try(
    page: Any, harness: str, app: str, query: str, words: str
) -> None:
    # Its own worker has no WebAssembly either: it gets a runtime that does not run.
    page.route(
        re.compile(r"/ort\.wasm\.min\.mjs"),
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="export const env = { wasm: {} };"
            "export const InferenceSession = { create() { throw new Error('no WebAssembly'); } };",
        ),
    )
    page.goto(f"{harness}/{app}?{query}")
    page.get_by_text(words).wait_for(timeout=60_000)
    assert page.get_by_role("button", name="Try again").count() == 0


def test_the_servers_picture_is_there_before_map_and_decoder_and_what_is_coming_is_said(
    page: Any, app: str
) -> None:
    held: list[Any] = []
    page.route(re.compile(r"\.wasm$|/plotly\.min\.js"), lambda route: held.append(route))
    page.goto(app, wait_until="commit")
    assert page.locator(".splash").inner_text().startswith("Latent Explorer")
    page.wait_for_function(SHOWN, timeout=60_000)
    assert page.locator(".splash").count() == 0
    page.locator(".lp-coming").get_by_text("Loading the map and the decoder").wait_for()
    for route in held:
        route.continue_()
    page.unroute_all()
    page.wait_for_function(f"Object.values({STATS})[0]?.ready && Object.values({STATS})[0].drawn")
    assert page.locator(".lp-coming").is_hidden()
