"""Sentences about a model, and numbers in the page's address."""

import math

import numpy as np
from numpy.typing import NDArray

from vae_core.artifact import Manifest
from vae_core.description import Description

LIMIT = 100.0


def what_one_sees(description: Description, *, conditional: bool) -> str:
    """One line for somebody who sees a latent plane for the first time."""
    thing, shown = ("image", "picture") if description.kind == "image" else ("row", "bars")
    told = " for the label chosen on the right" if conditional else ""
    verb = "is" if shown == "picture" else "are"
    return (
        f"Each dot is one {thing} of {description.title}, placed where the encoder puts it and "
        f"coloured by its label. Move over the plane, also where no dot is: the {shown} {verb} "
        f"what the decoder makes of that point{told}."
    )


def held_out_elbo(manifest: Manifest) -> tuple[str, str]:
    """The held-out ELBO in one line, and the small print that makes it honest."""
    metric = manifest.metric("elbo")
    if metric is None:
        return "The held-out ELBO was not measured.", ""
    thing = "image" if manifest.description.kind == "image" else "row"
    without = manifest.spec.without
    but = f" except those of “{without}”, which it was not to learn" if without else ""
    value = f"{metric.value:.1f}".replace("-", "−")
    line = f"Held-out ELBO **{value}** ± {metric.standard_error:.1f} nats per {thing}"
    small_print = (
        f"Higher is better. Mean ± standard error over all {metric.examples:,} {metric.split} "
        f"examples{but}, none of them seen in training; {metric.samples} draw of z each; "
        f"likelihood: {metric.likelihood}."
    )
    if manifest.spec.likelihood == "bernoulli":
        small_print += " Not comparable with results on binarised images."
    if manifest.spec.likelihood == "gaussian":
        small_print += " A density may exceed 1, so this number may be positive."
    return line, small_print


def write_point(z: NDArray[np.float32]) -> str:
    """A point for the page's address: '1.240,-0.500'."""
    return ",".join(f"{value:.3f}" for value in z)


def read_point(text: str, latent_dim: int) -> NDArray[np.float32]:
    """The point of an address; the prior's centre when the text is none of that dimension."""
    point = find_point(text, latent_dim)
    return np.zeros(latent_dim, np.float32) if point is None else point


def find_point(text: str, latent_dim: int) -> NDArray[np.float32] | None:
    """The point (d,) of an address, None when the text is none of that dimension."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(values) != latent_dim or not all(math.isfinite(v) and abs(v) < LIMIT for v in values):
        return None
    return np.array(values, np.float32)


def read_label(text: str, classes: int) -> int | None:
    """The label of an address, the first one when it names none; None without classes."""
    return (find_number(text, classes) or 0) if classes else None


def find_number(text: str, count: int) -> int | None:
    """The whole number below `count` of an address, None when the text is none."""
    short = len(text) <= len(str(count)) and text.isascii() and text.isdigit()
    return int(text) if short and int(text) < count else None


def find_share(text: str) -> float | None:
    """The number between 0 and 1 of an address, None when the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < 1 else None
