"""Rows of examples and counts of labels, as small pieces of HTML that cost a rerun nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pages.shared.templates import show
from vae_core.arrays import Float32Array, Int64Array
from vae_core.datasets import are_here, originals
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.description import Description, Feature
from vae_core.figures import axis_title, colour
from vae_core.figures.raster import data_uri
from vae_core.text import label_name

SIDE = 56


def examples_of(description: Description, index: ArrayLike) -> Float32Array | None:
    """The originals at these rows of the dataset in the graphs' units, None unless all are here."""
    if not are_here(description.name, index).all():
        return None
    stored = originals(description.name, index)
    return np.asarray(stored / np.float32(description.maximum), np.float32)


def picture_row(images: ArrayLike, captions: Sequence[str], labels: Sequence[int]) -> None:
    """Small pictures side by side, each over its caption, underlined in its label's colour.

    One file holds them all, side by side: encoding many takes several times as long.
    """
    sheet = data_uri(np.concatenate(list(np.asarray(images)), axis=1))
    cells = [
        (place, caption.replace("\n", ", "), caption, colour(label))
        for place, (caption, label) in enumerate(zip(captions, labels, strict=True))
    ]
    show("shared/thumbnail_row.html", sheet=sheet, side=SIDE, cells=cells)


def label_counts(labels: Int64Array, names: Sequence[str]) -> None:
    """How many of each label, as chips in the labels' colours, most first."""
    found, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    chips = [
        (label_name(label, names), f"{count:,}", colour(label))
        for label, count in zip(found[order].tolist(), counts[order].tolist(), strict=True)
    ]
    show("shared/label_counts.html", chips=chips)


def example_table(values: ArrayLike, heads: Sequence[str], features: Sequence[Feature]) -> None:
    """Examples of a table (n, features), a column each, with a line for each feature."""
    columns = np.asarray(values, np.float64).T
    lines = [
        (axis_title(feature), [cell_text(value, feature) for value in column.tolist()])
        for feature, column in zip(features, columns, strict=True)
    ]
    show("shared/example_table.html", heads=heads, lines=lines)
