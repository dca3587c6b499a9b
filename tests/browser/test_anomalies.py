"""The Anomalies page in a browser: the slider counts in silence, a cell opens its example."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pages.anomalies import scores
from pages.anomalies.outliers import SHUFFLED
from pages.shared.models import served
from tests.browser.rest import await_frames, await_rest, changed, stays_quiet
from tests.visits import shipped
from vae_core.metrics.detection import threshold

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page: Any, app: str) -> Callable[[str], Any]:
    """Opens the page of a model and waits until its scores are drawn."""

    def open_model(model_id: str) -> Any:
        page.goto(f"{app}/anomalies?model={model_id}")
        page.locator(".th[data-ready]").wait_for(timeout=60_000)
        await_rest(page)
        return page

    return open_model


def counts(page: Any) -> list[int]:
    """Alarms, held-out examples, outliers found, outliers."""
    text = page.locator(".th-counts").inner_text().replace(",", "")
    return [int(n) for pair in re.findall(r"(\d+) of (\d+)", text) for n in pair]


def move(page: Any, thousandths: int) -> None:
    """The slider at that quantile, as a finger would have put it there."""
    page.locator(".th input").fill(str(thousandths))
    await_frames(page)


def choose(page: Any, box: str, option: str) -> None:
    """Another option, after which the slider counts other scores."""
    slider = page.locator(".th")
    before = slider.get_attribute("data-ready")
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option).click()
    changed(lambda: slider.get_attribute("data-ready"), before)
    await_rest(page)


def test_the_slider_counts_as_python_does_and_sends_nothing(
    opened: Callable[[str], Any], page: Any
) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    model_id = shipped("digits")
    opened(model_id)
    parted = [
        values.astype("f4") for values in scores.parted(served(model_id), "negative_elbo", SHUFFLED)
    ]
    frames.clear()
    for thousandths in (500, 731, 950, 999):
        move(page, thousandths)
        limit = threshold(parted[0], thousandths / 1000)
        expected = [n for values in parted for n in (int((values > limit).sum()), len(values))]
        assert counts(page) == expected
    stays_quiet(page)
    assert not frames
    assert float(page.locator(".th").get_attribute("data-delay")) < 100


def test_the_line_stands_at_the_threshold(opened: Callable[[str], Any], page: Any) -> None:
    model_id = shipped("digits")
    opened(model_id)
    normal, _ = scores.parted(served(model_id), "negative_elbo", SHUFFLED)
    places = []
    for thousandths in (500, 950):
        move(page, thousandths)
        limit = threshold(normal, thousandths / 1000)
        axis = "document.querySelector('.th-plot')._fullLayout.xaxis"
        wanted = page.evaluate(f"{axis}._offset + {axis}.d2p({limit})")
        plot = page.locator(".th-plot").first.bounding_box()
        line = page.locator(".th-limit").bounding_box()
        assert line["x"] - plot["x"] == pytest.approx(wanted, abs=2)
        places.append(line["x"])
    assert places[0] < places[1]


def test_the_highest_outlier_opens_and_is_marked(opened: Callable[[str], Any], page: Any) -> None:
    model_id = shipped("digits")
    opened(model_id)
    first = page.locator(".cs-cell").first
    normal = first.get_attribute("title")
    page.get_by_role("radio", name="Outliers").click()
    changed(lambda: first.get_attribute("title"), normal)
    await_rest(page)
    first.click()
    page.get_by_role("button", name="Draw or choose one").wait_for(timeout=10_000)
    _, strange = scores.parted(served(model_id), "negative_elbo", SHUFFLED)
    page.get_by_text(f"example {int(np.argmax(strange)):,}").first.wait_for(timeout=10_000)
    mark = page.locator(".th-mark span", has_text=re.compile("^Digits"))
    mark.wait_for(state="attached")
    page.get_by_role("button", name="Draw or choose one").click()
    page.get_by_role("radio", name="From the dataset").wait_for(timeout=10_000)


def test_a_link_brings_back_what_was_seen(opened: Callable[[str], Any], page: Any) -> None:
    model_id = shipped("digits")
    opened(model_id)
    choose(page, "Against", "Digits (8×8), only 4")
    move(page, 731)
    choose(page, "Score", "KL")
    for part in ("against=class-4", "threshold=0.731", "score=KL", f"model={model_id}"):
        page.wait_for_url(re.compile(re.escape(part)))
    before = counts(page)
    page.goto(page.url)
    page.locator(".th[data-ready]").wait_for(timeout=60_000)
    await_rest(page)
    assert page.locator(".th input").input_value() == "731"
    assert counts(page) == before
    move(page, 950)
    page.wait_for_url(lambda url: "threshold" not in url)  # as without a link
    stays_quiet(page)
    assert "threshold" not in page.url
