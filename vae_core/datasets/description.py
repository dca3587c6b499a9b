"""What a dataset is, in words and shapes; catalogue entries and model manifests share it."""

from math import prod
from typing import Literal

from pydantic import Field

from vae_core.frozen import Frozen

Kind = Literal["table", "image"]


class Feature(Frozen):
    """One column of a table."""

    name: str
    unit: str = Field(default="", description="'' when the column has no unit")


class Description(Frozen):
    """Kind, shape and names of a dataset.

    `shape` is one example's: `(features,)` for a table, `(height, width, channels)` for images.
    `maximum` is the stored value that stands for 1 in images (255, or 16 for `digits`); tables
    are stored in their own units and leave it at 1.
    """

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
