"""What the benchmarks share: the machine's description, a page of the app, results as a table."""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


import psutil  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from tests.browser.running import Server, chromium, serving  # noqa: E402

VIEWPORT = {"width": 1440, "height": 900}
STATS = "Object.values(window.latentPlaneStats ?? {})[0]"
READY = f"{STATS}?.drawn && {STATS}.ready && {STATS}.painted"


@dataclass(frozen=True)
class Result:
    """One measured number. `at_most` or `at_least` is its target; `times` is it over a baseline."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    times: float | None = None
    baseline: str = ""

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    @property
    def number(self) -> str:
        whole = abs(self.value) >= 100 or self.value == round(self.value)
        return f"{self.value:{',.0f' if whole else '.3g'}} {self.unit}".strip()

    @property
    def ratio(self) -> str:
        return "" if self.times is None else f"{self.times:.2g} × {self.baseline}"


def main(title: str, measure: Any, **options: Any) -> None:
    """The command line of a benchmark: run `measure`, print its results as a table or JSON."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    for name, settings in options.items():
        parser.add_argument(f"--{name}", **settings)
    given = vars(parser.parse_args())
    as_json = given.pop("json")
    load = psutil.cpu_percent(interval=1.0) / 100 * psutil.cpu_count()
    results = list(measure(**given))
    if as_json:
        values = [asdict(result) for result in results]
        print(json.dumps({"title": title, **machine(load), "results": values}, ensure_ascii=False))
    else:
        _print_table(title, results, machine(load))


def machine(load: float) -> dict[str, Any]:
    """Where and when this was measured; `load` is how many cores others used as it began."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "load": round(load, 1),
        "date": datetime.now(UTC).date().isoformat(),
    }


HARNESS = ROOT / "tests" / "browser" / "harness" / "app.py"
"""Has a page for each component."""


@contextmanager
def app(
    script: Path = ROOT / "app.py", *, launcher: str | None = None, log: Path | None = None
) -> Iterator[Server]:
    """The running app, or another script's, started by a `launcher` of this directory."""
    with tempfile.TemporaryDirectory(prefix="latent-") as folder:
        start = [str(ROOT / "benchmarks" / launcher)] if launcher else ["-m", "streamlit"]
        with serving(script, log=log or Path(folder) / "streamlit.log", launcher=start) as server:
            yield server


@contextmanager
def home() -> Iterator[None]:
    """A `LATENT_HOME` in which nothing was ever trained or compiled."""
    before = os.environ.get("LATENT_HOME")
    with tempfile.TemporaryDirectory(prefix="latent-", ignore_cleanup_errors=True) as folder:
        os.environ["LATENT_HOME"] = folder
        try:
            yield
        finally:
            os.environ.pop("LATENT_HOME")
            if before:
                os.environ["LATENT_HOME"] = before


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors since it began."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = chromium(playwright)
        yield running
        running.close()


@contextmanager
def visitor(running: Any, **options: Any) -> Iterator[Any]:
    """A page of a visitor who has never been here: a context with an empty cache."""
    context = running.new_context(**{"viewport": VIEWPORT, **options})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def page_of(name: str, model_id: str, *, timeout: float) -> Any:
    """The page `pages/<name>/page.py` of a model without a browser, not yet run."""
    from tests.visits import opened

    return opened(name, timeout=timeout, model=model_id)


def seconds_of_run(page: Any, clock: Callable[[], float]) -> float:
    """Seconds of `clock` that a run of the page's script takes; its errors end the benchmark."""
    start = clock()
    page.run()
    seconds = clock() - start
    if page.exception:
        raise SystemExit(str(page.exception))
    return seconds


def sent_messages(page: Any) -> list[Any]:
    """All websocket messages that the page will send; ask before it opens an address."""
    messages: list[Any] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda message: messages.append(message))

    page.on("websocket", listen)
    return messages


def model_of(
    dataset: str, architecture: str = "dense", *, conditional: bool = False, light: bool = False
) -> str:
    """Name of the best shipped model in two dimensions; `conditional` for one of those.

    `light` asks for the one with the smallest decoder instead.
    """
    from vae_core.artifacts import registry
    from vae_core.artifacts.manifest import DECODER

    wanted = (dataset, architecture, conditional, 2, None)
    found = {}
    for entry in registry.models(within=registry.roots()[:1]):
        if entry.manifest and _kind(entry.manifest.spec) == wanted:
            found[entry.model_id] = entry.manifest
    if not found:
        raise SystemExit(f"There is no {architecture} model of {dataset} in pretrained/.")
    if light:
        return min(found, key=lambda name: found[name].files[DECODER].bytes)
    return min(found, key=lambda name: registry.rank(found[name]))


def _kind(spec: Any) -> tuple[Any, ...]:
    return spec.dataset, spec.architecture, spec.conditional, spec.latent_dim, spec.without


def use_shared_data() -> None:
    """Find MNIST where continuous integration has it, unless `LATENT_DATA_DIR` says otherwise."""
    shared = ROOT.parent / "shared" / "data"
    if shared.is_dir():
        os.environ.setdefault("LATENT_DATA_DIR", str(shared))


def plot_point(page: Any, across: float, up: float) -> tuple[float, float]:
    """A place on the screen, as shares of the plane's width and height from its lower left."""
    box = page.locator(".lp-surface").bounding_box()
    return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _print_table(title: str, results: Sequence[Result], where: dict[str, Any]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in ("", "measured", "target", "against"):
        table.add_column(column, justify="right" if column in ("measured", "target") else "left")
    for result in results:
        table.add_row(result.what, result.number, result.target, result.ratio)
    console = Console(width=max(100, shutil.get_terminal_size().columns))
    console.print(table)
    console.print(
        f"{where['cpu']}, {where['cores']} cores, {where['system']}, Python {where['python']}, "
        f"load {where['load']} at the start, {where['date']}",
        highlight=False,
    )
