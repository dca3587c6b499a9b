"""Pictures are exact: what goes in comes out, each cell where it belongs."""

import base64
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from vae_core.errors import DataInvalid
from vae_core.figures.raster import (
    contact_sheet,
    data_uri,
    originals_over_reconstructions,
    png_bytes,
    to_uint8,
)

sides = st.integers(1, 6)
channels = st.sampled_from([1, 3])
pictures = st.tuples(sides, sides, channels).flatmap(lambda s: arrays.arrays(np.uint8, s))
batches = st.tuples(st.integers(1, 9), sides, sides, channels).flatmap(
    lambda s: arrays.arrays(np.uint8, s)
)


def decoded(png: bytes) -> np.ndarray:
    with Image.open(BytesIO(png)) as image:
        pixels = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[..., None]


@given(pictures)
def test_bytes_to_floats_and_back_is_exact(image: np.ndarray) -> None:
    np.testing.assert_array_equal(to_uint8(image / np.float32(255)), image)
    np.testing.assert_array_equal(to_uint8(image / 255), image)


greys = st.floats(0, 1, width=32) | st.floats(-1e9, 1e9, width=32)


@given(arrays.arrays(np.float32, 5, elements=greys))
def test_floats_are_clipped_and_rounded_to_the_nearest(x: np.ndarray) -> None:
    wanted = np.clip(x.astype(np.float64), 0, 1) * 255
    assert np.abs(to_uint8(x) - wanted).max() <= 0.5 + 1e-4


@pytest.mark.parametrize("x", [np.array([np.nan]), np.array([1]), np.array(["a"])])
def test_what_is_no_grey_value_is_refused(x: np.ndarray) -> None:
    with pytest.raises(DataInvalid, match=f"Received: dtype={x.dtype}"):
        to_uint8(x)


@given(pictures, st.integers(1, 4))
def test_a_png_gives_back_its_pixels(image: np.ndarray, scale: int) -> None:
    shown = decoded(png_bytes(image, scale))
    assert shown.shape == (image.shape[0] * scale, image.shape[1] * scale, image.shape[2])
    for row in range(scale):
        for column in range(scale):
            np.testing.assert_array_equal(shown[row::scale, column::scale], image)


def test_a_flat_grey_image_is_one_too() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    np.testing.assert_array_equal(decoded(png_bytes(image))[..., 0], image)


@pytest.mark.parametrize("shape", [(4,), (2, 2, 2), (2, 2, 4), (1, 2, 2, 1), (0, 3), (3, 0, 1)])
def test_what_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataInvalid, match="Received: shape="):
        png_bytes(np.zeros(shape, np.float32))


def test_a_scale_below_one_is_refused() -> None:
    with pytest.raises(DataInvalid, match="scale=0"):
        png_bytes(np.zeros((2, 2)), 0)


@given(pictures)
def test_a_data_uri_holds_the_png(image: np.ndarray) -> None:
    head, _, body = data_uri(image).partition(",")
    assert head == "data:image/png;base64"
    np.testing.assert_array_equal(decoded(base64.b64decode(body, validate=True)), image)


@given(batches, st.integers(1, 12), st.integers(0, 3), st.integers(0, 255))
def test_every_cell_of_a_sheet_is_its_image(
    images: np.ndarray, columns: int, gap: int, background: int
) -> None:
    sheet = contact_sheet(images, columns, gap=gap, background=background)
    count, height, width, _ = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    assert sheet.shape[:2] == (rows * (height + gap) - gap, columns * (width + gap) - gap)
    rest = np.ones(sheet.shape, bool)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        np.testing.assert_array_equal(sheet[top : top + height, left : left + width], image)
        rest[top : top + height, left : left + width] = False
    assert (sheet[rest] == background).all()


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((0, 2, 2, 1), {"columns": 1}),
        ((2, 2, 2), {"columns": 1}),
        ((2, 2, 2, 1), {"columns": 0}),
        ((2, 2, 2, 1), {"columns": 1, "gap": -1}),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(shape: tuple[int, ...], options: dict[str, int]) -> None:
    with pytest.raises(DataInvalid, match="Received: shape="):
        contact_sheet(np.zeros(shape), **options)


@given(batches, st.integers(1, 12))
def test_each_reconstruction_lies_under_its_original(images: np.ndarray, columns: int) -> None:
    below = 255 - images
    sheet = originals_over_reconstructions(images, below, columns=columns, gap=1)
    count, height, width, _ = images.shape
    columns = min(columns, count)
    for i in range(count):
        left, top = i % columns * (width + 1), 2 * (i // columns) * (height + 1)
        for offset, wanted in ((0, images[i]), (height + 1, below[i])):
            cell = sheet[top + offset : top + offset + height, left : left + width]
            np.testing.assert_array_equal(cell, wanted)


def test_pairs_of_different_shape_are_refused() -> None:
    with pytest.raises(DataInvalid, match=r"originals=\(2, 2, 2, 1\)"):
        originals_over_reconstructions(np.zeros((2, 2, 2, 1)), np.zeros((3, 2, 2, 1)))
