"""What a user may say about a file that is taken in; all else is guessed, with a reason."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from vae_core.datasets.column import ColumnKind, ColumnRole
from vae_core.errors import DataInvalid
from vae_core.frozen import Frozen

LONGEST_NAME = 40
MEGABYTE = 10**6
LARGEST_FILE = 200 * MEGABYTE
MOST_COLUMNS = 2_000
MOST_ROWS = 5_000_000
FEWEST_COLUMNS = 2
FEWEST_ROWS = 10
NEEDED = (
    f"A table needs at least {FEWEST_COLUMNS} columns and {FEWEST_ROWS} rows, so that some can be "
    "held out"
)
"""The limits of a table, and what is said below the lower ones."""


class Choices(Frozen):
    """Corrections of what would be guessed, by the columns' names as they are shown.

    `missing` are further words for a missing cell, in all columns or, as 'COLUMN=WORD', in one;
    `keep` are words that are values although they look like one, such as 'NA' for Namibia.
    `extremes` decides what becomes of infinities and of numbers that float32 can't hold.
    """

    name: str = ""
    kinds: dict[str, ColumnKind] = Field(default_factory=dict)
    roles: dict[str, ColumnRole] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    header: bool | None = Field(default=None, description="None: as the first row looks")
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    sheet: str | None = Field(default=None, description="of a workbook; None: the first with data")
    extremes: Literal["refuse", "missing"] = "refuse"
    title: str = ""
    licence: str = ""
    source: str = ""
    citation: str = ""
    note: str = ""

    @classmethod
    def create(cls, **values: Any) -> Self:
        """Choices from plain values, None for what is not given.

        `label`, `group` and `time` may name the column of that role. Raises `DataInvalid`.
        """
        given = {key: value for key, value in values.items() if value is not None}
        named = {given.pop(role): role for role in ("label", "group", "time") if role in given}
        if named:
            given["roles"] = {**given.get("roles", {}), **named}
        try:
            return cls.model_validate(given, strict=False)
        except ValidationError as error:
            raise DataInvalid(_in_words(error)) from error


def missing_in(column: str, choices: Choices, columns: Collection[str]) -> tuple[str, ...]:
    """The further words for a missing cell of one of the `columns`."""
    found = []
    for token in choices.missing:
        named, equals, word = token.rpartition("=")
        if not equals or named not in columns:
            found.append(token)
        elif named == column:
            found.append(word)
    return tuple(found)


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"Expected one of {', '.join(Choices.model_fields)}. Received: {place!r}"
    return f"`{place}`: {first['msg']}. Received: {first['input']!r}"


def sanitised(text: str) -> str:
    """A name for a dataset: lower-case letters, digits and single underscores, never empty.

    Letters lose their accents; what has no counterpart in ASCII becomes an underscore.
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", plain.decode().lower())
    return "_".join(words)[:LONGEST_NAME].strip("_") or "table"
