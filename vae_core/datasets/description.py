"""What a dataset is, in words and shapes; catalogue entries and model manifests share it."""

from math import prod
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["table", "image"]


class Feature(BaseModel):
    """One column of a table."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str
    unit: str = Field(default="", description="'' when the column has no unit")


class Description(BaseModel):
    """Kind, shape and names of a dataset.

    `shape` is one example's: `(features,)` for a table, `(height, width, channels)` for images.
    `maximum` is the stored value that stands for 1 in images (255, or 16 for `digits`); tables
    are stored in their own units and leave it at 1.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: str
    kind: Kind
    shape: tuple[int, ...]
    labels: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    maximum: float = 1.0
    licence: str
    source: str
    citation: str

    @property
    def size(self) -> int:
        """Numbers in one example."""
        return prod(self.shape)
