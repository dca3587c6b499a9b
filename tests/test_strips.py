"""The server's side of the strips: what a browser says of a click, and rows that do not fit."""

from typing import Any

import numpy as np
import pytest

from latent_plane import ImageOutput
from latent_plane.strips import Row, StripEvent, digest_of, picture_strips, read_click
from vae_core.errors import DataInvalid, InvalidInput

PATH = np.zeros((5, 2), np.float32)
ROWS = [Row("line", "", PATH), Row("empty", "", PATH[:0]), Row("sphere", "", PATH)]


def test_a_click_is_read() -> None:
    gesture = {"row": 2, "frame": 4, "serial": 7, "digest": "abc"}
    assert read_click(gesture, rows=ROWS, digest="abc") == StripEvent(2, 4, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"row": 3},
        {"row": -1},
        {"row": 1, "frame": 0},
        {"frame": 5},
        {"frame": 0.5},
        {"frame": None},
        {"serial": "many"},
        {"digest": "of other rows"},
    ],
)
def test_a_click_on_no_picture_of_these_rows_is_forgotten(wrong: dict[str, Any]) -> None:
    gesture = {"row": 0, "frame": 4, "serial": 7, "digest": "abc", **wrong}
    assert read_click(gesture, rows=ROWS, digest="abc") == StripEvent()


@pytest.mark.parametrize(
    "rows",
    [
        [Row("flat", "", np.zeros(2, np.float32))],
        [Row("two", "", PATH), Row("three", "", np.zeros((5, 3), np.float32))],
        [Row("nowhere", "", np.full((5, 2), np.nan, np.float32))],
        [Row("seven", "", PATH, label=7)],
    ],
    ids=lambda rows: rows[-1].name,
)
def test_rows_that_fit_no_decoder_are_named(rows: list[Row]) -> None:
    with pytest.raises(DataInvalid, match=repr(rows[-1].name)):
        picture_strips(
            key="strips", decoder_url="", output=ImageOutput(8, 8, 1), rows=rows, classes=3
        )


def test_a_player_follows_no_plane() -> None:
    with pytest.raises(InvalidInput, match="player=False"):
        picture_strips(
            key="strips", decoder_url="", output=ImageOutput(8, 8, 1), rows=ROWS, follow="plane"
        )


def test_words_change_no_pictures_but_points_and_classes_do() -> None:
    before = digest_of([Row("line", "", PATH, label=1)], decoder_url="a.onnx")
    assert (
        digest_of([Row("way", "muted", PATH, label=1, muted=True)], decoder_url="a.onnx") == before
    )
    others = [
        digest_of([Row("line", "", PATH, label=2)], decoder_url="a.onnx"),
        digest_of([Row("line", "", PATH + 1, label=1)], decoder_url="a.onnx"),
        digest_of([Row("line", "", PATH, label=1)], decoder_url="b.onnx"),
        digest_of([Row("line", "", PATH, label=1)] * 2, decoder_url="a.onnx"),
    ]
    assert len({before, *others}) == 5
