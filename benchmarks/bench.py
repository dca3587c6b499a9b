"""What the benchmarks share: the machine's description, a page of the app, results as a table."""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

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
        return f"{self.value:,.0f} {self.unit}" if whole else f"{self.value:.3g} {self.unit}"

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
    load = os.getloadavg()[0]
    results = list(measure(**given))
    if as_json:
        values = [asdict(result) for result in results]
        print(json.dumps({"title": title, **machine(load), "results": values}, ensure_ascii=False))
    else:
        _print_table(title, results, machine(load))


def machine(load: float) -> dict[str, Any]:
    """Where and when this was measured; `load` is what others did as it began."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "load": round(load, 1),
        "date": datetime.now(UTC).date().isoformat(),
    }


@contextmanager
def app(script: Path = ROOT / "app.py", *, profile: Path | None = None) -> Iterator[Server]:
    """The running app, or another script's; with `profile`, a file for where its time goes."""
    with tempfile.TemporaryDirectory(prefix="latent-") as folder:
        log = profile or Path(folder) / "streamlit.log"
        launcher = [str(ROOT / "benchmarks" / "profiled.py")] if profile else ["-m", "streamlit"]
        with serving(script, log=log, launcher=launcher) as server:
            yield server


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


def sent_messages(page: Any) -> list[Any]:
    """All websocket messages that the page will send; ask before it opens an address."""
    messages: list[Any] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda message: messages.append(message))

    page.on("websocket", listen)
    return messages


def model_of(dataset: str, architecture: str = "dense") -> str:
    """Name of a shipped, unconditional model."""
    from vae_core import registry

    for entry in registry.models(within=registry.roots()[:1]):
        spec = entry.manifest.spec if entry.manifest else None
        if spec is None or spec.conditional:
            continue
        if (spec.dataset, spec.architecture) == (dataset, architecture):
            return entry.model_id
    raise SystemExit(f"There is no {architecture} model of {dataset} in pretrained/.")


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
    lines = info.read_text().splitlines() if info.exists() else []
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
