"""Moving pictures: the film of a run, how its plane filled and its manifold grew, and a morph."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFont

from vae_core.arrays import Float32Array, Float64Array, Int64Array
from vae_core.artifacts.codec import one_hot, session
from vae_core.errors import DataInvalid, NotFound
from vae_core.figures import colour
from vae_core.figures.raster import contact_sheet, to_uint8
from vae_core.jobs.film import Film, Probes
from vae_core.latent.plane import Plane, limits_of, linear_grid, quantile_grid

Format = Literal["gif", "apng", "webp"]
MEDIA_TYPES = {"gif": "image/gif", "apng": "image/apng", "webp": "image/webp"}

FRAME_MS = 120
LAST_FRAME_MS = 2000
MORPH_MS = 40
REST_MS = 600
"""How long a morph stays at each of its ends before it goes back."""
CAPTION = 22
"""Pixels under a picture for its epoch."""
SMOOTHING = 2
"""Points are drawn so many times larger and then shrunk: Pillow's circles have hard edges."""
PAPER, INK, CIRCLES = "#ffffff", "#30343b", "#b8c0ca"


def manifold_film(
    film: Film,
    *,
    size: int = 12,
    pixels: int = 480,
    label: int = 0,
    format: Format = "gif",
) -> bytes:
    """The decoder's pictures on a grid over the plane, one frame for each kept epoch.

    The grid has `size` x `size` cells: quantiles of the prior in two dimensions, else a regular
    grid on the plane on which the last probes spread most. A conditional model draws `label`.
    Raises `DataInvalid` for tables, `NotFound` for an empty film.
    """
    epochs = _epochs(film)
    plane = _plane(film.probes(epochs[-1]))
    if plane.latent_dim == 2:
        z = quantile_grid(size=size)
    else:
        z = plane.lift(linear_grid(((-2.5, 2.5), (-2.5, 2.5)), size=size))

    def draw(epoch: int) -> Image.Image:
        sheet = contact_sheet(_decode(film, epoch, z, label), size, background=0)
        picture = Image.fromarray(sheet[..., 0] if sheet.shape[2] == 1 else sheet).convert("RGB")
        return picture.resize((pixels, pixels * sheet.shape[0] // sheet.shape[1]), _PLAIN)

    return _film(epochs, draw, format)


def plane_film(film: Film, *, pixels: int = 480, format: Format = "gif") -> bytes:
    """The probes on the latent plane in the colours of their labels, one frame an epoch.

    All frames share the plane and the limits that suit the last epoch; points beyond them, as in
    the first epochs, lie on the edge. Raises `NotFound` for an empty film.
    """
    epochs = _epochs(film)
    last = film.probes(epochs[-1])
    plane = _plane(last)
    limits = _square(limits_of(plane.project(last.mean)))

    def draw(epoch: int) -> Image.Image:
        probes = film.probes(epoch)
        return _scatter(plane.project(probes.mean), probes.label, limits, pixels)

    return _film(epochs, draw, format)


def morph_film(images: ArrayLike, *, pixels: int = 280, format: Format = "gif") -> bytes:
    """Pictures (n, height, width, channels) one after the other, there and back for ever.

    There are 2n - 2 frames, `pixels` wide. Raises `DataInvalid` for fewer than two pictures or
    ones that are none.
    """
    shades = to_uint8(images)
    if shades.ndim != 4 or len(shades) < 2 or shades.shape[3] not in (1, 3):
        raise DataInvalid(
            "Expected pictures (n >= 2, height, width, 1 or 3 channels). "
            f"Received: shape={shades.shape}"
        )
    size = (pixels, pixels * shades.shape[1] // shades.shape[2])
    frames = [
        Image.fromarray(shade[..., 0] if shade.shape[2] == 1 else shade).resize(size, _PLAIN)
        for shade in shades
    ]
    way = [REST_MS] + [MORPH_MS] * (len(frames) - 2)
    return moving_picture(frames + frames[-2:0:-1], [*way, REST_MS, *way[1:]], format)


def moving_picture(
    frames: Sequence[Image.Image], milliseconds: Sequence[int], format: Format
) -> bytes:
    """`frames` in one file that begins anew at its end, each shown for its `milliseconds`.

    Equal frames in a row may become one of their whole time. Raises `DataInvalid` for a format
    that is none of `MEDIA_TYPES`.
    """
    if format not in MEDIA_TYPES:
        raise DataInvalid(f"Expected {', '.join(MEDIA_TYPES)}. Received: format={format!r}")
    options = {"lossless": True} if format == "webp" else {}
    file = BytesIO()
    frames[0].save(
        file,
        "PNG" if format == "apng" else format.upper(),
        save_all=True,
        append_images=frames[1:],
        duration=list(milliseconds),
        loop=0,
        **options,
    )
    return file.getvalue()


_PLAIN = Image.Resampling.NEAREST


def _film(epochs: Sequence[int], draw: Callable[[int], Image.Image], format: Format) -> bytes:
    """Frames with their epochs as captions, in one file that begins anew at its end."""
    frames = [_captioned(draw(epoch), f"epoch {epoch}") for epoch in epochs]
    return moving_picture(frames, [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS], format)


def _epochs(film: Film) -> tuple[int, ...]:
    if not film.epochs:
        raise NotFound("Expected a film with at least one epoch. Received: an empty one.")
    return film.epochs


def _plane(probes: Probes) -> Plane:
    dims = probes.mean.shape[1]
    return Plane.axes(0, 1, latent_dim=dims) if dims <= 2 else Plane.principal(probes.mean)


def _square(limits: ArrayLike) -> Float64Array:
    """Limits ((u_min, u_max), (v_min, v_max)) widened to one scale on both axes."""
    limits = np.asarray(limits, np.float64)
    centre, reach = limits.mean(axis=1), np.ptp(limits, axis=1).max() / 2
    return np.stack([centre - reach, centre + reach], axis=1)


def _decode(film: Film, epoch: int, z: ArrayLike, label: int) -> Float32Array:
    """Images (n, height, width, channels) at `z` (n, d)."""
    decoder = session(film.decoder_path(epoch))
    inputs = {"z": np.asarray(z, np.float32)}
    conditions = [value for value in decoder.get_inputs() if value.name == "y"]
    if conditions:
        inputs["y"] = one_hot(np.full(len(inputs["z"]), label), conditions[0].shape[1])
    (x,) = decoder.run(["x"], inputs)
    if x.ndim != 4:
        raise DataInvalid(
            "Expected a model of images: a table has no pictures to lay out. Received: decoded "
            f"rows of shape={x.shape[1:]}. Take the film of the plane."
        )
    return np.asarray(x, np.float32)


def _scatter(
    points: Float32Array,
    label: Int64Array,
    limits: Float64Array,
    pixels: int,
) -> Image.Image:
    """Points (n, 2) over circles at one and two standard deviations of the prior."""
    side, radius = pixels * SMOOTHING, 3 * SMOOTHING
    image = Image.new("RGB", (side, side), PAPER)
    draw = ImageDraw.Draw(image)
    scale = np.array([1, -1]) * side / np.ptp(limits, axis=1)
    corner = np.array([limits[0, 0], limits[1, 1]])
    for sigma in (1, 2):
        reach = sigma * np.abs(scale)
        box = (-corner * scale - reach, -corner * scale + reach)
        draw.ellipse([*box[0], *box[1]], outline=CIRCLES, width=SMOOTHING)
    places = np.clip((points - corner) * scale, radius, side - radius)
    for place, number in zip(places, label, strict=True):
        draw.ellipse([*(place - radius), *(place + radius)], fill=colour(int(number)))
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def _captioned(picture: Image.Image, text: str) -> Image.Image:
    frame = Image.new("RGB", (picture.width, picture.height + CAPTION), PAPER)
    frame.paste(picture)
    font = ImageFont.load_default(CAPTION * 0.65)
    ImageDraw.Draw(frame).text((8, picture.height + 3), text, fill=INK, font=font)
    return frame
