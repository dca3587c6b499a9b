"""A stored value of a table as a file or a page writes it: in the words and units of its column."""

from datetime import datetime, timedelta

import numpy as np

from vae_core.datasets.column import Feature


def cell_text(value: float, feature: Feature, *, missing: str = "") -> str:
    """A category's name, a date, a number with its offset; `missing` for NaN.

    Whole numbers are written to the last digit where the column has no others, or is a count.
    """
    if np.isnan(value):
        return missing
    if feature.categories:
        return feature.categories[int(np.clip(round(value), 0, len(feature.categories) - 1))]
    if feature.since:
        return _instant(value, feature)
    if feature.whole or feature.kind == "count":
        return str(round(value) + round(feature.offset))
    digits = 15 if feature.offset else 6
    return f"{value + feature.offset:.{digits}g}"


def _instant(value: float, feature: Feature) -> str:
    """Days or seconds since an instant, as ISO 8601; a day has no time."""
    days = feature.unit.startswith("d")
    step = timedelta(days=1) if days else timedelta(seconds=1)
    try:
        instant = datetime.fromisoformat(feature.since) + value * step
    except OverflowError:
        return f"{feature.since} {value:+.6g} {feature.unit}"
    return instant.date().isoformat() if days else instant.isoformat(timespec="seconds")
