"""An image that a user brings, turned into an example as the model's dataset has them.

Images are decoded in this process under strict limits: the formats are few, and size and shape
are read from the header and refused before a pixel is decoded, so that Pillow allocates at most
16 million pixels. A child process would cost more than decoding does.
"""

from dataclasses import dataclass
from io import BytesIO
from math import floor
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageOps

from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.description import Description
from vae_core.errors import DataInvalid

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
LARGEST_BYTES = 50_000_000
LARGEST_PIXELS = 16_000_000
LARGEST_SIDE = 4096
WORKING_SIDE = 1024
"""Larger pictures are shrunk by whole factors to between one and two times this, to save time."""
FAINTEST = 0.1
"""Less contrast than this, of 1, is taken for an empty picture."""
FULL_CONTRAST = 0.8
GROUND = 0.08
ORIENTATION = 0x0112
FIELD, LONGEST, CENTRE = 28, 20, 14
"""MNIST's pictures, the longer side of the ink in them, and the pixel of its centre of mass."""


@dataclass(frozen=True)
class Upload:
    """An uploaded picture `image` (h, w, c) in [0, 1], and `notes`: what was done to it."""

    image: Float32Array
    notes: tuple[str, ...]


def read_image(data: bytes, description: Description) -> Upload:
    """A PNG, JPEG, GIF, BMP or WebP file as an example of shape `description.shape`.

    Turned as its EXIF data say, transparent parts over white, the first frame of a moving
    picture. Grey datasets show light ink on black: a picture on a light ground is inverted, noise
    of the ground is removed and weak contrast is stretched. Then MNIST's likes are placed as
    `as_mnist` does, others as `in_box` does, unless they have the dataset's size already. Colour
    datasets get the whole picture in their frame.

    Raises `DataInvalid` for what is no such file, is too large, or shows nothing.
    """
    if len(description.shape) != 3:
        raise DataInvalid(f"Expected a model of images. Received: one of {description.title}")
    height, width, channels = description.shape
    picture, notes = _opened(data)
    if channels == 3:
        image = _fitted(np.asarray(picture.convert("RGB"), np.float64) / 255, height, width)
        return Upload(image, (*notes, f"Fitted to {width} × {height} pixels."))
    ink, more = _ink(_grey(picture))
    if recipe_of(description) == "mnist":
        image = as_mnist(ink)
        fit = "Scaled to 20 × 20 pixels and centred by its mass in 28 × 28, as MNIST was."
    elif ink.shape == (height, width):
        image, fit = ink.astype(np.float32), f"{width} × {height} pixels, placed as they were."
    else:
        image, fit = in_box(ink, height, width), f"Cut out and fitted to {width} × {height} pixels."
    return Upload(image[..., None], (*notes, *more, fit))


def as_mnist(ink: ArrayLike) -> Float32Array:
    """Ink (h, w) in [0, 1] on 0, as MNIST's pictures were made: (28, 28).

    The ink's bounding box is scaled to a longer side of 20 pixels, each new pixel the mean of the
    area that it covers, and moved by whole pixels until its centre of mass is nearest to pixel
    (14, 14), counted from 0; what then lies outside is cut off (LeCun, Bottou, Bengio & Haffner,
    'Gradient-based learning applied to document recognition', 1998). Raises `DataInvalid` where
    there is no ink.
    """
    cut = _cut_out(ink)
    cut = _resized(cut, LONGEST / max(cut.shape))
    mass = cut.sum()
    rows, columns = (np.arange(side) for side in cut.shape)
    down, across = (cut.sum(axis=1) @ rows / mass, cut.sum(axis=0) @ columns / mass)
    return _placed(cut, _rounded(CENTRE - down), _rounded(CENTRE - across), FIELD, FIELD)


def in_box(ink: ArrayLike, height: int, width: int) -> Float32Array:
    """Ink (h, w) in [0, 1] on 0, as large as it fits into (height, width), in the middle.

    So lie Fashion-MNIST's things, and the 8 x 8 digits, all of which are 8 pixels high. Raises
    `DataInvalid` where there is no ink.
    """
    return _fitted(_cut_out(ink), height, width)


def _opened(data: bytes) -> tuple[Image.Image, list[str]]:
    """The first frame, upright and without transparency, and what was done."""
    if len(data) > LARGEST_BYTES:
        raise DataInvalid(
            f"Expected a file of at most {LARGEST_BYTES // 10**6} MB. "
            f"Received: {len(data) / 1e6:.0f} MB. Save it smaller."
        )
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as file:
            _check_size(*file.size)
            return _prepared(file)
    except DataInvalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataInvalid(_TOO_LARGE.format("many times more")) from error
    except Exception as error:  # Pillow's readers share no base class for damaged files
        raise DataInvalid(
            f"Expected a whole image file: {', '.join(FORMATS)}. Received: {len(data):,} bytes "
            "that can't be read as one. Save the picture anew, for example as PNG."
        ) from error


def _check_size(width: int, height: int) -> None:
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_PIXELS:
        raise DataInvalid(_TOO_LARGE.format(f"{width} × {height}"))


_TOO_LARGE = (
    f"Expected at most {LARGEST_SIDE} pixels a side and {LARGEST_PIXELS // 10**6} million in all. "
    "Received: {}. Make the picture smaller."
)


def _prepared(file: Image.Image) -> tuple[Image.Image, list[str]]:
    notes = []
    if getattr(file, "is_animated", False):
        notes.append("A moving picture: its first frame is used.")
    file.draft("", (WORKING_SIDE, WORKING_SIDE))
    picture: Image.Image = file.copy()
    if file.getexif().get(ORIENTATION, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
        notes.append("Turned upright, as the camera noted.")
    if picture.has_transparency_data:
        picture = _shrunk(picture.convert("RGBA"))
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
        notes.append("Transparent parts lie over white.")
    elif picture.mode == "CMYK":
        notes.append("Converted from printing colours (CMYK).")
    if picture.mode in ("P", "PA", "1", "CMYK", "YCbCr"):
        picture = picture.convert("RGB")
    elif picture.mode.startswith("I"):
        picture = picture.convert("F")
    return _shrunk(picture), notes


def _shrunk(picture: Image.Image) -> Image.Image:
    factor = max(picture.size) // WORKING_SIDE
    return picture.reduce(factor) if factor > 1 else picture


def _grey(picture: Image.Image) -> Float64Array:
    """Grey values (h, w) in [0, 1]; pictures with 16 bits keep them."""
    if picture.mode == "F":
        return np.asarray(picture, np.float64) / 65535
    return np.asarray(picture.convert("L"), np.float64) / 255


def _ink(grey: Float64Array) -> tuple[Float64Array, list[str]]:
    """Light ink on 0, (h, w) in [0, 1], and what was done.

    The ground is the median of the border; what differs from it by less than four median
    deviations, or than `GROUND` as around the edges in a JPEG file, belongs to it.
    """
    notes = []
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    if ground > 0.5:
        grey, border, ground = 1 - grey, 1 - border, 1 - ground
        notes.append("Inverted: the dataset shows light on dark.")
    noise = max(GROUND, 4 * float(np.median(np.abs(border - ground))))
    contrast = float(grey.max()) - ground
    if contrast < noise + FAINTEST:
        raise DataInvalid(
            "Expected a picture with something on a plain ground. Received: one that is all of "
            "about one shade. White on transparent counts as empty: give it a dark ground."
        )
    if contrast < FULL_CONTRAST:
        notes.append("Weak contrast was stretched.")
    else:
        contrast = 1 - ground
    ink = np.clip((grey - ground) / contrast, 0, 1)
    return np.where(grey > ground + noise, ink, 0), notes


def recipe_of(description: Description) -> Literal["mnist", "box"]:
    """How a drawing becomes an example: placed as MNIST's digits were, or cut out and fitted."""
    digits = description.labels == tuple("0123456789")
    return "mnist" if digits and description.shape == (FIELD, FIELD, 1) else "box"


def _cut_out(ink: ArrayLike) -> Float64Array:
    """The bounding box of what is above 0."""
    values = np.asarray(ink, np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise DataInvalid(f"Expected finite ink (h, w). Received: shape={values.shape}")
    rows, columns = (np.flatnonzero((values > 0).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise DataInvalid("Expected some ink. Received: an empty picture. Draw or load something.")
    return values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fitted(values: Float64Array, height: int, width: int) -> Float32Array:
    """A picture (h, w) or (h, w, c) as large as it fits into (height, width), in the middle."""
    cut = _resized(values, min(height / values.shape[0], width / values.shape[1]))
    top, left = (height - cut.shape[0]) // 2, (width - cut.shape[1]) // 2
    return _placed(cut, top, left, height, width)


def _resized(values: Float64Array, scale: float) -> Float64Array:
    """Both sides times `scale`; each new pixel is the mean of the area that it covers."""
    height, width = values.shape[:2]
    down, across = (_covers(side, max(1, _rounded(side * scale))) for side in (height, width))
    wide = np.tensordot(down, values, axes=1)
    return np.tensordot(across, wide, axes=(1, 1)).swapaxes(0, 1)


def _covers(length: int, count: int) -> Float64Array:
    """Weights (count, length) with which `count` equal parts of an axis cover its pixels."""
    edges = np.linspace(0, length, count + 1)
    pixels = np.arange(length)
    ends = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.asarray(np.maximum(ends, 0) * count / length)


def _placed(cut: Float64Array, top: int, left: int, height: int, width: int) -> Float32Array:
    field = np.zeros((height, width, *cut.shape[2:]), np.float32)
    rows = slice(max(top, 0), min(top + cut.shape[0], height))
    columns = slice(max(left, 0), min(left + cut.shape[1], width))
    seen = cut[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    field[rows, columns] = np.clip(seen, 0, 1)
    return field


def _rounded(value: float) -> int:
    """To the nearest whole number; halves, also those a little below by rounding errors, go up.

    So does JavaScript, in which the drawing pad does the same as this module.
    """
    return floor(value + 0.5 + 1e-6)
