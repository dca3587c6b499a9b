"""A row of a table that a user types into a form or pastes from a file."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import nan

import numpy as np

from vae_core.arrays import Float32Array
from vae_core.datasets.column import Feature
from vae_core.datasets.description import Description
from vae_core.errors import DataInvalid

NUMBER = "a finite number"
LONGEST_LINE = 100_000
LARGEST = float(np.finfo(np.float32).max)


def read_row(
    values: str | Sequence[object] | Mapping[str, object],
    description: Description,
    *,
    gaps: bool = False,
) -> Float32Array:
    """A table's row (features,) in stored units, from a form's fields by name, a list, or a line
    of CSV.

    A line is split at tabs or semicolons if it has any, and its numbers may then have decimal
    commas; else at commas. Categories are given by name, dates in ISO 8601. With `gaps` a cell may
    be empty, NaN in the row. Raises `DataInvalid`, which names the features at fault.
    """
    names = [feature.name for feature in description.features]
    if isinstance(values, Mapping):
        if unknown := sorted(set(values) - set(names)):
            raise DataInvalid(f"Expected the features {', '.join(names)}. Received: {unknown}")
        cells = [values.get(name) for name in names]
    else:
        cells = list(_cells(values) if isinstance(values, str) else values)
    if len(cells) != len(names):
        raise DataInvalid(
            f"Expected {len(names)} {'values' if description.is_mixed else 'numbers'} "
            f"({', '.join(names)}). Received: {len(cells)}"
        )
    numbers = [
        _stored(cell, feature, gaps=gaps)
        for cell, feature in zip(cells, description.features, strict=True)
    ]
    wrong = [
        f"{name} = {_shown(cell)}"
        for name, cell, number in zip(names, cells, numbers, strict=True)
        if number is None
    ]
    if wrong:
        wanted = "a finite number, or the name of a category," if description.is_mixed else NUMBER
        raise DataInvalid(f"Expected {wanted} for each feature. Received: {'; '.join(wrong)}")
    return np.asarray(numbers, np.float32)


def _stored(cell: object, feature: Feature, *, gaps: bool) -> float | None:
    """The stored number of a cell, None for what is no value of the column."""
    text = cell.strip() if isinstance(cell, str) else cell
    if gaps and (text is None or text == ""):
        return nan
    if feature.categories:
        if isinstance(text, str) and text in feature.categories:
            return float(feature.categories.index(text))
        return None
    if feature.since and isinstance(text, str):
        return _since(text, feature)
    number = _number(cell)
    return None if number is None else number - feature.offset


def _since(text: str, feature: Feature) -> float | None:
    """Days or seconds from the column's origin to a date, without the offset."""
    try:
        moment, origin = datetime.fromisoformat(text), datetime.fromisoformat(feature.since)
    except ValueError:
        return None
    gone = moment.replace(tzinfo=None) - origin.replace(tzinfo=None)
    unit = timedelta(days=1) if feature.unit == "days" else timedelta(seconds=1)
    return gone / unit - feature.offset


def _cells(line: str) -> list[str]:
    line = line.strip()
    if len(line) > LONGEST_LINE or "\n" in line:
        raise DataInvalid("Expected one line of numbers. Received: several, or a very long one.")
    for separator in ("\t", ";"):
        if separator in line:
            return [cell.replace(",", ".") for cell in line.split(separator)]
    return line.split(",")


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def _number(cell: object) -> float | None:
    """A finite number that float32 holds, or None."""
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        cell = float(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float | np.number):
        return None
    number = float(cell)
    return number if abs(number) <= LARGEST else None


def _shown(cell: object) -> str:
    return "nothing" if cell is None or cell == "" else repr(cell)[:40]
