"""The shape of a catalogue entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vae_core.datasets.description import Description
from vae_core.datasets.own.store import OwnDataset

CC_BY_4 = "CC BY 4.0"


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be downloaded: its name at every mirror, its bytes and their sha256."""

    name: str
    bytes: int
    sha256: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Remote:
    """IDX files, the folder names under which people keep them, and where to get them.

    `files`: training images, training labels, test images, test labels. Those of the test set
    come with the package.
    """

    folders: tuple[str, ...]
    mirrors: tuple[str, ...]
    files: tuple[RemoteFile, RemoteFile, RemoteFile, RemoteFile]

    @property
    def training(self) -> tuple[RemoteFile, RemoteFile]:
        """Images and labels that have to be downloaded."""
        return self.files[:2]

    @property
    def test(self) -> tuple[RemoteFile, RemoteFile]:
        """Images and labels that come with the package."""
        return self.files[2:]


@dataclass(frozen=True)
class Entry:
    """A dataset of the catalogue, or one of somebody's `own`.

    `held_out` is the share of the examples in each of validation and test (0: the source fixes
    the test set). `csv` is the file that comes with the package or, without `columns`, with
    scikit-learn; `remote` are the files of the others. `columns` are the names that a file with
    words in it gives the features, `label` that of the label.
    """

    description: Description
    examples: int
    defaults: Mapping[str, Any]
    held_out: float = 0.0
    csv: str = ""
    columns: tuple[str, ...] = ()
    label: str = ""
    remote: Remote | None = field(default=None, repr=False)
    own: OwnDataset | None = field(default=None, repr=False)
