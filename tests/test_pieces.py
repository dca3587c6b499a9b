"""Pieces of HTML on the pages: names of others stay text, in templates and in Markdown."""

import re
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.templates import literal
from tests.conftest import ROOT
from tests.visits import html_of, rerun

LABEL = '<b>bold</b> **x** [a](b) "quoted" & :red[no]'


class Reader(HTMLParser):
    """The tags, the texts and the attributes of a piece, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text, self.said = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.said += " ".join(value or "" for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def chips(label: str) -> None:
    import numpy as np

    from pages.shared.thumbnails import label_counts

    label_counts(np.zeros(3, np.int64), (label,))


def pictures(label: str) -> None:
    import numpy as np

    from pages.shared.thumbnails import picture_row

    picture_row(np.zeros((1, 4, 4, 1)), [f"{label}\n0.50 away"], [0])


def table(label: str) -> None:
    import numpy as np

    from pages.shared.thumbnails import example_table
    from vae_core.datasets.description import Feature

    example_table(np.full((1, 1), -0.5), ["head"], [Feature(name=label, unit="cm")])


@pytest.mark.parametrize(
    ("piece", "tags"),
    [
        (chips, {"div", "span", "b"}),
        (pictures, {"div", "figure", "figcaption"}),
        (table, {"div", "table", "tr", "th", "td"}),
    ],
)
def test_a_name_in_a_template_stays_text(piece: object, tags: set[str]) -> None:
    app = rerun(AppTest.from_function(piece, default_timeout=60, kwargs={"label": LABEL}))  # type: ignore[arg-type]
    read = Reader(html_of(app))
    assert read.tags == tags
    assert LABEL in read.text
    if piece is pictures:
        assert f"{LABEL}, 0.50 away" in read.said


def test_a_table_of_examples_has_true_minus_signs() -> None:
    app = rerun(AppTest.from_function(table, default_timeout=60, kwargs={"label": "width"}))
    assert "<td>−0.5</td>" in html_of(app)


def test_a_name_in_markdown_stays_text() -> None:
    written = literal(LABEL)
    assert not re.search(r"(?<!\\)[<*\[:]", written)
    assert written.replace("\\", "") == LABEL
    assert literal("Held-out example 11: versicolor, 8×8") == "Held-out example 11: versicolor, 8×8"


def test_no_page_writes_html_in_python() -> None:
    marks = ("</", "style=", "<div", "<span", "<table", "<b>", "<br", "unsafe_allow_html")
    found = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in sorted((ROOT / "pages").rglob("*.py"))
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not found, f"put these into templates: {found}"
