"""The Model card in a browser: measured while one looks on, files to take, narrow windows."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.rest import await_rest
from tests.conftest import tiny_spec
from tests.visits import shipped
from vae_core.worker.pipeline import train_model

pytestmark = pytest.mark.browser

LAST = "active units"


def test_measured_numbers_come_by_themselves_and_go_into_the_files(
    page: Any, app: str, app_home: Path
) -> None:
    spec = tiny_spec("digits", architecture="dense")
    model = train_model(spec, root=app_home / "models")  # what is shipped knows all its numbers
    page.goto(f"{app}/card?model={spec.model_id}")
    page.get_by_text("given their true label").wait_for(timeout=60_000)
    page.get_by_role("button", name="Measure everything").click()
    page.get_by_text("Measuring:").wait_for(timeout=30_000)
    page.get_by_role("cell", name=LAST).wait_for(timeout=120_000)
    assert not page.get_by_text("Measuring:").count()
    page.get_by_role("button", name="Files").click()
    with page.expect_download() as card:
        page.get_by_role("button", name="Card as Markdown").click()
    assert LAST in Path(card.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as decoder:
        page.get_by_role("button", name="decoder.onnx").click()
    stored = model.file("decoder.onnx")
    assert Path(decoder.value.path()).read_bytes() == stored.read_bytes()


def test_a_narrow_window_needs_no_scrolling_sideways(page: Any, app: str) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(f"{app}/card?model={shipped('breast_cancer')}")
    page.get_by_text("given their true label").wait_for(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.main-svg').length >= 5", timeout=30_000)
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0


def test_the_first_screen_says_what_it_is_how_good_and_shows_its_latent_space(
    page: Any, app: str
) -> None:
    page.goto(f"{app}/card?model={shipped('mnist')}")
    await_rest(page)
    for seen in (
        page.get_by_role("heading", name="MNIST, 2 latent dimensions"),
        page.get_by_text("Held-out ELBO").first,
        page.get_by_text("than PCA with as many dimensions"),
        page.get_by_alt_text("decoded places of the latent space"),
        page.get_by_alt_text("originals over reconstructions"),
    ):
        box = seen.bounding_box()
        assert box["y"] + box["height"] <= 900, seen
