"""Finding a dataset's shipped and downloaded files, and opening them without filling the memory."""

import hashlib
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from vae_core import paths
from vae_core.arrays import UInt8Array
from vae_core.datasets.entry import Remote, RemoteFile
from vae_core.datasets.idx import open_idx, read_idx
from vae_core.errors import DataInvalid, DataUnavailable

log = logging.getLogger(__name__)

_held: dict[Path, UInt8Array] = {}
"""Arrays by their place in a cache that cannot be written."""


def places(remote: Remote) -> list[Path]:
    """Folders in which the training files may lie, in search order."""
    given = os.environ.get("LATENT_DATA_DIR")
    roots = [Path(given).expanduser()] if given else []
    roots += [paths.project() / "data", paths.home() / "data"]
    return [root / folder for root in roots for folder in (*remote.folders, "")]


def locate(remote: Remote) -> Path | None:
    """The first folder that holds the training files, or None.

    A folder without the dataset's name counts only if the sizes fit, since MNIST and its
    replacements share their file names.
    """
    for place in places(remote):
        named = place.name in remote.folders
        if all(_present(place, file, named=named) for file in remote.training):
            return place
    return None


def is_cached(remote: Remote) -> bool:
    """Whether the training files have been inflated on this machine."""
    return all(_cached(remote, file).is_file() for file in remote.training)


def is_available(remote: Remote) -> bool:
    """Whether the training files are on this machine, as fetched or in the cache."""
    return is_cached(remote) or locate(remote) is not None


def has_test(remote: Remote) -> bool:
    """Whether the test files are here: always, unless somebody took them out of the package."""
    return all(
        _cached(remote, file).is_file() or _shipped(remote, file).is_file() for file in remote.test
    )


def folder_of(remote: Remote) -> Path:
    """Where downloaded files are put."""
    return paths.home() / "data" / remote.folders[0]


def open_file(remote: Remote, file: RemoteFile) -> UInt8Array:
    """The array of one file, read-only and mapped from a cache on disk.

    The first call checks the sha256 and inflates the file into `LATENT_HOME/cache`, later calls
    map what lies there, so that a process touches only the pages that it uses. Where the cache
    cannot be written the array is held in memory, once a process. Raises `DataUnavailable`,
    `DataInvalid`.
    """
    cached = _cached(remote, file)
    found = _map(cached, file)
    if found is None:
        found = _held.get(cached)
    if found is not None:
        return found
    source = _source(remote, file)
    verify(source, file)
    try:
        _inflate(source, cached)
    except OSError as error:
        log.warning("Cannot write %s (%s): holding %s in memory", cached, error, source)
        return _held.setdefault(cached, read_idx(source))
    mapped: UInt8Array = np.load(cached, mmap_mode="r", allow_pickle=False)
    return mapped


def _source(remote: Remote, file: RemoteFile) -> Path:
    """Where the file lies as it was published; raises `DataUnavailable`."""
    if file in remote.test:
        shipped = _shipped(remote, file)
        if not shipped.is_file():
            raise DataUnavailable(
                f"Expected {shipped}, which comes with this program. Received: no such file. "
                "Install it again."
            )
        return shipped
    folder = locate(remote)
    if folder is None:
        raise DataUnavailable(missing_message(remote))
    return folder / file.name


def verify(path: Path, file: RemoteFile) -> None:
    """Raise `DataInvalid` unless `path` has the file's sha256."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        raise DataInvalid(
            f"{path} is not the published file. Expected sha256 {file.sha256} "
            f"({file.bytes:,} bytes). Received: sha256 {digest} ({path.stat().st_size:,} bytes). "
            "Delete it and fetch it again."
        )


def missing_message(remote: Remote) -> str:
    """That the training files are absent, where they were looked for, and what to do."""
    searched = "".join(f"\n  {place}" for place in places(remote))
    return (
        f"Expected the training files of {remote.folders[0]} on this machine. "
        f"Received: nothing in{searched}\n"
        f"Download them (`download=True`, `--download` on the command line), or {remedy(remote)}"
    )


def remedy(remote: Remote) -> str:
    """Which files to put where by hand, with their sizes and hashes."""
    files = "".join(f"\n  {f.name}  {f.bytes:,} bytes  sha256 {f.sha256}" for f in remote.training)
    return f"put these files into {folder_of(remote)}:{files}"


def _present(place: Path, file: RemoteFile, *, named: bool) -> bool:
    path = place / file.name
    return path.is_file() and (named or path.stat().st_size == file.bytes)


def _shipped(remote: Remote, file: RemoteFile) -> Path:
    return paths.test_sets() / remote.folders[0] / file.name


def _cached(remote: Remote, file: RemoteFile) -> Path:
    name = f"{remote.folders[0]}-{file.name.removesuffix('.gz')}-{file.sha256[:16]}.npy"
    return paths.home() / "cache" / name


def _map(cached: Path, file: RemoteFile) -> UInt8Array | None:
    """The cached array, or None when it is absent or damaged and has to be made again."""
    try:
        status = cached.stat()
        array = _mapped(cached, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError, EOFError):
        return None
    fits = array.shape == file.shape and array.dtype == np.uint8
    return array if fits else None


@lru_cache(maxsize=8)
def _mapped(cached: Path, _modified: int, _size: int) -> UInt8Array:
    """Time and size of the file make a changed one be mapped anew."""
    array: UInt8Array = np.load(cached, mmap_mode="r", allow_pickle=False)
    return array


def _inflate(source: Path, cached: Path) -> None:
    """Write the array of an IDX file as .npy, under its final name only when it is whole.

    Ordinary writes and not a writable mapping: a full disk then is an OSError and not a SIGBUS.
    """
    cached.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=cached.parent, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as sink, open_idx(source) as (shape, chunks):
            header = {"shape": shape, "fortran_order": False, "descr": "|u1"}
            npy.write_array_header_1_0(sink, header)
            sink.writelines(chunks)
        Path(partial).replace(cached)
    finally:
        Path(partial).unlink(missing_ok=True)
