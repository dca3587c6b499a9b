"""Makes the pictures of the README from the running app: `python docs/make_pictures.py`."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "benchmarks"))

from bench import READY, STATS, app, browser, home, model_of, use_shared_data, visitor  # noqa: E402

from vae_core.arrays import Float64Array  # noqa: E402
from vae_core.paths import tables  # noqa: E402

SMALL = {"width": 1060, "height": 1000}
WIDE = {"width": 1440, "height": 900}
TALL = {"width": 1440, "height": 1200}
SWEEP_MILLISECONDS = 600_000

# A closed walk over the plane of the shipped MNIST model, four beats of two regions each.
WALK = np.array([
    (0.3, 1.9), (1.1, 0.9), (1.3, 0.1), (1.3, -0.9),
    (0.1, -1.0), (-0.9, -1.5), (-1.7, -0.1), (-0.7, 0.9),
])  # fmt: skip
BEATS = 4
COMPARED = ("mnist-dense-z2-00633388", "mnist-dense-z2-9a03f337", "mnist-dense-z16-daf11333")
SECONDS = 8.0
FRAMES_A_SECOND = 16
WEBP_LIMIT, PNG_LIMIT = 1_500_000, 250_000

SPOT = """([u, v]) => {
    const graph = document.querySelector(".lp-plot .lp-figure");
    const { xaxis, yaxis, _size } = graph._fullLayout;
    const box = graph.getBoundingClientRect();
    return [box.left + _size.l + xaxis.d2p(u), box.top + _size.t + yaxis.d2p(v)];
}"""
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def make_pictures() -> None:
    """Start the app, drive it as a visitor would, and write all pictures into docs/."""
    use_shared_data()
    mnist, iris = f"/?model={model_of('mnist')}", f"/?model={model_of('iris', 'table')}"
    with app() as server, browser() as running:
        walk = lambda page: _write_animation("walk.webp", list(_walk(page)))  # noqa: E731
        _visit(running, server.address + mnist, walk, viewport=SMALL)
        _visit(running, server.address + mnist, _light, viewport=WIDE)
        _visit(running, server.address + mnist, _dark, viewport=WIDE, color_scheme="dark")
        _visit(running, server.address + iris, _iris, viewport=WIDE)
        for path, act in (("/reconstruct", _draw_a_seven), ("/morph", _morph)):
            _visit(running, f"{server.address}{path}{mnist[1:]}", act, viewport=WIDE)
        compared = f"/compare?models={','.join(COMPARED)}&row=60008"
        _visit(running, server.address + compared, _compare, viewport=WIDE)
        classes = f"/generate?way=By+class&model={model_of('mnist', conditional=True)}"
        _visit(running, server.address + classes, _generate, viewport=WIDE)
        with visitor(running, viewport=WIDE) as page:
            page.goto(f"{server.address}/data")
            _table(page)
    with home(), app() as server, browser() as running, visitor(running, viewport=TALL) as page:
        page.goto(f"{server.address}/sweep")
        _sweep(page)


def _visit(running: Any, url: str, act: Callable[[Any], None], **options: Any) -> None:
    with visitor(running, **options) as page:
        page.goto(url)
        page.wait_for_function(READY)
        page.wait_for_timeout(1500)
        act(page)


def _walk(page: Any) -> Iterator[Image.Image]:
    """Screenshots along the walk, with the button down, cropped to the plane and the picture."""
    clip = _surrounding(page, ".lp-plot", ".lp-output", ".lp-sliders")
    places = _path(round(SECONDS * FRAMES_A_SECOND))
    page.mouse.move(*_spot(page, places[0]))
    page.mouse.down()
    for place in places:
        before = page.evaluate(f"{STATS}.painted")
        page.mouse.move(*_spot(page, place))
        page.wait_for_timeout(20)
        page.evaluate(TWO_FRAMES)
        if page.evaluate(f"{STATS}.painted") == before:
            page.wait_for_function(f"{STATS}.painted > {before}", timeout=2000)
        yield Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    page.mouse.up()


def _light(page: Any) -> None:
    _drag(page, [(0.0, 0.0), (-0.4, -0.6), (-0.9, -1.4)])
    _write_still("explore-light.png", page.screenshot())


def _dark(page: Any) -> None:
    page.get_by_role("switch", name="Decoded pictures").check(force=True)
    page.wait_for_function(f"{STATS}.manifold")
    _drag(page, [(0.0, 0.0), (0.2, 1.0), (0.3, 1.9)])
    _write_still("explore-dark.png", page.screenshot())


def _iris(page: Any) -> None:
    page.get_by_role("button", name="Lasso").click()
    corners = [(0.9, 2.3), (2.0, 2.3), (2.0, -2.3), (0.9, -2.3), (0.9, 2.3)]
    _drag(page, corners)
    page.get_by_role("button", name="Explore").click()
    _drag(page, [(0.5, 0.5), (1.2, 0.6)])
    _write_still("iris.png", page.screenshot())


def _table(page: Any) -> None:
    page.set_input_files("input[type=file]", tables() / "penguins.csv")
    page.get_by_role("button", name="Add this table").wait_for()
    page.wait_for_timeout(1500)
    _write_still("data.png", page.screenshot())


def _sweep(page: Any) -> None:
    """Ten trainings of the digits, some minutes."""
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("60")
    epochs.press("Tab")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Start the sweep").click()
    page.get_by_text("Finished", exact=True).first.wait_for(timeout=SWEEP_MILLISECONDS)
    page.locator(".st[data-ready]").wait_for()
    page.wait_for_timeout(2000)
    _write_still("sweep.png", page.screenshot())


def _draw_a_seven(page: Any) -> None:
    page.get_by_role("radio", name="Draw").click()
    page.wait_for_function("Object.values(window.padStats ?? {})[0]?.ready")
    left, top, width, height = page.locator(".dp-sheet").bounding_box().values()
    seven = [(0.3, 0.25), (0.7, 0.25), (0.62, 0.45), (0.45, 0.8)]
    corners = [(left + x * width, top + y * height) for x, y in seven]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=12)
    page.mouse.up()
    page.wait_for_timeout(3000)
    _write_still("reconstruct.png", page.screenshot())


def _morph(page: Any) -> None:
    page.wait_for_function("Object.values(window.stripStats ?? {})[0]?.decoded")
    page.wait_for_timeout(1500)
    _write_still("morph.png", page.screenshot())


def _compare(page: Any) -> None:
    """The sevens of the first plane in a lasso, and where the others have them."""
    page.get_by_role("button", name="Lasso").click()
    _drag(page, [(-1.9, 1.5), (-1.7, 3.0), (0.6, 3.0), (0.6, 1.5), (-1.9, 1.4)])
    page.get_by_text("In the lasso").wait_for()
    page.get_by_role("button", name="Examples").click()
    page.mouse.move(10, 10)
    page.wait_for_timeout(1500)
    _write_still("compare.png", page.screenshot())


def _generate(page: Any) -> None:
    page.wait_for_timeout(1500)
    _write_still("generate.png", page.screenshot())


def _drag(page: Any, places: list[tuple[float, float]]) -> None:
    page.mouse.move(*_spot(page, places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*_spot(page, place), steps=8)
    page.mouse.up()
    page.wait_for_timeout(1500)


def _path(count: int) -> Float64Array:
    """`count` places on a smooth closed curve through `WALK`, slower where a beat begins."""
    beat = np.arange(count) / count * BEATS
    share = beat % 1
    eased = np.floor(beat) + 0.45 * share + 0.55 * share**2 * (3 - 2 * share)
    position = eased / BEATS * len(WALK)
    left = np.floor(position).astype(int)
    t = (position - left)[:, None]
    a, b, c, d = (WALK[(left + k) % len(WALK)] for k in (-1, 0, 1, 2))
    # Catmull-Rom: through every corner, with the slope of its neighbours
    path: Float64Array = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return path


def _spot(page: Any, place: Any) -> tuple[float, float]:
    x, y = page.evaluate(SPOT, [float(number) for number in place])
    return x, y


def _surrounding(page: Any, *selectors: str) -> dict[str, float]:
    """The smallest rectangle around the elements, with a margin."""
    boxes = [page.locator(selector).first.bounding_box() for selector in selectors]
    left, top = (min(box[side] for box in boxes) - 8 for side in "xy")
    right = max(box["x"] + box["width"] for box in boxes) + 8
    bottom = max(box["y"] + box["height"] for box in boxes) + 8
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _write_animation(name: str, frames: list[Image.Image]) -> None:
    """An endless WebP in the best quality that keeps the limit."""
    path = DOCS / name
    for quality in (85, 75, 65, 50, 35):
        frames[0].save(
            path, save_all=True, append_images=frames[1:], loop=0, minimize_size=True,
            duration=round(1000 / FRAMES_A_SECOND), quality=quality, method=4,
        )  # fmt: skip
        if path.stat().st_size <= WEBP_LIMIT:
            break
    _report(path, WEBP_LIMIT, f"{frames[0].size}, {len(frames)} frames, quality {quality}")


def _write_still(name: str, png: bytes) -> None:
    """A screenshot as a PNG; in 256 colours only where all of them pass the limit."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.save(DOCS / name, optimize=True)
    if (DOCS / name).stat().st_size > PNG_LIMIT:
        picture.quantize(256, dither=Image.Dither.NONE).save(DOCS / name, optimize=True)
    _report(DOCS / name, PNG_LIMIT, str(picture.size))


def _report(path: Path, limit: int, what: str) -> None:
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:,.0f} kB, {what}")
    if size > limit:
        raise SystemExit(f"{path.name}: expected at most {limit:,} bytes. Received: {size:,}")


if __name__ == "__main__":
    make_pictures()
