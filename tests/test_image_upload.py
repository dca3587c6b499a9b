"""Uploaded pictures: all kinds come out as the dataset has them, bad ones with a word why."""

import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vae_core.datasets import CATALOGUE, load
from vae_core.datasets.description import Description
from vae_core.datasets.image_upload import Upload, as_mnist, in_box, read_image
from vae_core.errors import DataInvalid
from vae_core.figures.raster import png_bytes

MNIST, FASHION, DIGITS, IRIS = (
    CATALOGUE[name].description for name in ("mnist", "fashion_mnist", "digits", "iris")
)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def inks(draw: st.DrawFn) -> np.ndarray:
    """A stroke or two of varying grey on an empty field."""
    rng = np.random.default_rng(draw(seeds))
    height, width = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    return rng.random((height, width)) * (rng.random((height, width)) < draw(st.floats(0.3, 1)))


def stroke(height: int = 80, width: int = 120) -> np.ndarray:
    """Light ink (h, w) as of a seven: a bar and a slanted leg."""
    ink = np.zeros((height, width))
    ink[10:18, 40:80] = 1
    for row in range(18, 70):
        ink[row, 78 - row // 2 : 93 - row // 2] = 1
    return ink


def file(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(values * 255).astype(np.uint8))


def mass_centre(picture: np.ndarray) -> np.ndarray:
    return np.array([(picture * axis).sum() for axis in np.indices(picture.shape)]) / picture.sum()


@given(inks())
def test_as_mnist_centres_the_mass_of_twenty_pixels(ink: np.ndarray) -> None:
    if not ink.any():
        with pytest.raises(DataInvalid, match="ink"):
            as_mnist(ink)
        return
    picture = as_mnist(ink)
    assert picture.shape == (28, 28)
    assert picture.min() >= 0
    assert picture.max() <= 1
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    if picture[[0, -1]].any() or picture[:, [0, -1]].any():
        assert longest <= 20  # a corner may have been cut off
    else:
        assert longest == 20
        assert np.abs(mass_centre(picture) - 14).max() <= 0.5 + 1e-4
        np.testing.assert_allclose(as_mnist(picture), picture, atol=1e-5)


@given(inks(), st.integers(0, 30), st.integers(0, 30), st.integers(1, 3))
def test_place_and_size_of_ink_do_not_matter(
    ink: np.ndarray, down: int, across: int, factor: int
) -> None:
    ink[0, 0] = 1
    moved = np.pad(ink, ((down, 3), (across, 5)))
    np.testing.assert_array_equal(as_mnist(moved), as_mnist(ink))
    larger = moved.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_allclose(in_box(larger, 28, 28), in_box(ink, 28, 28), atol=1e-5)


def test_mnists_own_pictures_stay_as_they_are() -> None:
    x = load("mnist").test.x[:300, ..., 0] / np.float32(255)
    kept = np.array([np.abs(as_mnist(picture) - picture).max() < 1e-5 for picture in x])
    assert kept.mean() > 0.9  # a few were centred before they were rounded
    shifts = [np.abs(mass_centre(as_mnist(p)) - mass_centre(p)).max() for p in x[~kept]]
    assert max(shifts, default=0) <= 1.01


def test_digits_fill_their_field() -> None:
    x = load("digits").test.x[..., 0] / 16
    picture = in_box(x[0], 8, 8)
    assert picture.shape == (8, 8)
    assert picture.any(axis=1).all()


@given(seeds, st.integers(1, 50), st.integers(1, 50))
def test_resampling_keeps_the_mean(seed: int, height: int, width: int) -> None:
    values = np.random.default_rng(seed).uniform(0.1, 1, (height, width))
    picture = in_box(values, 28, 28)
    seen = picture[np.ix_(picture.any(axis=1), picture.any(axis=0))]
    assert seen.mean() == pytest.approx(values.mean(), rel=1e-4)


def read(image: Image.Image, format: str = "PNG", **options: Any) -> Upload:
    return read_image(file(image, format, **options), MNIST)


def with_alpha() -> Image.Image:
    ink = grey(stroke())
    return Image.merge("LA", (Image.new("L", ink.size, 0), ink))


WAYS: dict[str, Callable[[], bytes]] = {
    "light on dark": lambda: file(grey(stroke())),
    "dark on light": lambda: file(grey(1 - stroke())),
    "RGB": lambda: file(grey(1 - stroke()).convert("RGB")),
    "palette": lambda: file(grey(1 - stroke()).convert("P")),
    "CMYK": lambda: file(grey(1 - stroke()).convert("CMYK"), "JPEG", quality=95),
    "16 bits": lambda: file(Image.fromarray(np.rint(stroke() * 65535).astype(np.uint16))),
    "transparent": lambda: file(with_alpha()),
    "transparent palette": lambda: file(with_alpha().convert("RGBA").quantize(64)),
    "one bit": lambda: file(grey(1 - stroke()).convert("1", dither=Image.Dither.NONE)),
    "JPEG": lambda: file(grey(1 - stroke()), "JPEG", quality=92),
    "WebP": lambda: file(grey(1 - stroke()).convert("RGB"), "WEBP", quality=90),
    "BMP": lambda: file(grey(1 - stroke()), "BMP"),
    "weak": lambda: file(grey(0.8 - 0.4 * stroke())),
    "large": lambda: file(grey(1 - stroke()).resize((3600, 2400), Image.Resampling.BOX)),
    "sideways": lambda: sideways(),
    "animated": lambda: animated(),
}


def sideways() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return file(grey(1 - stroke()).transpose(Image.Transpose.ROTATE_90), exif=exif)


def animated() -> bytes:
    frames = [grey(1 - stroke()), grey(np.ones((80, 120)))]
    return file(frames[0], "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_file_is_the_same_digit(way: str) -> None:
    upload = read_image(WAYS[way](), MNIST)
    assert upload.image.shape == (28, 28, 1)
    assert upload.image.dtype == np.float32
    difference = np.abs(upload.image[..., 0] - as_mnist(stroke()))
    assert difference.mean() < 0.02
    said = " ".join(upload.notes)
    assert ("Inverted" in said) == (way not in ("light on dark", "16 bits"))
    words = {"animated": "first frame", "sideways": "upright", "weak": "contrast", "CMYK": "CMYK"}
    assert words.get(way, "as MNIST was") in said
    assert ("white" in said) == way.startswith("transparent")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "digits"])
def test_a_datasets_own_picture_comes_back(name: str) -> None:
    data = load(name)
    x = data.test.x[:40] / np.float32(data.description.maximum)
    back = np.stack([read_image(png_bytes(one), data.description).image for one in x])
    assert np.quantile(np.abs(back - x).mean(axis=(1, 2, 3)), 0.75) < 0.03


def test_colour_models_get_the_whole_picture() -> None:
    colour = MNIST.model_copy(update={"shape": (16, 16, 3), "name": "own", "labels": ()})
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, :20], picture[:, 20:] = (255, 0, 0), (0, 0, 255)
    image = read_image(file(Image.fromarray(picture)), colour).image
    np.testing.assert_allclose(image[8, [0, 15]], [[1, 0, 0], [0, 0, 1]])
    assert not image[[0, 15]].any()


def header_only(width: int, height: int) -> bytes:
    """A PNG that claims a size and brings next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "0 bytes"),
    "text": (lambda: b"a,b,c\n1,2,3\n", "image file"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "image file"),
    "TIFF": (lambda: file(grey(stroke()), "TIFF"), "image file"),
    "half a file": (lambda: file(grey(stroke()))[:-60], "whole image file"),
    "header alone": (lambda: header_only(28, 28)[:40], "whole image file"),
    "too wide": (lambda: header_only(5000, 10), "4096 pixels a side"),
    "too many pixels": (lambda: header_only(4096, 4096), "16 million"),
    "bomb": (lambda: header_only(60_000, 60_000), "16 million"),
    "large bomb": (lambda: header_only(10_000, 10_000), "16 million"),
    "too heavy": (lambda: b"\0" * 50_000_001, "50 MB"),
    "white": (lambda: file(grey(np.ones((50, 50)))), "one shade"),
    "white on transparent": (
        lambda: file(Image.merge("LA", (Image.new("L", (120, 80), 255), grey(stroke())))),
        "dark ground",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_at_once(name: str) -> None:
    make, message = BAD[name]
    data = make()
    started = time.process_time()
    with pytest.raises(DataInvalid, match=message):
        read_image(data, MNIST)
    assert time.process_time() - started < 1


@given(seeds, st.integers(1, 12), st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]))
def test_a_damaged_file_is_refused_or_read(seed: int, flips: int, format: str) -> None:
    rng = np.random.default_rng(seed)
    data = np.frombuffer(file(grey(1 - stroke()).convert("RGB"), format), np.uint8).copy()
    data[rng.integers(0, len(data), flips)] = rng.integers(0, 256, flips)
    try:
        upload = read_image(data.tobytes(), MNIST)
    except DataInvalid:
        return
    assert np.isfinite(upload.image).all()


def test_a_table_takes_no_pictures() -> None:
    with pytest.raises(DataInvalid, match="Iris"):
        read_image(file(grey(stroke())), IRIS)


@pytest.mark.parametrize("model", [FASHION, DIGITS])
def test_other_grey_models_fit_what_is_seen(model: Description) -> None:
    image = read_image(file(grey(1 - stroke())), model).image
    np.testing.assert_allclose(image[..., 0], in_box(stroke(), *model.shape[:2]), atol=0.02)
