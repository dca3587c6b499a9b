"""Names that look like markup, on every page: people read what was written, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pages.shared.navigation import PAGES
from tests.browser import running
from tests.browser.rest import await_rest
from tests.colleagues import renamed
from tests.conftest import ROOT
from tests.visits import shipped
from vae_core.artifacts.artifact import Artifact

pytestmark = pytest.mark.browser

TRICKS = (
    "<b class=trick>x</b>",
    "*trick*",
    "$trick^2$",
    ":red[trick]",
    "[trick](trick)",
    "![trick](x.png)",
    "# trick",
    ":material/trick: a",
    "<img src=x onerror='window.trick=1'>",
    "`trick` &lt;",
)

# Where one of the names has become something else than text.
TRICKED = """() => {
    const marks = "b.trick, em, .katex, a[href$=trick], [data-testid=stMain] img[src$='x.png'], "
        + "[data-testid=stMain] img[src$='x'], code, h1, h2, h3, span, tspan";
    const found = [...document.querySelectorAll(marks)].filter((element) => {
        if (element.matches("b.trick, .katex, a, img")) return true;
        if (element.matches("span")) return /(^|;)\\s*color/.test(element.style.cssText)
            && element.textContent === "trick";
        if (element.matches("tspan")) return element.style.fontWeight === "bold"
            && element.textContent === "x";
        return element.textContent.trim() === "trick";
    }).map((element) => element.outerHTML.slice(0, 200));
    return window.trick ? [...found, "a script ran"] : found;
}"""


@pytest.fixture(scope="module")
def tricky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Artifact]]]:
    """Address of an app with a table's and a picture's model full of such names."""
    home: Path = tmp_path_factory.mktemp("names")
    wine, digits = shipped("wine"), shipped("digits", conditional=True)
    features = Artifact.open(ROOT / "pretrained" / wine).manifest.description.features
    named = tuple(
        feature.model_copy(update={"name": f"{TRICKS[i % len(TRICKS)]} {i}", "unit": "*trick*"})
        for i, feature in enumerate(features)
    )
    text = {"title": " ".join(TRICKS[:5]), "source": TRICKS[4], "citation": TRICKS[0]}
    models = [
        renamed(
            wine, "tricky_table", within=home / "models", labels=TRICKS[:3], features=named, **text
        ),
        renamed(digits, "tricky_pictures", within=home / "models", labels=TRICKS, **text),
    ]
    with running.serving(ROOT / "app.py", log=home / "log", home=home) as server:
        yield server.address, models


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("train", "jobs")])
def test_names_stay_text(page: Any, tricky: tuple[str, list[Artifact]], name: str) -> None:
    address, models = tricky
    for model in models:
        path = "" if name == next(iter(PAGES)) else name
        page.goto(f"{address}/{path}?model={model.manifest.model_id}")
        await_rest(page)
        assert page.evaluate(TRICKED) == []
        if name == "card":
            assert TRICKS[0] in page.locator("body").inner_text()
