"""How soon and how small: imports, the first page, the first decoded picture, memory."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from statistics import median

import psutil
from bench import READY, ROOT, STATS, Result, app, browser, main, model_of, visitor

from tests.browser.running import Server

ROUNDS = 5
COLD_VISITS = 3
MIB = 1024**2

IMPORT = """
import sys, time, resource
sys.path[:0] = [{root!r}, {tests!r}]
started = time.perf_counter()
for name in {names!r}: __import__(name)
seconds = time.perf_counter() - started
import psutil
heavy = [name for name in ("tensorflow", "keras", "sklearn", "pandas") if name in sys.modules]
print(seconds, psutil.Process().memory_info().rss, len(heavy))
"""
# What the app process stands on is written once, in the test that guards it.
APP_SIDE = """
from test_architecture import APP_SIDE, modules
print(*[f"vae_core.{name}" for name in APP_SIDE if f"vae_core.{name}" in modules()])
"""
CANVAS_SHOWS = """() => {
    const canvas = document.querySelector(".lp-picture");
    if (!canvas || !canvas.width) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 !== 3 && value > 0) ? performance.now() : false;
}"""


WORDS_SHOW = """() =>
    document.querySelector("[data-testid=stMain] p") ? performance.now() : false"""
LINKS = {10: 3, 1: 20}
"""Megabits a second, and the most seconds that the first picture may take."""
LATENCY = 40


def measure() -> Iterator[Result]:
    yield from _imports()
    yield from _first_page()
    with app() as server, browser() as running:
        yield from _first_pictures(running, server.address)
        yield from _slow_links(running, server.address)
    with app() as server, browser() as running:
        yield from _memory(running, server)


def _imports() -> Iterator[Result]:
    names = _python(APP_SIDE, "tests").split()
    ours = [_import(names) for _ in range(ROUNDS)]
    numpy = [_import(["numpy"]) for _ in range(ROUNDS)]
    seconds, base = (median(run[0] for run in runs) for runs in (ours, numpy))
    memory, base_memory = (median(run[1] for run in runs) for runs in (ours, numpy))
    yield Result(
        "import what the app needs of vae_core", seconds, "s", at_most=1,
        times=seconds / base, baseline=f"import numpy ({base:.2f} s)",
    )  # fmt: skip
    yield Result(
        "memory after it", memory / MIB, "MiB",
        times=memory / base_memory, baseline=f"import numpy ({base_memory / MIB:.0f} MiB)",
    )  # fmt: skip
    yield Result("TensorFlow, Keras, sklearn, pandas among them", ours[0][2], "modules", at_most=0)


def _first_page() -> Iterator[Result]:
    with browser() as running:
        started = time.perf_counter()
        with app() as server:
            with urllib.request.urlopen(server.address) as page:
                page.read()
            served = time.perf_counter() - started
            with visitor(running) as page:
                page.goto(server.address, wait_until="commit")
                page.locator(
                    "[data-testid=stTopNavLink], [data-testid=stMain] .st-key-header"
                ).first.wait_for()
                there = time.perf_counter() - started
                page.wait_for_function(CANVAS_SHOWS, polling="raf")
                decoded = time.perf_counter() - started
    yield Result("streamlit run to its first HTML", served, "s")
    yield Result("streamlit run to the first page in a browser", there, "s", at_most=5)
    yield Result("streamlit run to its first decoded picture", decoded, "s")


def _first_pictures(running: object, address: str) -> Iterator[Result]:
    """Medians over visitors with empty caches; the server has had one visitor before."""
    url = f"{address}/?model={model_of('mnist')}"
    visits = [_visit(running, url) for _ in range(1 + COLD_VISITS)][1:]
    first, ready, drawn = (median(visit[i] for visit in visits) for i in range(3))
    yield Result("cold browser to the first decoded picture", first, "s", at_most=1.5)
    yield Result("cold browser to its own decoder", ready, "s")
    yield Result("cold browser to the map", drawn, "s")


def _slow_links(running: object, address: str) -> Iterator[Result]:
    """Over a throttled network, beside what a minimal app of Streamlit's takes to say a word."""
    url = f"{address}/?model={model_of('mnist')}"
    with app(ROOT / "benchmarks" / "minimal_app.py") as minimal:
        for megabits, goal in LINKS.items():
            shown, sent = _throttled(running, url, megabits, CANVAS_SHOWS)
            base, _ = _throttled(running, minimal.address, megabits, WORDS_SHOW)
            link = f"{megabits} Mbit/s, {LATENCY} ms"
            yield Result(
                f"cold browser to the first decoded picture, {link}", shown, "s", at_most=goal,
                times=shown / base, baseline=f"a minimal Streamlit app's words ({base:.1f} s)",
            )  # fmt: skip
            yield Result(f"bytes until then, {link}", sent / 1e6, "MB")


def _throttled(running: object, url: str, megabits: float, shows: str) -> tuple[float, float]:
    """Seconds from navigation until `shows` is true, and the bytes that had come by then."""
    sent: list[float] = []
    with visitor(running) as page:
        network = page.context.new_cdp_session(page)
        network.on("Network.dataReceived", lambda event: sent.append(event["encodedDataLength"]))
        network.send("Network.enable")
        speed = megabits * 1e6 / 8
        limits = {"latency": LATENCY, "downloadThroughput": speed, "uploadThroughput": speed}
        network.send("Network.emulateNetworkConditions", {"offline": False, **limits})
        page.goto(url, wait_until="commit")
        shown = page.wait_for_function(shows, polling="raf").json_value()
        return shown / 1000, sum(sent)


def _visit(running: object, url: str) -> tuple[float, float, float]:
    """Seconds from navigation to the first picture, to the decoder and to the map."""
    with visitor(running) as page:
        page.goto(url, wait_until="commit")
        shown = page.wait_for_function(CANVAS_SHOWS, polling="raf").json_value()
        page.wait_for_function(READY)
        moments = page.evaluate(f"[{STATS}.ready, {STATS}.drawn]")
    return shown / 1000, moments[0] / 1000, moments[1] / 1000


def _memory(running: object, server: Server) -> Iterator[Result]:
    with visitor(running) as page:
        page.goto(f"{server.address}/?model={model_of('mnist')}")
        page.wait_for_function(READY)
        page.wait_for_timeout(1000)
        memory = psutil.Process(server.pid).memory_full_info()
    yield Result("server with one visitor, resident (RSS)", memory.rss / MIB, "MiB", at_most=250)
    yield Result("of it not shared with others (USS)", memory.uss / MIB, "MiB")


def _import(names: list[str]) -> tuple[float, float, float]:
    """Seconds, bytes and the count of heavy modules of a fresh interpreter."""
    code = IMPORT.format(root=str(ROOT), tests=str(ROOT / "tests"), names=names)
    seconds, memory, heavy = map(float, _python(code).split())
    return seconds, memory, heavy


def _python(code: str, *paths: str) -> str:
    setup = "".join(f"import sys; sys.path.insert(0, {str(ROOT / path)!r})\n" for path in paths)
    command = [sys.executable, "-c", setup + code]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout


if __name__ == "__main__":
    main("Start", measure)
