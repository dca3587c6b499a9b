"""Rows of examples and counts of labels, as small pieces of HTML that cost a rerun nothing."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Int64Array
from vae_core.datasets import originals
from vae_core.datasets.description import Description, Feature
from vae_core.errors import DataUnavailable
from vae_core.figures import axis_title, colour
from vae_core.figures.raster import data_uri

SIDE = 56


def examples_of(description: Description, index: ArrayLike) -> Float32Array | None:
    """The originals at these rows of the dataset in the graphs' units, None when not here."""
    try:
        stored = originals(description.name, index)
    except DataUnavailable:
        return None
    return np.asarray(stored / np.float32(description.maximum), np.float32)


def picture_row(images: ArrayLike, captions: Sequence[str], labels: Sequence[int]) -> None:
    """Small pictures side by side, each over its caption, underlined in its label's colour.

    One file holds them all, side by side: encoding many takes several times as long.
    """
    images = np.asarray(images)
    cells = zip(captions, labels, strict=True)
    shown = "".join(_figure(place, *cell) for place, cell in enumerate(cells))
    sheet = data_uri(np.concatenate(list(images), axis=1))
    _wrapped(shown, f"--pictures:url({sheet}) 0 0/{SIDE * len(images)}px {SIDE}px")


def label_counts(labels: Int64Array, names: Sequence[str]) -> None:
    """How many of each label, as chips in the labels' colours, most first."""
    found, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    chips = (
        f'<span style="border-left:10px solid {colour(int(found[i]))};padding:0 .6em 0 .4em">'
        f"{escape(label_name(int(found[i]), names))} <b>{counts[i]:,}</b></span>"
        for i in order
    )
    _wrapped("".join(chips))


def example_table(values: ArrayLike, heads: Sequence[str], features: Sequence[Feature]) -> None:
    """Examples of a table (n, features), a column each, with a line for each feature."""
    values = np.asarray(values, np.float64)
    head = "".join(f"<th>{_lines(text)}</th>" for text in ("", *heads))
    lines = (
        f"<tr><td>{escape(axis_title(feature)).replace(' ', '&nbsp;')}</td>"
        + "".join(f'<td style="text-align:right">{number:.4g}</td>' for number in column)
        + "</tr>"
        for feature, column in zip(features, values.T, strict=True)
    )
    st.html(
        '<div style="overflow-x:auto"><table style="font-size:.85rem;border-spacing:.9em .15em">'
        f'<tr style="text-align:right;vertical-align:bottom">{head}</tr>{"".join(lines)}'
        "</table></div>"
    )


def label_name(label: int, names: Sequence[str]) -> str:
    """A label's name, 'no label' for -1."""
    return names[label] if 0 <= label < len(names) else "no label"


def _figure(place: int, caption: str, label: int) -> str:
    """The picture at a place of the row's sheet."""
    alt = escape(caption.replace("\n", ", "))
    return (
        f'<figure style="margin:0;width:{SIDE}px;text-align:center">'
        f'<div role="img" aria-label="{alt}" style="width:{SIDE}px;height:{SIDE}px;'
        f"background:var(--pictures);background-position-x:{-SIDE * place}px;"
        'image-rendering:pixelated;border-radius:4px"></div>'
        '<figcaption style="font-size:.75rem;line-height:1.3;margin-top:3px;'
        f'border-top:3px solid {colour(label)}">{_lines(caption)}</figcaption></figure>'
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _wrapped(content: str, style: str = "") -> None:
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.6rem;{style}">{content}</div>')
