"""What a dataset is, in words and shapes; catalogue entries and model manifests share it."""

from math import prod
from typing import Literal

from pydantic import Field

from vae_core.datasets.column import Constant, Feature
from vae_core.frozen import Frozen
from vae_core.spec.network import DATASET_NAME

Kind = Literal["table", "image"]

__all__ = ["Constant", "Description", "Feature", "Kind"]


class Description(Frozen):
    """Kind, shape and names of a dataset.

    `shape` is one example's: `(features,)` for a table, `(height, width, channels)` for images.
    `maximum` is the stored value that stands for 1 in images (255, or 16 for `digits`); tables
    are stored in their own units and leave it at 1. The name of a user's own dataset ends in the
    first digits of the hash of its content.
    """

    name: str = Field(pattern=DATASET_NAME)
    title: str
    kind: Kind
    shape: tuple[int, ...]
    labels: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    constants: tuple[Constant, ...] = ()
    maximum: float = 1.0
    licence: str
    source: str
    citation: str

    @property
    def is_mixed(self) -> bool:
        """Whether columns differ in kind, are coded or shifted, so that each has its own head."""
        return any(
            feature != Feature(name=feature.name, unit=feature.unit) for feature in self.features
        )

    @property
    def size(self) -> int:
        """Numbers in one example."""
        return prod(self.shape)
