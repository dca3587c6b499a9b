"""Where a command writes: what can't be written there is said before any work is done.

A wrong kind of file is `InvalidInput`; a place that takes no file is the `OSError` that writing
would raise at the end.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from vae_core import disk
from vae_core.errors import InvalidInput


def check_kind(target: Path, suffixes: Sequence[str], what: str) -> None:
    """Raise `InvalidInput` unless the file's name ends in one of `suffixes`."""
    if target.suffix not in suffixes:
        raise InvalidInput(
            f"Expected a file ending in {' or '.join(suffixes)} for {what}. Received: {target}. "
            "Nothing was computed; change the ending."
        )


def check_file(target: Path) -> None:
    """Raise `OSError` unless a file can be written at `target`, in a folder that exists."""
    if target.is_dir():
        raise IsADirectoryError(
            f"Expected a file to write. Received: {target}, which is a folder. Name a file in it."
        )
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"Expected a file in a folder that exists. Received: {target}. "
            f"Make the folder {target.parent} first."
        )
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(
            f"Expected a file that may be written. Received: {target}. Name another file."
        )
    _try_to_write(target.parent)


def check_folder(folder: Path, *, remedy: str = "Name another folder.") -> None:
    """Raise `OSError` unless files can be written in `folder`, which may have to be made first.

    `remedy` is what to do then, beside freeing space where the disk is full.
    """
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not place.is_dir():
        raise NotADirectoryError(
            f"Expected a folder to write to. Received: {folder}, where {place} is a file. {remedy}"
        )
    _try_to_write(place, remedy)


def _try_to_write(folder: Path, remedy: str = "Name another folder.") -> None:
    """Permissions alone don't tell: a disk may be full or read-only. Nothing stays behind."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise type(error)(
            f"Expected a folder that can be written to. Received: {folder} ({error.strerror}). "
            f"{'Free some space.' if error.errno in disk.FULL else remedy}"
        ) from error
