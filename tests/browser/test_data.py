"""Your own table, from the dropped file to the completed one, in a real browser."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser import running
from tests.browser.rest import await_rest, changed
from tests.browser.test_plane import spot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000
READY = "Object.values(window.latentPlaneStats ?? {}).some((s) => s.drawn && s.ready)"
ROWS = 160


def herd() -> str:
    """A table of two kinds of animals, with German decimals, gaps and an identifier."""
    rng = np.random.default_rng(0)
    lines = ["tag;kind;weight;legs;colour;seen on"]
    for number in range(ROWS):
        cow = number % 2
        weight = f"{rng.normal(600, 30) if cow else rng.normal(80, 8):.1f}".replace(".", ",")
        colour = rng.choice(["brown", "white"], p=[0.9, 0.1] if cow else [0.1, 0.9])
        cells = [f"A-{7919 * number % 9973}", ("goat", "cow")[cow], weight, "4", colour]
        cells.append(f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}")
        if number % 7 == 3:
            cells[2] = ""
        if number % 11 == 5:
            cells[4] = ""
        lines.append(";".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app of its own: what is added here must not appear in others' tests."""
    home = tmp_path_factory.mktemp("data")
    with running.serving(running.REPOSITORY / "app.py", log=home / "app.log", home=home) as server:
        yield server.address


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is dropped."""
    path = tmp_path_factory.mktemp("tables") / "My herd.csv"
    path.write_text(herd(), encoding="utf-8")
    return path


def test_from_a_dropped_table_to_a_completed_one(page: Any, server: str, table: Path) -> None:
    page.goto(f"{server}/data")
    page.set_input_files("input[type=file]", table)
    page.get_by_text("160 rows, 6 columns").wait_for(timeout=PATIENCE)
    assert "identifier" in chosen(page, "Role of tag")
    assert chosen(page, "Kind of weight") == "positive number"
    assert chosen(page, "Role of kind") == "label"
    choose(page, "Role of seen on", "ignored")
    choose(page, "Kind of weight", "real number")
    await_rest(page)
    page.get_by_role("button", name="Add this table").click()
    page.get_by_role("button", name="Train on it").click(timeout=PATIENCE)
    _train(page)
    _walk(page)
    completed = _fill(page)
    assert len(completed) == ROWS
    assert [row["tag"] for row in completed[:2]] == ["A-0", "A-7919"]
    assert all(row["weight"] and row["colour"] in ("brown", "white") for row in completed)
    filled = {
        colour: [
            float(new["weight"])
            for new, old in zip(
                completed, csv.DictReader(StringIO(herd()), delimiter=";"), strict=True
            )
            if not old["weight"] and old["colour"] == colour
        ]
        for colour in ("brown", "white")
    }
    assert np.median(filled["brown"]) > 400, "most brown ones are cows"
    assert np.median(filled["white"]) < 300, "most white ones are goats"


def test_deleting_asks_and_says_what_leans_on_it(page: Any, server: str) -> None:
    page.goto(f"{server}/data")
    row = page.get_by_text("My herd")
    row.first.wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("learned from it").wait_for()
    page.get_by_role("button", name="Delete it for good").click()
    row.first.wait_for(state="detached", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "A table needs"),
        ("one.csv", b"a,b\n1,2\n", "A table needs"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "Received"),
    ],
)
def test_what_is_no_table_is_said_in_words(
    page: Any, server: str, name: str, content: bytes, words: str
) -> None:
    page.goto(f"{server}/data")
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.set_input_files("input[type=file]", file)
    page.locator("[data-testid=stAlert]", has_text=words).wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="Add this table").count() == 0


def chosen(page: Any, box: str) -> str:
    return str(page.get_by_role("combobox", name=box).input_value())


def choose(page: Any, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option, exact=True).click()
    await_rest(page)


def _train(page: Any) -> None:
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.wait_for(timeout=PATIENCE)
    epochs.fill("60")
    epochs.press("Enter")
    await_rest(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Explore it").click(timeout=PATIENCE)


def _walk(page: Any) -> None:
    page.get_by_text("Nearest examples").wait_for(timeout=PATIENCE)  # no longer Train's plane
    page.wait_for_function(READY, timeout=PATIENCE)
    await_rest(page)
    bars = page.locator(".lp-output")
    assert "colour" in bars.inner_text()
    before = bars.inner_text()
    start, end = spot(page, (0.0, 0.0)), spot(page, (1.0, 1.0))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    changed(bars.inner_text, before)
    page.mouse.up()
    await_rest(page)


def _fill(page: Any) -> list[dict[str, str]]:
    page.get_by_role("link", name="Fill gaps").click()
    page.locator(".gaps-filled").first.wait_for(timeout=PATIENCE)
    page.get_by_text("How well it fills").wait_for(timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Completed table, CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text)))
