"""What a decoder answers, as the panel beside a plane shows it: a picture, or bars."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from latent_plane import Bar, ImageOutput, TableOutput
from vae_core.arrays import Float32Array
from vae_core.datasets.description import Description
from vae_core.datasets.heads import layout_of

MOST_BARS = 60
"""A person reads no more, and a browser paints no more at sixty frames a second."""
BINS = 24


def output_of(
    description: Description,
    low: Sequence[float],
    high: Sequence[float],
    *,
    first: Sequence[int] = (),
    values: ArrayLike | None = None,
) -> ImageOutput | TableOutput:
    """What a decoder of such data answers. Of a table, a bar for each column, those of `first` at
    the top, `MOST_BARS` in all.

    `low` and `high` (F,) are the ends in stored units; with `values` (n, F) the bars of numbers are
    histograms.
    """
    if description.kind == "image":
        return ImageOutput(*description.shape)
    layout = layout_of(description.features)
    rest = (column for column in range(len(description.features)) if column not in set(first))
    shown = [*first, *rest][:MOST_BARS]
    data = None if values is None else np.asarray(values, np.float32)
    return TableOutput(
        tuple(
            _bar(
                description,
                column,
                (low[column], high[column]),
                (int(layout.starts[column]), int(layout.widths[column])),
                None if data is None else data[:, column],
            )
            for column in shown
        )
    )


def _bar(
    description: Description,
    column: int,
    ends: tuple[float, float],
    place: tuple[int, int],
    values: Float32Array | None,
) -> Bar:
    feature = description.features[column]
    return Bar(
        name=feature.name,
        unit=feature.unit,
        low=ends[0] + feature.offset,
        high=ends[1] + feature.offset,
        column=column,
        start=place[0],
        width=place[1],
        kind=feature.kind,
        categories=feature.categories,
        offset=feature.offset,
        since=feature.since,
        whole=feature.whole,
        counts=() if values is None or feature.categories else _counts(values, ends),
    )


def _counts(values: Float32Array, ends: tuple[float, float]) -> tuple[int, ...]:
    """How many known values lie in each of equal steps from end to end."""
    if not ends[0] < ends[1]:
        return ()
    counts, _ = np.histogram(values[~np.isnan(values)], bins=BINS, range=ends)
    return tuple(counts.tolist())
