"""Looking at a file, and adding it to the datasets of this machine."""

import os
from pathlib import Path
from typing import Any

from vae_core.datasets.own import reader, store
from vae_core.datasets.own.choices import LARGEST_FILE, Choices
from vae_core.datasets.own.manifest import Origin
from vae_core.datasets.own.preview import Preview
from vae_core.datasets.own.store import OwnDataset
from vae_core.errors import DataInvalid, NotFound
from vae_core.text import size


def preview_file(path: Path, choices: Choices | None = None) -> Preview:
    """What is understood of a file; nothing of it is kept. Raises as `add_file`."""
    _check_file(path)
    with store.staging() as folder:
        answer = reader.ask(path, choices or Choices(), folder, preview=True)
    assert answer.preview is not None
    return answer.preview


def add_file(
    path: Path,
    choices: Choices | None = None,
    *,
    file_name: str = "",
    owner: str = "",
    shared: bool = False,
    origin: Origin | None = None,
) -> OwnDataset:
    """Take a file in, and keep it under the name in `choices` or its own.

    Raises `DataInvalid` for what can't be taken in, `OSError` where the disk is full, and
    `LatentError` if reading ends in any other way. Then nothing is left behind.
    """
    _check_file(path)
    choices = choices or Choices()
    with store.staging() as folder:
        draft = reader.ask(path, choices, folder).draft
        assert draft is not None
        return store.publish(
            folder,
            draft,
            file_name=file_name or path.name,
            owner=owner,
            shared=shared,
            origin=origin,
        )


def add(
    data: Any, *, name: str | None = None, owner: str = "", shared: bool = False, **choices: Any
) -> OwnDataset:
    """Add a file, a data frame (pandas, polars, Arrow) or an array as a dataset of your own.

    `choices` are those of `Choices`; `label`, `group` and `time` may name a column. Raises as
    `add_file`, and `DataInvalid` for what is no table.
    """
    wanted = Choices.create(name=name, **choices)
    if isinstance(data, str | Path):
        return add_file(Path(data).expanduser(), wanted, owner=owner, shared=shared)
    from vae_core.datasets.own.frames import write_frame

    with store.staging() as folder:
        path = write_frame(data, folder, name or "table")
        return add_file(path, wanted, owner=owner, shared=shared)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise DataInvalid(f"Expected a file. Received: {path}, which is a folder.")
    if not path.is_file():
        raise NotFound(f"Expected a file with a table. Received: {path}, which is not there.")
    if not os.access(path, os.R_OK):
        raise DataInvalid(f"Expected a file that you may read. Received: {path}, which is closed.")
    if path.stat().st_size > LARGEST_FILE:
        raise DataInvalid(
            f"Expected a file of at most {size(LARGEST_FILE)}. "
            f"Received: {size(path.stat().st_size)}. Take a sample of its rows."
        )
