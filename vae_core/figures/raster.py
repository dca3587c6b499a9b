"""Pictures as arrays and as PNG: what the app shows and the command line writes.

An image is (height, width), (height, width, 1) or (height, width, 3); floats run from 0 to 1,
unsigned bytes from 0 to 255.
"""

from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vae_core.arrays import UInt8Array
from vae_core.errors import DataInvalid

WHITE = 255


def to_uint8(x: ArrayLike) -> UInt8Array:
    """Grey values of any shape as bytes: floats are clipped to [0, 1], bytes stay as they are.

    Raises `DataInvalid` for other types and for what is not a number.
    """
    values = np.asarray(x)
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind != "f" or np.isnan(values).any():
        raise DataInvalid(
            "Expected floats in [0, 1] or unsigned bytes, all of them numbers. "
            f"Received: dtype={values.dtype}, not a number={_count_nan(values)}"
        )
    shades: UInt8Array = np.rint(np.clip(values, 0, 1) * np.float32(255)).astype(np.uint8)
    return shades


def contact_sheet(
    images: ArrayLike, columns: int, *, gap: int = 1, background: int = WHITE
) -> UInt8Array:
    """One picture of `images` (n, height, width, channels) in reading order.

    `gap` pixels of grey value `background` lie between the cells, and fill the cells left over.
    """
    cells = to_uint8(images)
    if cells.ndim != 4 or not len(cells) or columns < 1 or gap < 0:
        raise DataInvalid(
            "Expected images (n >= 1, height, width, channels), `columns` >= 1, `gap` >= 0. "
            f"Received: shape={cells.shape}, columns={columns}, gap={gap}"
        )
    columns = min(columns, len(cells))
    rows = -(-len(cells) // columns)
    _, height, width, channels = cells.shape
    padded = np.full((rows * columns, height + gap, width + gap, channels), background, np.uint8)
    padded[: len(cells), :height, :width] = cells
    grid = padded.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), columns * (width + gap), channels)
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]


def originals_over_reconstructions(
    originals: ArrayLike, reconstructions: ArrayLike, *, columns: int = 16, gap: int = 1
) -> UInt8Array:
    """One picture in which each row of originals stands over the row of its reconstructions.

    Both have shape (n, height, width, channels); after `columns` pairs a new double row begins.
    """
    above, below = to_uint8(originals), to_uint8(reconstructions)
    if above.shape != below.shape:
        raise DataInvalid(
            "Expected as many originals as reconstructions, of one shape. "
            f"Received: originals={above.shape}, reconstructions={below.shape}"
        )
    columns = max(1, min(columns, len(above)))
    blanks = np.full((-len(above) % columns, *above.shape[1:]), WHITE, np.uint8)
    rows = [np.concatenate([x, blanks]).reshape(-1, columns, *x.shape[1:]) for x in (above, below)]
    cells = np.stack(rows, axis=1).reshape(-1, *above.shape[1:])
    return contact_sheet(cells, columns, gap=gap)


def png_bytes(image: ArrayLike, scale: int = 1) -> bytes:
    """`image` as a PNG file, each pixel blown up to `scale` x `scale` of the same colour."""
    pixels = to_uint8(image)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] == 3):
        raise DataInvalid(
            "Expected an image (height, width), (height, width, 1) or (height, width, 3). "
            f"Received: shape={pixels.shape}"
        )
    if scale < 1 or not pixels.size:
        raise DataInvalid(
            "Expected at least one pixel and `scale` >= 1. "
            f"Received: shape={pixels.shape}, scale={scale}"
        )
    file = BytesIO()
    Image.fromarray(pixels.repeat(scale, 0).repeat(scale, 1)).save(file, "PNG")
    return file.getvalue()


def data_uri(image: ArrayLike, scale: int = 1) -> str:
    """`image` as a PNG inside a URI, for an `<img>`."""
    return "data:image/png;base64," + b64encode(png_bytes(image, scale)).decode("ascii")


def _count_nan(values: NDArray[Any]) -> int:
    return int(np.isnan(values).sum()) if values.dtype.kind == "f" else 0
