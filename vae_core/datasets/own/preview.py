"""What was understood of a file: its columns, each with a histogram, and what is to be said."""

from typing import Literal

from pydantic import Field

from vae_core.datasets.column import Column
from vae_core.frozen import Frozen


class Note(Frozen):
    """One sentence about a file: a remark, a question that a choice answers, or a problem.

    A problem keeps the file from being added until a choice removes it.
    """

    kind: Literal["remark", "question", "problem"]
    text: str
    column: str = Field(default="", description="'' where it is about the whole file")


class Histogram(Frozen):
    """Known cells of a column: `counts` between `edges` of numbers, or of each of `values`."""

    counts: tuple[int, ...] = Field(default=(), strict=False)
    edges: tuple[float, ...] = Field(default=(), strict=False)
    values: tuple[str, ...] = Field(default=(), strict=False)


class ColumnPreview(Frozen):
    """A column with its histogram, and how it is scaled before a model sees it, in words."""

    column: Column
    histogram: Histogram
    scaling: str = ""


class Preview(Frozen):
    """What was understood of a file; `head` holds its first rows as text, '' where missing."""

    name: str
    rows: int
    columns: tuple[ColumnPreview, ...] = Field(strict=False)
    notes: tuple[Note, ...] = Field(default=(), strict=False)
    head: tuple[tuple[str, ...], ...] = Field(default=(), strict=False)

    @property
    def problems(self) -> tuple[Note, ...]:
        """What has to be decided before the file can be added."""
        return tuple(note for note in self.notes if note.kind == "problem")
