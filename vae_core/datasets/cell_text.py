"""A cell of a table as people read it, and as a file keeps it; JavaScript's twin is
`latent_plane/frontend/shared/columns.js`."""

from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
from numpy.typing import NDArray

from vae_core.datasets.column import CODED, Feature
from vae_core.text import NOT_A_NUMBER, number

NO_DATE = "out of range"


def cell_text(value: float, feature: Feature, *, unit: bool = False) -> str:
    """A stored value as text: a category's name, a date, a number; a dash where it is missing.

    `unit` writes the unit behind a number.
    """
    if isnan(value):
        return NOT_A_NUMBER
    if feature.kind in CODED and feature.categories:
        return feature.categories[round(min(max(value, 0), len(feature.categories) - 1))]
    if feature.since:
        return date_text(value + feature.offset, feature)
    form = ",.0f" if feature.whole and abs(value + feature.offset) >= 10_000 else ".4g"
    if feature.whole and abs(value + feature.offset) < 10_000:
        form = ".0f"
    return number(value + feature.offset, form, unit=feature.unit if unit else "")


def exact_text(value: float, feature: Feature) -> str:
    """A stored value as a CSV file keeps it, empty where it is missing.

    Whole numbers to the last digit where the column has no others, or is a count.
    """
    if isnan(value):
        return ""
    if feature.categories or feature.since:
        return cell_text(value, feature)
    if feature.whole or feature.kind == "count":
        return str(round(value) + round(feature.offset))
    digits = 15 if feature.offset else 6
    return f"{value + feature.offset:.{digits}g}"


def date_text(count: float, feature: Feature) -> str:
    """The date, or date and time, `count` units after the column's origin, in ISO 8601."""
    origin = datetime.fromisoformat(feature.since)
    try:
        days = feature.unit == "days"
        moment = origin + (timedelta(days=count) if days else timedelta(seconds=count))
    except OverflowError:
        return NO_DATE
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{moment:%Y-%m-%d}" if feature.unit == "days" else f"{moment:%Y-%m-%d %H:%M:%S}"


def natural(values: NDArray[np.float32], feature: Feature) -> NDArray[np.float64]:
    """Stored values (n,) in the column's own unit, float64: the offset is added."""
    return values.astype(np.float64) + feature.offset
