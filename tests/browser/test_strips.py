"""What only a browser shows of the strips: pictures, player, clicks, keys, following a plane."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from tests.browser.decoders import decoder
from tests.browser.rest import await_rest, eventually, stays_quiet

pytestmark = pytest.mark.browser

STATS = "window.stripStats?.strips"
DECODED = f"{STATS}?.decoded"
PLANE = "window.latentPlaneStats?.plane?.drawn && window.latentPlaneStats.plane.ready"


@pytest.fixture
def opened(page: Any, harness: str) -> Callable[..., Any]:
    """Opens a case of the harness app and waits until its frames are decoded."""

    def open_case(case: str, *, until: str = DECODED) -> Any:
        page.goto(f"{harness}/strips?case={case}")
        page.wait_for_function(until, timeout=60_000)
        await_rest(page)
        return page

    return open_case


def grey(page: Any, selector: str) -> np.ndarray:
    """The red channel of the canvas in `selector`."""
    return np.array(
        page.evaluate(
            """(selector) => {
                const canvas = document.querySelector(`${selector} canvas`);
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                return Array.from(data.filter((_, i) => i % 4 === 0));
            }""",
            selector,
        )
    )


def expected(z: list[float], *, label: int | None = None) -> np.ndarray:
    classes = 0 if label is None else 10
    feeds = {"z": np.array([z], np.float32)}
    if label is not None:
        feeds["y"] = np.eye(classes, dtype=np.float32)[[label]]
    session = ort.InferenceSession(decoder(latent_dim=2, shape=(8, 8, 1), classes=classes))
    return np.asarray(session.run(["x"], feeds)[0]).ravel() * 255


def row(number: int) -> str:
    return f".ps-row:nth-child({number})"


def said(page: Any, run: int) -> dict[str, str]:
    page.get_by_text(f"runs={run} ").wait_for(timeout=10_000)
    return dict(re.findall(r"(\w+)=(\S+)", page.locator("code").inner_text()))


def test_strip_and_slider_show_what_the_decoder_answers(opened: Callable[..., Any]) -> None:
    page = opened("morph")
    assert page.locator(".ps-row").count() == 4
    assert page.locator(f"{row(1)} .ps-frame").count() == 12
    assert np.abs(grey(page, f"{row(1)} .ps-frame:last-child") - expected([2, 1])).max() <= 1
    assert np.abs(grey(page, f"{row(1)} .ps-now") - expected([-2, -1])).max() <= 1
    page.locator(".ps-time").fill("0.5")
    assert np.abs(grey(page, f"{row(1)} .ps-now") - expected([0, 0])).max() <= 1
    assert np.abs(grey(page, f"{row(3)} .ps-now") - expected([-0.5, 1])).max() <= 1
    page.locator(".ps-time").press("ArrowRight")
    assert np.abs(grey(page, f"{row(1)} .ps-now") - expected([4 / 60, 2 / 60])).max() <= 1


def test_playing_runs_back_and_forth_without_the_server(opened: Callable[..., Any]) -> None:
    frames: list[Any] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda message: frames.append(message))

    page = opened("morph")
    page.on("websocket", listen)
    page.reload()
    page.wait_for_function(DECODED, timeout=60_000)
    await_rest(page)
    frames.clear()
    page.get_by_label("Duration").select_option("1")
    page.locator(".ps-time").focus()
    page.keyboard.press(" ")
    times: list[float] = []

    def check() -> None:
        times.append(float(page.locator(".ps-time").input_value()))
        assert {-1.0, 1.0} <= set(np.sign(np.diff(times)))
        assert max(times) > 0.7

    eventually(check)
    page.get_by_role("button", name="Pause").click()
    assert not frames
    rest = page.locator(".ps-time").input_value()
    stays_quiet(page)
    assert page.locator(".ps-time").input_value() == rest


def test_a_clicked_picture_is_told_and_forgotten_with_its_path(opened: Callable[..., Any]) -> None:
    page = opened("morph")
    page.locator(f"{row(2)} .ps-frame").nth(3).click()
    told = said(page, 2)
    assert (told["row"], told["frame"]) == ("1", "16")
    assert page.locator(".ps-share").inner_text() == "27 %"
    page.locator(f"{row(3)} .ps-now").click()
    told = said(page, 3)
    assert (told["row"], told["frame"]) == ("2", "16")
    page.get_by_role("slider", name="Bend").press("ArrowRight")
    told = said(page, 4)
    assert (told["row"], told["frame"]) == ("None", "None")
    assert page.locator(".ps-frame[aria-pressed=true]").count() == 0


def test_only_rows_that_changed_are_decoded_again(opened: Callable[..., Any]) -> None:
    page = opened("morph")
    line = grey(page, f"{row(1)} .ps-frame:nth-child(4)")
    page.evaluate(
        """() => {
            window.painted = [];
            const put = CanvasRenderingContext2D.prototype.putImageData;
            CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
                window.painted.push(this.canvas.closest(".ps-row").querySelector("strong").textContent);
                return put.call(this, image, ...at);
            };
        }"""
    )
    page.get_by_role("slider", name="Bend").press("ArrowRight")
    page.wait_for_function(f"window.painted.length && {DECODED}")
    assert "Over the data" in page.evaluate("window.painted")
    np.testing.assert_array_equal(grey(page, f"{row(1)} .ps-frame:nth-child(4)"), line)


def test_thumbnails_are_one_tab_stop_and_arrows_walk(opened: Callable[..., Any]) -> None:
    page = opened("still")
    assert page.locator(".ps-row").count() == 16
    assert page.locator(".ps-player").is_hidden()
    assert page.locator(".ps-now:visible").count() == 0
    assert page.locator('.ps-frame[tabindex="0"]').count() == 1
    page.locator('.ps-frame[tabindex="0"]').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    told = said(page, 2)
    assert (told["row"], told["frame"]) == ("1", "1")
    assert page.locator('.ps-row[data-muted="true"]').count() == 3


def test_all_classes_follow_the_style_that_the_plane_shows(opened: Callable[..., Any]) -> None:
    page = opened("follow", until=f"{DECODED} && {PLANE} && {STATS}.followed")
    box = page.locator(".lp-surface").bounding_box()
    before = page.evaluate(f"{STATS}.followed")
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"], steps=5)
    page.wait_for_function(f"{STATS}.followed > {before}")
    stays_quiet(page)
    assert "runs=1 " in page.locator("code").inner_text()
    page.mouse.up()
    told = page.locator(".lp-where").inner_text().replace("−", "-")
    z = [float(number) for number in re.findall(r"-?[\d.]+", told)]

    def check() -> None:
        for digit in (0, 7):
            painted = grey(page, f"{row(digit + 1)} .ps-now")
            assert np.abs(painted - expected(z, label=digit)).max() <= 4

    eventually(check)


def test_pictures_in_colour(opened: Callable[..., Any]) -> None:
    page = opened("colour")
    spread = page.evaluate(
        """() => {
            const canvas = document.querySelector(".ps-now canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
            return data.filter((_, i) => i % 4 === 0 && data[i] !== data[i + 1]).length;
        }"""
    )
    assert spread > 32


@pytest.mark.parametrize(
    ("case", "words"), [("broken", "could not be decoded"), ("empty", "nothing to show")]
)
def test_what_cannot_be_shown_is_said(opened: Callable[..., Any], case: str, words: str) -> None:
    page = opened(case, until=f"{STATS} && document.querySelector('.ps-notice:not([hidden])')")
    assert words in page.locator(".ps-notice").inner_text()


def test_fewer_columns_show_pictures_that_are_there_already(opened: Callable[..., Any]) -> None:
    page = opened("still")
    page.locator("label", has_text="Only the ends").click()
    page.wait_for_function(f"document.querySelectorAll('{row(2)} .ps-frame').length === 3")

    def check() -> None:
        for number, z in enumerate((-3, 0, 3)):
            painted = grey(page, f"{row(2)} .ps-frame:nth-child({number + 1})")
            assert np.abs(painted - expected([0, 0.95 * z])).max() <= 1

    eventually(check)


def test_strips_that_leave_the_page_end_their_worker(opened: Callable[..., Any]) -> None:
    page = opened("still")
    assert len(page.workers) == 1
    page.locator("label", has_text="Hide").click()
    page.locator(".ps").wait_for(state="detached")

    def check() -> None:
        page.wait_for_timeout(1)  # Playwright hears of workers inside its own calls
        assert page.workers == []

    eventually(check)
