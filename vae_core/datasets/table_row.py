"""A row of a table that a user types into a form or pastes from a file."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from vae_core.arrays import Float32Array
from vae_core.datasets.description import Description
from vae_core.errors import DataInvalid

LONGEST_LINE = 100_000
LARGEST = float(np.finfo(np.float32).max)


def read_row(
    values: str | Sequence[object] | Mapping[str, object], description: Description
) -> Float32Array:
    """A table's row (features,), from a form's fields by name, a list, or a line of CSV.

    A line is split at tabs or semicolons if it has any, and its numbers may then have decimal
    commas; else at commas. Raises `DataInvalid`, which names the features at fault.
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
            f"Expected {len(names)} numbers ({', '.join(names)}). Received: {len(cells)}"
        )
    numbers = [_number(cell) for cell in cells]
    wrong = [
        f"{name} = {_shown(cell)}"
        for name, cell, number in zip(names, cells, numbers, strict=True)
        if number is None
    ]
    if wrong:
        raise DataInvalid(
            f"Expected a finite number for each feature. Received: {'; '.join(wrong)}"
        )
    return np.asarray(numbers, np.float32)


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
