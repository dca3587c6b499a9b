"""The bases of all records that are read from JSON and never change."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A record that takes no other types than its fields name, and no unknown fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Tolerant(Frozen):
    """A record that another version may have written: it converts types and skips unknown fields.

    What a run directory holds outlives the version that began it.
    """

    model_config = ConfigDict(strict=False, extra="ignore")
