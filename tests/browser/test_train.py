"""Training in front of the class, in a real browser: live plane, controls, reload, film."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import running
from tests.browser.test_plane import picture, spot
from tests.test_explore import ROOT
from vae_core.datasets import default_spec

pytestmark = pytest.mark.browser

PATIENCE = 120_000
LONG = "2000"
EPOCHS_OF_DIGITS = default_spec("digits").epochs
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app with models and runs of its own."""
    folder = tmp_path_factory.mktemp("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_HOME", str(folder / "home"))
        with running.serving(ROOT / "app.py", log=folder / "streamlit.log") as server:
            yield server.address


@pytest.fixture
def start(page: Any, address: str) -> Callable[[str], None]:
    """Opens the Train page on digits and presses Train for so many epochs."""

    def begin(epochs: str) -> None:
        page.goto(f"{address}/train")
        page.get_by_label("Dataset").click(timeout=30_000)
        page.get_by_role("option", name="Digits").click()
        box = page.get_by_label("Epochs", exact=True)
        page.wait_for_function(  # the former dataset's form is still there for a moment
            f"""() => [...document.querySelectorAll('input[type=number]')]
                .some((input) => input.value === '{EPOCHS_OF_DIGITS}')""",
            timeout=30_000,
        )
        box.fill(epochs)
        box.press("Enter")
        page.get_by_role("button", name=re.compile("Train$")).click()
        page.get_by_role("button", name="Cancel and discard").wait_for(timeout=30_000)

    return begin


def await_plane(page: Any) -> None:
    page.wait_for_function(READY, timeout=PATIENCE)


def epoch_shown(page: Any) -> int:
    text = page.get_by_text(re.compile(r"^Epoch \d+: validation ELBO")).inner_text()
    return int(text.split()[1].rstrip(":"))


def test_a_class_drags_through_a_model_that_still_learns(
    start: Callable[[str], None], page: Any
) -> None:
    start(LONG)
    await_plane(page)
    first = epoch_shown(page)
    page.mouse.move(*spot(page, (0.5, 0.5)))
    page.wait_for_timeout(500)
    before = picture(page)
    place = page.locator(".lp-where").inner_text()
    page.wait_for_function(
        f"!document.body.innerText.includes('Epoch {first}: ')", timeout=PATIENCE
    )
    page.wait_for_timeout(3000)
    assert epoch_shown(page) > first
    assert page.locator(".lp-where").inner_text() == place
    assert picture(page) != before
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    await_plane(page)
    assert epoch_shown(page) > first
    page.get_by_role("button", name="Cancel and discard").click()
    page.get_by_text("Cancelled and discarded").wait_for(timeout=15_000)
    assert page.get_by_role("button", name="Stop and keep the best").count() == 0


def test_stopped_early_it_keeps_a_model_and_a_film_to_scrub(
    start: Callable[[str], None], page: Any
) -> None:
    start(LONG)
    await_plane(page)
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="Stop and keep the best").click()
    page.get_by_text(re.compile(r"Trained \d+ epochs")).wait_for(timeout=PATIENCE)
    await_plane(page)
    page.wait_for_timeout(1500)
    late = picture(page)
    page.get_by_role("slider", name="Film").focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(4000)
    assert picture(page) != late
    page.get_by_role("link", name="Explore it").first.click()
    page.wait_for_function("location.search.includes('digits-dense-z2')", timeout=20_000)
    await_plane(page)
