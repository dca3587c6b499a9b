"""Training in front of the class, in a real browser: live plane, controls, reload, film."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser import running
from tests.browser.rest import await_frames, await_rest, changed, stays_quiet
from tests.browser.test_plane import picture, spot
from tests.conftest import ROOT
from vae_core.datasets import CATALOGUE, default_spec
from vae_core.jobs.run_directory import RunDirectory

pytestmark = pytest.mark.browser

PATIENCE = 120_000
LONG = "2000"
EPOCHS = 120
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
STILL = 3  # pixels
BEHIND = 1.5  # seconds
SCRUB = 1.0  # seconds from the scrubber's move to its picture; 0.3 where nothing else runs

# Notes in every animation frame where things stand, and when an epoch is first told.
LOOKER = """() => {
    const noted = (window.noted = { places: [], epochs: [], plane: document.querySelector(".lp") });
    const look = () => {
        const told = document.body.innerText.match(/Epoch (\\d+): validation/);
        const epoch = told ? Number(told[1]) : 0;
        const before = noted.epochs.at(-1)?.[0] ?? 0;
        if (epoch > before) noted.epochs.push([epoch, Date.now() / 1000]);
        const tops = [".lp-plot", ".live-figure"].map((name) => {
            const found = document.querySelector(name);
            return found ? Math.round(found.getBoundingClientRect().top) : null;
        });
        if (String(tops) !== String(noted.places.at(-1))) noted.places.push(tops);
        requestAnimationFrame(look);
    };
    look();
}"""

IN_VIEW = """(name) => {
    const found = [...document.querySelectorAll(name)];
    return found.length > 0 && found.every((element) => {
        const { left, top, right, bottom, height } = element.getBoundingClientRect();
        return height > 10 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    });
}"""

# Resolves with the seconds from the next key press to the next picture.
STOPWATCH = """() => {
    const canvas = document.querySelector(".lp-picture");
    const before = canvas.toDataURL();
    window.scrubbed = new Promise((resolve) => {
        addEventListener("keydown", () => {
            const start = performance.now();
            const look = () =>
                canvas.toDataURL() === before
                    ? requestAnimationFrame(look)
                    : resolve((performance.now() - start) / 1000);
            look();
        }, { once: true, capture: true });
    });
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app of this module keeps its models, runs and log."""
    return tmp_path_factory.mktemp("train")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Address of an app with models and runs of its own."""
    log = folder / "streamlit.log"
    with running.serving(ROOT / "app.py", log=log, home=folder / "home") as server:
        yield server.address


@pytest.fixture
def start(page: Any, address: str) -> Iterator[Callable[[str], None]]:
    """Opens the Train page on digits and presses Train for so many epochs.

    What still runs at the end is cancelled, or a test that fails would take the only place.
    """

    def begin(epochs: str) -> None:
        page.goto(f"{address}/train")
        choose_dataset(page, "Digits (8×8)")
        box = page.get_by_label("Epochs", exact=True)
        await_rest(page)
        box.fill(epochs)
        page.get_by_role("button", name=re.compile("Train$")).click()  # at once, as people do
        page.get_by_role("button", name="Cancel and discard").wait_for(timeout=30_000)

    yield begin
    cancel = page.get_by_role("button", name="Cancel and discard")
    if cancel.count():
        cancel.click()
        page.locator(".st-key-run").get_by_text("Cancelled", exact=True).wait_for(timeout=15_000)


def choose_dataset(page: Any, title: str) -> None:
    page.get_by_label("Dataset").click(timeout=30_000)
    page.get_by_role("option", name=title, exact=True).click()
    page.get_by_text(f"What there is to learn: {title}").wait_for(timeout=30_000)
    await_rest(page)


def primary(page: Any) -> Any:
    """The primary buttons of the form that one sees."""
    return page.locator(".st-key-form [data-testid=stBaseButton-primary]:visible")


def in_view(page: Any, name: str) -> bool:
    """Whether all of what the selector finds is within the window, unscrolled."""
    return bool(page.evaluate(IN_VIEW, name))


def await_plane(page: Any) -> None:
    page.wait_for_function(READY, timeout=PATIENCE)


def await_end(page: Any) -> None:
    controls = page.locator(".st-key-run-afterwards")
    controls.get_by_role("button", name="Explore it").wait_for(timeout=PATIENCE)


def epoch_shown(page: Any) -> int:
    text = page.get_by_text(re.compile(r"^Epoch \d+: validation ELBO")).inner_text()
    return int(text.split()[1].rstrip(":"))


def run_of(page: Any, folder: Path) -> Path:
    """The directory of the run that the page shows."""
    (job_id,) = parse_qs(urlsplit(page.url).query)["job"]
    return folder / "home" / "runs" / job_id


@contextmanager
def clocking(events: Path) -> Iterator[list[float]]:
    """When each epoch's line came into the file of events; seconds since 1970."""
    written: list[float] = []
    closed = threading.Event()

    def look() -> None:
        while not closed.wait(0.01):
            count = events.read_bytes().count(b'"kind":"epoch"') if events.exists() else 0
            written.extend([time.time()] * (count - len(written)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield written
    finally:
        closed.set()
        thread.join()


def test_a_first_visit_shows_one_button_in_one_place_and_what_there_is_to_learn(
    page: Any, address: str
) -> None:
    page.goto(f"{address}/train")
    primary(page).wait_for(timeout=30_000)
    await_rest(page)
    places = []
    for dataset in CATALOGUE.values():
        choose_dataset(page, dataset.description.title)
        assert primary(page).count() == 1
        assert primary(page).is_enabled()
        places.append(primary(page).bounding_box())
        drawing = page.get_by_role("img", name=re.compile("^The network"))
        assert drawing.bounding_box()["height"] > 150
        assert in_view(page, ".network, .thumbnails, .example-table")
    assert all(place == places[0] for place in places), places
    page.set_viewport_size({"width": 390, "height": 844})
    await_frames(page)
    assert in_view(page, ".st-key-form [data-testid=stBaseButton-primary]")
    assert page.evaluate(
        "[...document.querySelectorAll('.network *')].every("
        "(e) => parseFloat(getComputedStyle(e).fontSize) >= 12"
        " && e.getBoundingClientRect().right <= innerWidth)"
    )


def test_equal_settings_are_opened_or_trained_again_from_another_seed(
    page: Any, address: str, folder: Path
) -> None:
    page.goto(f"{address}/train")
    choose_dataset(page, "Iris")
    place = primary(page).bounding_box()
    page.get_by_role("radio", name="Best").click()
    again = page.get_by_role("button", name="Train it again")
    again.wait_for(timeout=15_000)
    await_rest(page)
    there = again.bounding_box()
    assert (there["x"], there["y"]) == (place["x"], place["y"])
    beside = page.get_by_role("button", name="Open it").bounding_box()
    assert (beside["y"], beside["height"]) == (there["y"], there["height"])
    again.click()
    page.get_by_text(re.compile("seed 1$")).wait_for(timeout=30_000)
    assert RunDirectory(run_of(page, folder)).record().spec == default_spec("iris", seed=1)
    page.get_by_text("seed 2, as seeds 0 and 1 are taken").wait_for(timeout=15_000)
    page.get_by_role("button", name="Cancel and discard").click()
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url(re.compile(f"model={default_spec('iris').model_id}"), timeout=15_000)


def test_a_class_sees_plane_picture_and_curves_at_once(
    start: Callable[[str], None], page: Any
) -> None:
    start(LONG)
    await_plane(page)
    page.locator(".live-figure .main-svg").first.wait_for(timeout=30_000)
    await_rest(page)
    assert in_view(page, ".lp-plot, .lp-picture, .live-figure")
    assert page.locator(".live-figure").count() == 4
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    await_plane(page)
    await_rest(page)
    assert in_view(page, ".lp-plot, .lp-picture, .board-words")


def test_nothing_moves_and_the_page_keeps_up_with_the_worker(
    start: Callable[[str], None], page: Any, folder: Path
) -> None:
    start(str(EPOCHS))
    with clocking(run_of(page, folder) / "events.jsonl") as written:
        await_plane(page)
        page.evaluate(LOOKER)
        await_end(page)
        stays_quiet(page, 1000)  # what comes after the end moves nothing either
    noted = page.evaluate("({ ...window.noted, plane: null })")
    assert page.evaluate("noted.plane === document.querySelector('.lp')"), "mounted anew"
    for tops in zip(*noted["places"], strict=True):
        assert max(tops) - min(tops) <= STILL, noted["places"]
    told = noted["epochs"][1:]
    assert told[-1][0] == len(written) == EPOCHS
    behind = [
        next(moment for epoch, moment in told if epoch >= number) - written[number - 1]
        for number in range(told[0][0], EPOCHS + 1)
    ]
    assert median(behind) <= BEHIND, behind  # all of them, on a machine with nothing else to do


def test_a_class_drags_through_a_model_that_still_learns(
    start: Callable[[str], None], page: Any
) -> None:
    sent: list[Any] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda message: sent.append(message))

    page.on("websocket", listen)
    start(LONG)
    await_plane(page)
    first = epoch_shown(page)
    where = page.locator(".lp-where")
    before = where.inner_text()
    page.mouse.move(*spot(page, (0.5, 0.5)))
    place = changed(where.inner_text, before)
    await_rest(page)
    sent.clear()
    before = picture(page)
    page.wait_for_function(
        f"!document.body.innerText.includes('Epoch {first}: ')", timeout=PATIENCE
    )
    stays_quiet(page, 3000)
    assert not sent, "watching reruns nothing"
    assert epoch_shown(page) > first
    assert where.inner_text() == place
    changed(lambda: picture(page), before)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    await_plane(page)
    assert epoch_shown(page) > first
    page.get_by_role("button", name="Cancel and discard").click()
    page.locator(".st-key-run").get_by_text("Cancelled", exact=True).wait_for(timeout=15_000)
    assert page.get_by_role("button", name="Stop and keep the best").count() == 0


def test_stopped_early_it_keeps_a_model_a_film_to_scrub_and_epochs_to_fork(
    start: Callable[[str], None], page: Any
) -> None:
    start(LONG)
    await_plane(page)
    first = epoch_shown(page)
    page.wait_for_function(
        f"Number(document.body.innerText.match(/Epoch (\\d+): /)?.[1]) > {first} + 3",
        timeout=PATIENCE,
    )
    page.get_by_role("button", name="Stop and keep the best").click()
    await_end(page)
    scrubber = page.get_by_role("slider", name="Film")
    scrubber.wait_for(timeout=30_000)
    await_rest(page)
    scrubber.focus()
    seconds = []
    for key in ("Home", "End", "Home", "End", "Home"):
        page.evaluate(STOPWATCH)
        page.keyboard.press(key)
        seconds.append(page.evaluate("window.scrubbed"))
        stays_quiet(page, 700)  # a hand rests between two moves
    assert median(seconds[2:]) <= SCRUB, seconds
    page.get_by_role("button", name="Fork at 1").click()
    fork = page.get_by_test_id("stPopoverBody")
    fork.get_by_label("Beta", exact=True).fill("4")
    fork.get_by_role("button", name="Train").click()
    page.get_by_text(re.compile("^Fork of .* after epoch 1 with beta 4 instead of 1")).wait_for(
        timeout=30_000
    )
    page.get_by_role("button", name="Cancel and discard").click()
