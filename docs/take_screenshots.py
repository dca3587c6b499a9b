"""Screenshots of every page, to be looked at: `python docs/take_screenshots.py FOLDER`.

A page is taken at three widths, in both themes, on a server with all data and with some trainings
behind it (`full`), and on a new one without any (`empty`). `--page`, `--width`, `--theme` and
`--server` choose among them. Names say what is seen: `explore-390-dark-empty.png`.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pages.shared.navigation import PAGES  # noqa: E402
from tests.browser.rest import AT_REST  # noqa: E402
from tests.browser.running import Server, chromium, serving  # noqa: E402
from vae_core import add_dataset, paths, sweep  # noqa: E402
from vae_core.datasets import default_spec  # noqa: E402
from vae_core.datasets.own import store  # noqa: E402
from vae_core.jobs import State, Supervisor  # noqa: E402

HEIGHTS = {1440: 900, 800: 1000, 390: 844}
THEMES = ("light", "dark")
SERVERS = ("full", "empty")
SHARED_DATA = ROOT.parent / "shared" / "data"
SETTLED_MILLISECONDS = 1500
"""Pictures that the browser decodes by itself come after the script's end."""
ENDLESS = 10_000
TRAININGS = (("iris", 20), ("digits", 3), ("wine", ENDLESS))


def take(
    folder: Path,
    *,
    pages: Sequence[str],
    widths: Sequence[int],
    themes: Sequence[str],
    servers: Sequence[str],
) -> None:
    """Write the screenshots into `folder`: the first screen, and the whole page below it."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for server in servers:
            with _app(server) as running:
                for page, width, theme in product(pages, widths, themes):
                    path = folder / f"{page}-{width}-{theme}-{server}.png"
                    _take_one(browser, f"{running.address}/{page}", path, width, theme)
                    print(path, flush=True)
        browser.close()


@contextmanager
def _app(kind: str) -> Iterator[Server]:
    """The app with all data and a few trainings, or one that has just been cloned."""
    with tempfile.TemporaryDirectory(prefix="latent-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ["LATENT_DATA_DIR"] = str(SHARED_DATA if kind == "full" else home / "nothing")
        if kind == "full":
            _train(home)
        with serving(ROOT / "app.py", log=home / "app.log", home=home) as server:
            yield server


def _train(home: Path) -> None:
    """A table of one's own, and some trainings, the last of which is cancelled on its way."""
    os.environ["LATENT_HOME"] = str(home)
    add_dataset(paths.tables() / "penguins.csv", owner=store.HERE)
    sweep("iris", beta=[0.3, 1, 3], epochs=20, kl_warmup_epochs=0)
    supervisor = Supervisor(warm=False)
    for dataset, epochs in TRAININGS:
        spec = default_spec(dataset, epochs=epochs, seed=1)
        job = supervisor.submit(spec, visitor=f"who trains {dataset}")
        while supervisor.job(job.job_id).state.active:
            if epochs == ENDLESS and supervisor.job(job.job_id).state is State.RUNNING:
                supervisor.cancel(job.job_id)
            time.sleep(0.2)
    supervisor.close()


def _take_one(browser: Any, address: str, path: Path, width: int, theme: str) -> None:
    """A first visit: the root's address is the first page's, which has no other."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=theme,
        has_touch=width < 500,
    )
    page = context.new_page()
    page.goto(address.removesuffix(f"/{next(iter(PAGES))}"))
    page.wait_for_function(AT_REST, timeout=60_000)
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    page.screenshot(path=path)
    _whole_height(page, width)
    page.screenshot(path=path.with_stem(f"{path.stem}-whole"))
    context.close()


def _whole_height(page: Any, width: int) -> None:
    """Streamlit scrolls a part of the page, so the window itself has to become as high."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, HEIGHTS[width])})
    page.wait_for_timeout(SETTLED_MILLISECONDS // 3)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Screenshots of every page of the app")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", choices=PAGES, action="append", dest="pages")
    parser.add_argument("--width", choices=HEIGHTS, type=int, action="append", dest="widths")
    parser.add_argument("--theme", choices=THEMES, action="append", dest="themes")
    parser.add_argument("--server", choices=SERVERS, action="append", dest="servers")
    given = parser.parse_args()
    take(
        given.folder,
        pages=given.pages or list(PAGES),
        widths=given.widths or list(HEIGHTS),
        themes=given.themes or THEMES,
        servers=given.servers or SERVERS,
    )


if __name__ == "__main__":
    main()
