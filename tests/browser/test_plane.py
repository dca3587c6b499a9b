"""What only a browser shows: the drag, keys, lasso, linked plots, fallbacks, themes."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from tests.browser.decoders import decoder
from tests.browser.rest import await_rest, changed, close_to, eventually, stays_quiet

pytestmark = pytest.mark.browser

READY = "window.latentPlaneStats?.plane?.drawn && window.latentPlaneStats.plane.ready"
DRAWN = "window.latentPlaneStats?.plane?.drawn"


@pytest.fixture
def opened(page: Any, harness: str) -> Callable[..., Any]:
    """Opens a case of the harness app and waits until map and decoder are there."""

    def open_case(case: str = "image", *, until: str = READY, query: str = "") -> Any:
        page.goto(f"{harness}/plane?case={case}{query}")
        page.wait_for_function(until, timeout=60_000)
        await_rest(page)
        return page

    return open_case


def said(page: Any) -> dict[str, str]:
    """What the app printed of the last event."""
    text = page.locator("code").inner_text()
    return dict(re.findall(r"(\w+)=(\[.*?\]|\S+)", text))


def await_run(page: Any, number: int) -> dict[str, str]:
    page.get_by_text(f"runs={number} ").wait_for(timeout=10_000)
    return said(page)


def spot(page: Any, z: tuple[float, float]) -> tuple[float, float]:
    """Where on the screen the plane's coordinates `z` are."""
    return page.evaluate(
        """([u, v]) => {
            const graph = document.querySelector(".lp-plot .lp-figure");
            const { xaxis, yaxis, _size } = graph._fullLayout;
            const box = graph.getBoundingClientRect();
            return [box.left + _size.l + xaxis.d2p(u), box.top + _size.t + yaxis.d2p(v)];
        }""",
        list(z),
    )


def picture(page: Any) -> list[int]:
    """The grey values on the canvas."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector(".lp-picture");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return Array.from(data.filter((_, i) => i % 4 === 0));
        }"""
    )


def expected_picture(z: tuple[float, ...], *, label: int | None = None) -> np.ndarray:
    classes = 0 if label is None else 10
    graph = decoder(latent_dim=len(z), shape=(8, 8, 1), classes=classes)
    feeds = {"z": np.array([z], np.float32)}
    if label is not None:
        feeds["y"] = np.eye(classes, dtype=np.float32)[[label]]
    return ort.InferenceSession(graph).run(["x"], feeds)[0].ravel() * 255


def marked_rows(page: Any, figure: str) -> list[int]:
    return page.evaluate(
        """(figure) => document.querySelector(figure)._fullData.flatMap((trace) =>
            trace.meta?.overlay !== "points" ? []
            : Array.from(trace.selectedpoints ?? [], (k) => trace.customdata[k]))""",
        figure,
    )


def drag_lasso(page: Any, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in [*corners[1:], corners[0]]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def test_a_drag_decodes_in_the_browser_and_speaks_once(opened: Any, page: Any) -> None:
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: frames.append("sent")))
    opened("image")
    frames.clear()
    page.mouse.move(*spot(page, (0.9, 0.0)))
    page.mouse.down()
    before = page.evaluate("window.latentPlaneStats.plane.painted")
    for step in range(60):
        angle = step / 10
        page.mouse.move(*spot(page, (0.9 * math.cos(angle), 0.9 * math.sin(angle))))
    page.mouse.move(*spot(page, (0.5, -0.25)))
    page.wait_for_function(f"window.latentPlaneStats.plane.painted - {before} > 20")
    eventually(lambda: close_to(picture(page), expected_picture((0.5, -0.25)), within=4))
    assert frames == []
    page.mouse.up()
    event = await_run(page, 2)
    stays_quiet(page)
    assert frames == ["sent"]
    z = tuple(float(number) for number in event["z"].strip("[]").split(","))
    assert z == pytest.approx((0.5, -0.25), abs=0.02)
    assert event["clicked"] == "None"
    close_to(picture(page), expected_picture(z), within=2)


def test_hovering_looks_and_leaving_returns_to_the_ring(opened: Any, page: Any) -> None:
    opened("image")
    page.mouse.move(*spot(page, (1.0, 1.0)))
    page.get_by_text("z = (1.00, 1.00)", exact=True).wait_for()
    eventually(lambda: close_to(picture(page), expected_picture((1.0, 1.0)), within=4))
    page.locator(".lp-where").hover()
    page.get_by_text("z = (0.00, 0.00)", exact=True).wait_for()
    eventually(lambda: close_to(picture(page), expected_picture((0.0, 0.0)), within=2))
    stays_quiet(page)
    assert said(page)["runs"] == "1"


def test_a_click_on_an_example_tells_its_row_and_draws_its_posterior(
    opened: Any, page: Any
) -> None:
    opened("image")
    at = page.evaluate(
        """() => {
            const trace = document.querySelector(".lp-plot .lp-figure")._fullData
                .find((t) => t.meta?.overlay === "points" && t.name === "3");
            return [trace.customdata[5], trace.x[5], trace.y[5]];
        }"""
    )
    row, place = at[0], spot(page, (at[1], at[2]))
    page.mouse.click(*place)
    event = await_run(page, 2)
    assert event["clicked"] == str(row)
    z = [float(number) for number in event["z"].strip("[]").split(",")]
    assert z == pytest.approx(at[1:], abs=2e-3)
    page.wait_for_function(
        """() => document.querySelector(".lp-plot .lp-figure")._fullData
            .find((t) => t.meta?.overlay === "posterior").x?.length === 65"""
    )


def test_arrow_keys_move_the_ring_and_speak_once(opened: Any, page: Any) -> None:
    opened("image")
    page.locator(".lp-surface").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    event = await_run(page, 2)
    stays_quiet(page)
    assert said(page)["runs"] == "2"
    u, v = (float(number) for number in event["z"].strip("[]").split(","))
    width, height = page.evaluate(
        """() => {
            const { xaxis, yaxis } = document.querySelector(".lp-plot .lp-figure")._fullLayout;
            return [xaxis, yaxis].map(({ range }) => range[1] - range[0]);
        }"""
    )
    assert (u, v) == pytest.approx((0.06 * width, 0.1 * height), abs=2e-3)
    assert page.locator(".lp-voice").inner_text() == page.locator(".lp-where").inner_text()


def test_a_slider_moves_z_and_leaves_the_other_dimensions(opened: Any, page: Any) -> None:
    opened("six")
    page.locator(".lp-sliders input").nth(4).focus()
    page.keyboard.press("End")
    event = await_run(page, 2)
    z = [float(number) for number in event["z"].strip("[]").split(",")]
    assert z[:4] == [0, 0, 0, 0]
    assert z[4] >= 2
    assert z[5] == 0
    page.mouse.click(*spot(page, (0.3, 0.2)))
    moved = await_run(page, 3)
    after = [float(number) for number in moved["z"].strip("[]").split(",")]
    assert after[:2] == pytest.approx([0.3, 0.2], abs=0.03)
    assert after[2:] == pytest.approx(z[2:], abs=1e-5)
    eventually(lambda: close_to(picture(page), expected_picture(tuple(after)), within=2))


def test_python_moves_the_ring_and_its_own_echo_does_not(opened: Any, page: Any) -> None:
    opened("image")
    page.get_by_role("button", name="Go to example 7").click()
    event = await_run(page, 2)
    assert event["clicked"] == "7"
    z = tuple(float(number) for number in event["z"].strip("[]").split(","))
    eventually(lambda: close_to(picture(page), expected_picture(z), within=2))
    page.mouse.click(*spot(page, (0.0, 0.4)))
    moved = await_run(page, 3)["z"]
    page.get_by_role("button", name="Go to example 7").click()
    assert await_run(page, 4)["z"] == event["z"] != moved


def test_a_class_is_told_to_the_decoder_and_to_python(opened: Any, page: Any) -> None:
    opened("conditional")
    labelled = expected_picture((0.0, 0.0), label=0)
    eventually(lambda: close_to(picture(page), labelled, within=2))
    page.get_by_role("radio", name="4", exact=True).click()
    assert await_run(page, 2)["label"] == "4"
    labelled = expected_picture((0.0, 0.0), label=4)
    eventually(lambda: close_to(picture(page), labelled, within=2))
    page.keyboard.press("ArrowRight")
    assert await_run(page, 3)["label"] == "5"


def test_a_lasso_on_the_map_marks_the_same_rows_in_the_feature_plots(
    opened: Any, page: Any
) -> None:
    opened("table", query="&points=150")
    page.get_by_role("button", name="Lasso").click()
    corners = [spot(page, z) for z in ((0.6, -1.4), (2.9, -1.4), (2.9, 1.4), (0.6, 1.4))]
    drag_lasso(page, corners)
    event = await_run(page, 2)
    rows = marked_rows(page, ".lp-plot .lp-figure")
    assert len(rows) == int(event["selected"]) > 30
    other = ".lp-matrix .lp-figure"
    assert changed(lambda: sorted(marked_rows(page, other)), []) == sorted(rows)


def test_a_lasso_in_the_feature_plots_marks_the_map(opened: Any, page: Any) -> None:
    opened("table", query="&points=150")
    box = page.locator(".lp-matrix .subplot .nsewdrag, .lp-matrix .nsewdrag").first.bounding_box()
    assert box
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = left + box["width"] - 8, top + box["height"] - 8
    drag_lasso(page, [(left, top), (right, top), (right, bottom), (left, bottom)])
    event = await_run(page, 2)
    rows = changed(lambda: marked_rows(page, ".lp-plot .lp-figure"), [])
    assert len(rows) == int(event["selected"]) > 30


def test_the_ghost_walks_through_the_feature_plots(opened: Any, page: Any) -> None:
    opened("table")
    page.wait_for_selector(".lp-ghost")
    read = """() => Array.from(document.querySelectorAll(".lp-ghost"), (dot) =>
        dot.getAttribute("transform"))"""
    before = page.evaluate(read)
    page.mouse.move(*spot(page, (1.0, -1.0)))

    def check() -> None:
        after = page.evaluate(read)
        assert len(before) == len(after) == 6
        assert all(old != new for old, new in zip(before, after, strict=True))

    eventually(check)


@pytest.mark.parametrize("blocked", ["**/*.wasm", "**/*.onnx"])
def test_without_wasm_or_decoder_the_server_decodes_on_release(
    opened: Any, page: Any, blocked: str
) -> None:
    page.route(blocked, lambda route: route.abort())
    opened("image", until=DRAWN)
    page.get_by_text("The network failed while the decoder was loading").wait_for()
    assert await_run(page, 2)["decodes"] == "False"
    eventually(lambda: close_to(picture(page), expected_picture((0.0, 0.0)), within=2))
    page.mouse.click(*spot(page, (0.1, 0.4)))
    event = await_run(page, 3)
    z = tuple(float(number) for number in event["z"].strip("[]").split(","))
    assert z == pytest.approx((0.1, 0.4), abs=0.02)
    eventually(lambda: close_to(picture(page), expected_picture(z), within=2))


def test_without_webgl_the_points_are_drawn_as_svg(opened: Any, page: Any) -> None:
    page.add_init_script(
        """const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.startsWith("webgl") ? null : get.call(this, kind, ...rest);
        };"""
    )
    opened("table", query="&points=90")
    assert page.locator(".lp-plot .scatterlayer .point").count() == 90
    assert page.locator(".lp-matrix .scatterlayer .point").count() == 6 * 90


def test_zoom_and_hidden_classes_survive_a_rerun(opened: Any, page: Any) -> None:
    opened("image")
    read = """() => {
        const graph = document.querySelector(".lp-plot .lp-figure");
        const hidden = graph._fullData.filter((t) => t.visible === "legendonly");
        return [graph._fullLayout.xaxis.range, hidden.map((t) => t.name)];
    }"""
    (left, right), _ = page.evaluate(read)
    page.mouse.move(*spot(page, (1.0, 0.0)))
    page.mouse.wheel(0, -400)
    page.locator(".lp-plot .legendtoggle").nth(2).click()

    def zoomed() -> Any:
        found = page.evaluate(read)
        assert found[0][1] - found[0][0] < 0.95 * (right - left)
        assert "2" in found[1]
        return found

    before = eventually(zoomed)
    page.get_by_role("button", name="Go to example 7").click()
    await_run(page, 2)
    stays_quiet(page)
    assert page.evaluate(read) == before


def test_the_grid_of_pictures_shows_what_the_decoder_answers(opened: Any, page: Any) -> None:
    opened("image")
    page.locator("[data-overlay=manifold]").check()
    page.wait_for_function("window.latentPlaneStats.plane.manifold > 0", timeout=30_000)
    values, z = page.evaluate(
        """() => {
            const canvas = document.querySelector(".lp-manifold");
            const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
            const { xaxis, yaxis } = document.querySelector(".lp-plot .lp-figure")._fullLayout;
            const [columns, rows] = [canvas.width / 8, canvas.height / 8];
            const u = xaxis.range[0] + (xaxis.range[1] - xaxis.range[0]) / columns / 2;
            const v = yaxis.range[1] - (yaxis.range[1] - yaxis.range[0]) / rows / 2;
            return [Array.from(data.filter((_, i) => i % 4 === 0)), [u, v]];
        }"""
    )
    assert values == pytest.approx(expected_picture(tuple(z)), abs=2)


def test_the_figures_follow_the_theme(opened: Any, page: Any) -> None:
    read = """() => document.querySelector(".lp-plot .lp-figure")._fullLayout.font.color"""
    page.emulate_media(color_scheme="light")
    light = opened("image").evaluate(read)
    page.emulate_media(color_scheme="dark")
    opened("image")
    assert page.evaluate(read) != light


def test_one_latent_dimension_is_a_line(opened: Any, page: Any) -> None:
    opened("one")
    page.mouse.click(*spot(page, (-0.5, 0.6)))
    event = await_run(page, 2)
    assert [float(number) for number in event["z"].strip("[]").split(",")] == pytest.approx(
        [-0.5], abs=0.05
    )


def test_escape_lets_the_lasso_go(opened: Any, page: Any) -> None:
    opened("table", query="&points=150")
    page.get_by_role("button", name="Lasso").click()
    drag_lasso(page, [spot(page, z) for z in ((0.6, -1.4), (2.4, -1.4), (2.4, 1.4), (0.6, 1.4))])
    assert int(await_run(page, 2)["selected"]) > 30
    page.get_by_role("button", name="Lasso").press("Escape")
    assert await_run(page, 3)["selected"] == "0"
    page.wait_for_function(
        "!document.querySelector('.lp-matrix .lp-figure')._fullData.some("
        "(trace) => trace.meta?.overlay === 'points' && trace.selectedpoints?.length)"
    )
    assert marked_rows(page, ".lp-matrix .lp-figure") == []


def test_nothing_jumps_while_the_parts_arrive(page: Any, harness: str) -> None:
    page.goto(f"{harness}/plane?case=image")
    page.wait_for_function("window.latentPlaneStats?.plane?.first", timeout=60_000)
    read = """() => [".lp-plot", ".lp-picture", ".lp-where", ".lp-sliders"].map((part) => {
        const box = document.querySelector(part).getBoundingClientRect();
        return [box.left, box.top, box.width, box.height].map(Math.round);
    })"""
    before = page.evaluate(read)
    page.wait_for_function(READY, timeout=60_000)
    await_rest(page)
    stays_quiet(page)
    assert page.evaluate(read) == before
