"""What only a browser shows: drawing, taking back, the plane that follows, pens and fingers."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.rest import await_rest, eventually, stays_quiet
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec
from vae_core.datasets.image_upload import as_mnist, in_box
from vae_core.latent.plane import Plane, ellipse
from vae_core.latent.posterior import kl_divergence
from vae_core.metrics import ObservationModel, reconstruction

pytestmark = pytest.mark.browser

READY = "window.padStats?.pad?.ready"
PLANE = f"{READY} && window.latentPlaneStats?.plane?.drawn && window.latentPlaneStats.plane.ready"
SEVEN = [(0.3, 0.25), (0.7, 0.25), (0.62, 0.4), (0.5, 0.6), (0.42, 0.8)]
BAR = [(0.4, 0.55), (0.66, 0.55)]
GREY = ObservationModel("bernoulli", *np.array([[0], [1], [1]], np.float32))


@pytest.fixture
def opened(page: Any, harness: str) -> Callable[..., Any]:
    """Opens a case of the harness app and waits until the model is there."""

    def open_case(case: str = "mnist", *, until: str = READY, query: str = "") -> Any:
        page.goto(f"{harness}/pad?case={case}{query}")
        page.wait_for_function(until, timeout=60_000)
        await_rest(page)
        return page

    return open_case


@pytest.fixture
def frames(page: Any) -> list[str]:
    """The websocket messages that the page sends."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("sent")))
    return sent


def codec_of(*, conditional: bool = False) -> OnnxCodec:
    for entry in registry.models(within=registry.roots()[:1]):
        spec = entry.manifest.spec if entry.manifest else None
        if spec and (spec.dataset, spec.conditional, spec.latent_dim) == ("mnist", conditional, 2):
            return OnnxCodec(registry.open_model(entry.model_id))
    raise AssertionError("pretrained/ has no model of MNIST with two dimensions")


def draw(page: Any, points: list[tuple[float, float]], *, release: bool = True) -> None:
    box = page.locator(".dp-sheet").first.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    if release:
        page.mouse.up()


def said(page: Any, runs: int | None = None) -> dict[str, Any]:
    """What the app printed of the pad's last event, after that many runs."""
    if runs:
        page.get_by_text(f"runs={runs} ").wait_for(timeout=10_000)
    text = page.locator("code").first.inner_text()
    return {
        name: None if value == "None" else json.loads(value)
        for name, value in re.findall(r"(\w+)=(\[.*?\]|\S+)", text)
    }


def grey(page: Any, name: str) -> np.ndarray:
    """The grey values (h, w), 0 to 255, of one of the pictures beside the sheet."""
    return pixels(page, f".dp-{name}")[..., 0]


def pixels(page: Any, selector: str) -> np.ndarray:
    """What is on a canvas, (h, w, 4), 0 to 255; as text, since Playwright is slow with numbers."""
    width, text = page.evaluate(
        """(selector) => {
            const canvas = document.querySelector(selector);
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return [width, btoa(Array.from(data, (one) => String.fromCharCode(one)).join(""))];
        }""",
        selector,
    )
    values = np.frombuffer(base64.b64decode(text), np.uint8)
    return values.reshape(-1, width, 4).astype(int)


def sheet(page: Any) -> tuple[np.ndarray, np.ndarray]:
    """The sheet's ink (h, w), 0 to 255, and the colour of its ink."""
    values = pixels(page, ".dp-sheet")
    ink = values[..., 3]
    assert ink.max() == 255
    return ink, values[ink == 255][0, :3]


def nats(page: Any) -> tuple[float, float]:
    shown = [page.locator(f".dp-{name}").inner_text() for name in ("reconstruction", "kl")]
    return float(shown[0]), float(shown[1])


def ring(page: Any) -> list[float]:
    """The coordinates that the plane says of its ring."""
    text = page.locator(".lp-where").inner_text().replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def posterior_outline(page: Any) -> np.ndarray:
    """The corners (n, 2) of the ellipse over the plane, in its coordinates; none is a failure."""
    found = page.evaluate(
        """() => {
            const graph = document.querySelector(".lp-plot .lp-figure");
            const { xaxis, yaxis, _size } = graph._fullLayout;
            return Array.from(document.querySelector(".lp-posterior").points, ({ x, y }) =>
                [xaxis.p2d(x - _size.l), yaxis.p2d(y - _size.t)]);
        }"""
    )
    assert found
    return np.array(found)


def extent(picture: np.ndarray) -> tuple[int, int]:
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_a_stroke_is_encoded_and_decoded_in_the_browser_and_told_once(
    opened: Any, page: Any, frames: list[str]
) -> None:
    opened()
    frames.clear()
    draw(page, SEVEN, release=False)
    page.wait_for_function("window.padStats.pad.painted > 10")
    assert frames == []
    page.mouse.up()
    event = said(page, runs=2)
    stays_quiet(page)
    assert frames == ["sent"]
    assert event["serial"] == 1
    assert event["difference"] < 1e-4  # the codec's posterior of the same picture
    codec, x = codec_of(), grey(page, "seen")[None, ..., None] / 255
    assert x.sum() == pytest.approx(event["ink"], abs=0.01)
    mean, log_var = codec.encode(x)
    decoded = codec.decode(mean)
    assert grey(page, "made") == pytest.approx(decoded[0, ..., 0] * 255, abs=1)
    expected = reconstruction(x, decoded, GREY)[0], kl_divergence(mean, log_var).sum()
    assert nats(page) == pytest.approx(expected, abs=0.06)


DOT, CORNER = [(0.2, 0.2), (0.2, 0.2)], [(0.9, 0.3), (0.6, 0.32)]


@pytest.mark.parametrize("points", [SEVEN, DOT, CORNER])
def test_the_model_sees_what_python_would_make_of_the_ink(
    opened: Any, page: Any, points: Any
) -> None:
    opened()
    draw(page, points)
    said(page, runs=2)
    ink, seen = sheet(page)[0] / 255, grey(page, "seen")
    assert max(extent(seen)) == 20
    assert seen == pytest.approx(as_mnist(ink) * 255, abs=0.51)


def test_digits_see_the_ink_in_their_whole_box(opened: Any, page: Any) -> None:
    opened("digits")
    draw(page, SEVEN)
    event = said(page, runs=2)
    ink, seen = sheet(page)[0] / 255, grey(page, "seen")
    assert extent(seen)[0] == 8
    assert seen == pytest.approx(in_box(ink, 8, 8) * 255, abs=0.51)
    assert event["difference"] < 1e-4


def test_strokes_are_taken_back_and_cleared_by_buttons_and_keys(opened: Any, page: Any) -> None:
    opened()
    undo, clear = (page.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    assert (undo.is_enabled(), clear.is_enabled()) == (False, False)
    draw(page, SEVEN)
    first = said(page, runs=2)["ink"]
    draw(page, BAR)
    both = said(page, runs=3)["ink"]
    assert both != first
    page.locator(".dp-sheet").press("Control+z")
    assert said(page, runs=4)["ink"] == first
    page.locator(".dp-sheet").press("Escape")
    empty = said(page, runs=5)
    assert (empty["ink"], empty["mean"]) == (None, None)
    assert grey(page, "seen").sum() == 0
    undo.click()
    assert said(page, runs=6)["ink"] == first
    clear.click()
    assert said(page, runs=7)["ink"] is None


def test_the_plane_follows_while_the_pointer_draws(
    opened: Any, page: Any, frames: list[str]
) -> None:
    opened(until=PLANE, query="&plane=1")
    frames.clear()
    draw(page, SEVEN, release=False)
    codec = codec_of()

    def check() -> None:
        mean, log_var = codec.encode(grey(page, "seen")[None, ..., None] / 255)
        assert ring(page) == pytest.approx(mean[0], abs=0.006)
        wanted = ellipse(mean[0], log_var[0], Plane.axes(0, 1, latent_dim=2), sigmas=2)
        outline = posterior_outline(page)
        assert outline.min(0) == pytest.approx(wanted.min(0), abs=2e-3)
        assert outline.max(0) == pytest.approx(wanted.max(0), abs=2e-3)

    eventually(check)
    assert frames == []
    page.mouse.up()
    event = said(page, runs=2)
    await_rest(page)
    assert ring(page) == pytest.approx(event["mean"], abs=0.006)
    page.get_by_text("Pad", exact=True).click()
    page.wait_for_function("document.querySelector('.lp-posterior').points.length === 0")


def test_python_puts_a_picture_and_drawing_goes_on_top_of_it(opened: Any, page: Any) -> None:
    opened()
    draw(page, SEVEN)
    said(page, runs=2)
    page.get_by_role("button", name="Put a picture").click()
    put = said(page, runs=3)
    assert put["mean"] is None
    wanted = np.rint(codec_of().decode(np.array([[0.7, -0.9]]))[0, ..., 0] * 255)
    eventually(lambda: np.testing.assert_array_equal(grey(page, "seen"), wanted))
    draw(page, BAR)
    after = said(page, runs=4)
    assert after["serial"] == 2
    assert after["ink"] != put["ink"]
    page.get_by_role("button", name="Undo").click()
    assert said(page, runs=5)["ink"] == put["ink"]


def test_another_class_is_told_to_the_model_and_to_python(opened: Any, page: Any) -> None:
    opened("conditional")
    draw(page, SEVEN)
    assert said(page, runs=2)["label"] == 3
    worse = nats(page)[0]
    page.get_by_role("radio", name="7", exact=True).click()
    event = said(page, runs=3)
    assert event["label"] == 7
    assert event["difference"] < 1e-4
    assert nats(page)[0] < worse


def test_without_an_encoder_the_drawing_is_still_told(opened: Any, page: Any) -> None:
    opened("missing", until="document.querySelector('.dp-notice:not([hidden])')")
    assert "could not be loaded" in page.locator(".dp-notice").inner_text()
    draw(page, SEVEN)
    event = said(page, runs=2)
    assert event["ink"] > 30
    assert event["mean"] is None
    assert page.locator(".dp-kl").inner_text() == "–"


def test_a_finger_draws_and_a_pen_draws_wider_when_pressed(opened: Any, page: Any) -> None:
    opened()
    client = page.context.new_cdp_session(page)
    box = page.locator(".dp-sheet").bounding_box()

    def pen(kind: str, x: float, force: float) -> None:
        at = {"x": box["x"] + x, "y": box["y"] + 150, "force": force}
        held = {"button": "left", "buttons": 1, "pointerType": "pen", "clickCount": 1}
        client.send("Input.dispatchMouseEvent", {"type": kind, **at, **held})

    areas = []
    for serial, force in ((2, 0.2), (4, 1.0)):
        pen("mousePressed", 80, force)
        for x in range(90, 220, 10):
            pen("mouseMoved", x, force)
        pen("mouseReleased", 220, 0)
        page.get_by_text(f"serial={serial - 1} ").wait_for()
        areas.append(extent(sheet(page)[0])[0])
        page.locator(".dp-sheet").press("Escape")
        page.get_by_text(f"serial={serial} ").wait_for()
    assert areas[1] > 1.6 * areas[0]
    runs = said(page)["runs"]
    for kind, y in [("touchStart", 40), *(("touchMove", y) for y in range(60, 240, 20))]:
        touch = [{"x": box["x"] + 150, "y": box["y"] + y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert said(page, runs=runs + 1)["ink"] > 20
    assert page.evaluate("window.scrollY") == 0


def test_another_theme_and_another_width_change_no_ink(opened: Any, page: Any) -> None:
    opened()
    draw(page, SEVEN)
    said(page, runs=2)
    before, dark_ink = sheet(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 800, "height": 900})

    def check() -> None:
        after, light_ink = sheet(page)
        assert sum(dark_ink) < 200 < 600 < sum(light_ink)
        assert np.abs(after - before).max() <= 2

    eventually(check)
    await_rest(page)
    check()
    draw(page, BAR)
    assert said(page)["serial"] >= 1
    page.wait_for_function("window.padStats.pad.painted > 20")


def test_two_pads_keep_to_themselves(opened: Any, page: Any) -> None:
    opened(query="&twice=1", until=f"{READY} && window.padStats.other?.ready")
    draw(page, SEVEN)
    said(page, runs=2)
    page.wait_for_function("window.padStats.pad.painted > 10")
    assert page.evaluate("window.padStats.other.painted") == 0
    assert page.locator(".dp[data-inked]").count() == 1
