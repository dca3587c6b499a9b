"""What a column of a table is: its kind decides the likelihood, its role who sees it."""

from typing import Literal

from pydantic import Field

from vae_core.frozen import Frozen

ColumnKind = Literal["real", "positive", "count", "ordinal", "categorical", "binary"]
ColumnRole = Literal["feature", "label", "group", "time", "id", "ignored"]

CODED: frozenset[ColumnKind] = frozenset({"ordinal", "categorical", "binary"})
"""Kinds whose values are stored as the number of their category, from 0 on."""


class Feature(Frozen):
    """One column of a table, as a model sees it.

    A value is stored as float32 `value - offset`, the difference taken in float64, so that times
    and long numbers keep their differences; NaN where the cell is missing. Columns of the kinds in
    `CODED` hold the number of the value in `categories`, which for ordinal ones are in order.
    """

    name: str
    unit: str = Field(default="", description="'' when the column has no unit")
    kind: ColumnKind = "real"
    categories: tuple[str, ...] = Field(default=(), strict=False)
    offset: float = 0.0
    whole: bool = Field(default=False, description="all known values are whole numbers")
    since: str = Field(
        default="", description="for a date: the ISO 8601 instant from which `unit` counts"
    )


class Constant(Frozen):
    """A column with one value, which no model has to learn: `value` as the file writes it."""

    name: str
    value: str


class Column(Frozen):
    """One column of a table as it was taken in: what it is, why, and what is missing.

    `reason` says in words why this kind and role were chosen; `missing` counts its empty cells
    and missing tokens.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    missing: int = 0
    reason: str = ""
    unit: str = ""
    categories: tuple[str, ...] = Field(default=(), strict=False)
    since: str = ""
    whole: bool = False
    constant: bool = False
