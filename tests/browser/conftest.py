"""A running Streamlit app and a Chromium page for the browser tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import running

HARNESS = Path(__file__).parent / "harness" / "app.py"


def skip(reason: str) -> None:
    """On a person's machine a missing browser is no failure; in CI nobody would notice a skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run the browser tests: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app that has a page for each component: `/plane`, `/pad` and so on."""
    log = tmp_path_factory.mktemp("harness") / "streamlit.log"
    with running.serving(HARNESS, log=log) as server:
        yield server.address


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `LATENT_HOME` of `app`."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def app(app_home: Path) -> Iterator[str]:
    """Address of the app itself, one for all tests that leave nothing behind in it."""
    script, log = running.REPOSITORY / "app.py", app_home / "app.log"
    with running.serving(script, log=log, home=app_home) as server:
        yield server.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium, or a skipped test."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        skip("playwright is not installed")
    with sync_playwright() as playwright:
        try:
            browser = running.chromium(playwright)
        except Error as error:
            skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """A fresh page; an uncaught error, or a request to another machine, fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    errors: list[str] = []
    asked: set[str | None] = set()
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    yield page
    context.close()
    assert not errors, errors
    assert asked <= {"localhost", "127.0.0.1", None}, asked
