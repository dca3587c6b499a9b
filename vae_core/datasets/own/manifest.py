"""What stands in the directory of a user's own dataset: its manifest and the names of its files."""

from typing import Literal

from pydantic import Field

from vae_core.datasets.column import Column
from vae_core.datasets.description import Description
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.preview import Note
from vae_core.frozen import Frozen

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
TABLE = "table.parquet"
MATRIX = "x.npy"
LABEL = "label.npy"
SPLIT = "split.npy"
GROUP = "group.npy"
FILES = (TABLE, MATRIX, LABEL, SPLIT)
"""Each directory has these, and `GROUP` where rows come in groups."""


class FileRecord(Frozen):
    """Size and hash of one file."""

    bytes: int
    sha256: str


class Origin(Frozen):
    """The file in a `data/` folder from which a dataset was taken in by itself."""

    path: str
    stamp: str = Field(description="sizes and times of the file and of the JSON beside it")


class Draft(Frozen):
    """A dataset as it was taken in, before it is somebody's."""

    digest: str
    description: Description
    columns: tuple[Column, ...] = Field(strict=False)
    notes: tuple[Note, ...] = Field(default=(), strict=False)
    rows: int
    held_out_by: Literal["label", "group", "time"] = "label"
    seed: int = 0
    files: dict[str, FileRecord]
    choices: Choices = Choices()


class OwnManifest(Draft):
    """Everything about a user's own dataset.

    `owners` are the visitors who added it; while it is not `shared`, nobody else sees it.
    """

    schema_version: int = SCHEMA_VERSION
    file_name: str = ""
    created: str = ""
    owners: tuple[str, ...] = Field(default=(), strict=False)
    shared: bool = False
    origin: Origin | None = None
