"""Every page in both themes, searched by axe-core for what shuts people out."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from pages.shared.navigation import PAGES
from tests.browser.rest import await_rest

pytestmark = pytest.mark.browser

# Its box for files takes both a role for looks alone and the focus, which nothing of ours changes.
STREAMLITS = (
    'presentation-role-conflict: <section role="presentation" tabindex="-1" '
    'data-testid="stFileUploaderDropzone"'
)


BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
CONTRAST = {"runOnly": ["color-contrast"]}
"""All that another theme can change."""


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Any, app: str, name: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(app if name == next(iter(PAGES)) else f"{app}/{name}")
    await_rest(page)
    assert _violations(page) == []
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{BACKGROUND} !== {light!r}")
    await_rest(page)
    assert _violations(page, CONTRAST) == []


def _violations(page: Any, options: dict[str, Any] | None = None) -> list[str]:
    rules = Axe().run(page, options=options).response["violations"]
    found = [_said(node, rule["id"]) for rule in rules for node in rule["nodes"]]
    return [said for said in found if not said.startswith(STREAMLITS)]


def _said(node: dict[str, Any], rule: str) -> str:
    return f"{rule}: {node['html'][:200]} {node['failureSummary']}"
