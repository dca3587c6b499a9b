"""The directories of users' own datasets: `LATENT_HOME/datasets/<name>-<digest8>/`.

A final name is always whole: files are written in a staging directory beside it, hashed, and
renamed once. The name ends in the hash of the content, so the same name with other content is
another dataset.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from pydantic import ValidationError

from vae_core import disk, paths
from vae_core.arrays import Int64Array, UInt8Array
from vae_core.datasets.own.manifest import (
    FILES,
    GROUP,
    LABEL,
    MANIFEST,
    MATRIX,
    SCHEMA_VERSION,
    SPLIT,
    TABLE,
    Draft,
    Origin,
    OwnManifest,
)
from vae_core.errors import DataInvalid, NotFound

HERE = "here"
"""Owner of what is added on the machine itself: by a command, or in a browser on it."""
STAGING_PREFIX = ".staging-"
KEY = re.compile(r"[a-z0-9][a-z0-9_]*-[0-9a-f]{8}")


@dataclass(frozen=True, eq=False)
class OwnDataset:
    """One directory whose manifest has been read; arrays are mapped when they are asked for."""

    path: Path
    manifest: OwnManifest

    @property
    def key(self) -> str:
        """The name by which everything else calls it: `<name>-<digest8>`."""
        return self.manifest.description.name

    @property
    def name(self) -> str:
        """The name without the digits."""
        return self.key.rpartition("-")[0]

    @property
    def table(self) -> Path:
        """The Parquet file with all columns as the file has them."""
        return self.path / TABLE

    @property
    def is_whole(self) -> bool:
        """Whether all files are here and as long as they were written."""
        files = self.manifest.files.items()
        lengths = [(self.path / name, record.bytes) for name, record in files]
        return all(path.is_file() and path.stat().st_size == size for path, size in lengths)

    @property
    def x(self) -> NDArray[np.float32]:
        """The features (n, F), NaN where missing; read-only, mapped from the disk.

        The training rows come first, then those for validation, then those for testing, so that
        each part is one piece of the file; `order` says which row of the table each is.
        """
        return self._array(MATRIX)

    @cached_property
    def order(self) -> Int64Array:
        """Rows of the table (n,), counted from 0, in the order of `x`."""
        return np.argsort(self.split, kind="stable")

    def rows(self, index: Int64Array) -> NDArray[np.float32]:
        """The features of these rows of the table."""
        place = np.empty(len(self.order), np.int64)
        place[self.order] = np.arange(len(self.order))
        return np.asarray(self.x[place[index]])

    @property
    def label(self) -> Int64Array:
        """Number of each row's label (n,), -1 where it has none."""
        return self._array(LABEL)

    @property
    def split(self) -> UInt8Array:
        """Which part each row (n,) belongs to, as `partition` says."""
        return self._array(SPLIT)

    @property
    def group(self) -> Int64Array | None:
        """Number of each row's group (n,), None where rows come without."""
        return self._array(GROUP) if GROUP in self.manifest.files else None

    def _array(self, name: str) -> NDArray[Any]:
        path, record = self.path / name, self.manifest.files[name]
        try:
            if path.stat().st_size != record.bytes:
                raise ValueError(f"{path.stat().st_size} bytes")
            array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DataInvalid(
                f"{path}: expected {record.bytes} bytes of an array. Received: {error}. "
                "Add the file again."
            ) from error
        return array


def root() -> Path:
    """Where own datasets are."""
    return paths.home() / "datasets"


def all_own() -> list[OwnDataset]:
    """All own datasets, the newest first; directories without a readable manifest are passed."""
    found = (opened(path) for path in root().glob("*-*/") if KEY.fullmatch(path.name))
    return sorted(
        (one for one in found if one), key=lambda one: (one.manifest.created, one.key), reverse=True
    )


def visible(visitor: str | None) -> list[OwnDataset]:
    """Those that a visitor added or that are shared; all of them for None."""
    return [one for one in all_own() if visitor is None or may_see(one.manifest, visitor)]


def may_see(manifest: OwnManifest, visitor: str) -> bool:
    """Whether a visitor sees the dataset."""
    return manifest.shared or visitor in manifest.owners


def find(name: str) -> OwnDataset | None:
    """The own dataset of that key, or the newest of that bare name."""
    if KEY.fullmatch(name):
        return opened(root() / name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
        return None
    return next((one for one in all_own() if one.name == name), None)


def get(name: str) -> OwnDataset:
    """As `find`; `NotFound` names those that there are."""
    found = find(name)
    if found is None:
        known = ", ".join(one.key for one in all_own()[:20]) or "none yet"
        raise NotFound(f"Expected one of your own datasets ({known}). Received: {name!r}")
    return found


def opened(path: Path) -> OwnDataset | None:
    """The dataset in this directory, None where there is none that can be read."""
    try:
        status = (path / MANIFEST).stat()
    except OSError:
        return None
    return _opened(path, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=256)
def _opened(path: Path, *_stamp: int) -> OwnDataset | None:
    try:
        text = (path / MANIFEST).read_bytes()
        if json.loads(text).get("schema_version", 0) > SCHEMA_VERSION:
            return None
        manifest = OwnManifest.model_validate_json(text)
    except (OSError, ValueError, AttributeError, ValidationError):
        return None
    whole = set(FILES) <= set(manifest.files) and manifest.description.name == path.name
    return OwnDataset(path, manifest) if whole else None


@contextmanager
def staging() -> Iterator[Path]:
    """An empty directory beside the datasets, gone afterwards unless it was published."""
    sweep()
    try:
        root().mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{os.getpid()}-", dir=root()))
    except OSError as error:
        raise type(error)(disk.refusal(error, root())) from error
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sweep() -> None:
    """Delete what processes that are gone were staging."""
    for path in root().glob(f"{STAGING_PREFIX}*-*"):
        pid = path.name.removeprefix(STAGING_PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def publish(
    folder: Path,
    draft: Draft,
    *,
    file_name: str,
    owner: str = "",
    shared: bool = False,
    origin: Origin | None = None,
) -> OwnDataset:
    """Give a staged dataset its manifest and its final name.

    If the same content is there under the same name, that stays and gets one more owner.
    """
    target = root() / draft.description.name
    if (found := opened(target)) is not None and found.is_whole:
        owners = dict.fromkeys([*found.manifest.owners, *filter(None, [owner])])
        shared = shared or found.manifest.shared
        return change(
            found, owners=tuple(owners), shared=shared, origin=origin or found.manifest.origin
        )
    manifest = OwnManifest(
        **{name: getattr(draft, name) for name in Draft.model_fields},
        file_name=file_name,
        created=datetime.now(UTC).isoformat(timespec="microseconds"),
        owners=(owner,) if owner else (),
        shared=shared,
        origin=origin,
    )
    for path in folder.iterdir():
        if path.name not in draft.files:
            path.unlink()
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    folder.chmod(0o755)
    if target.exists():  # broken, and in the way of what is whole
        shutil.rmtree(target)
    try:
        folder.rename(target)
    except OSError:
        if not (target / MANIFEST).is_file():  # another process was faster
            raise
    return OwnDataset(target, manifest)


def change(dataset: OwnDataset, **values: Any) -> OwnDataset:
    """The dataset with other `values` in its manifest, replaced in one step."""
    manifest = dataset.manifest.model_copy(update=values)
    handle, draft = tempfile.mkstemp(prefix=".", dir=dataset.path)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(manifest.model_dump_json(indent=1))
        shutil.copymode(dataset.path / MANIFEST, draft)
        Path(draft).replace(dataset.path / MANIFEST)
    finally:
        Path(draft).unlink(missing_ok=True)
    return OwnDataset(dataset.path, manifest)


def share(name: str, *, shared: bool = True) -> OwnDataset:
    """Let every visitor see the dataset, or only its owners; raises `NotFound`."""
    return change(get(name), shared=shared)


def remove(name: str, *, owner: str | None = None) -> None:
    """Delete a dataset; with `owner`, only take it from that visitor while others own it too.

    Models that were trained on it stay. Raises `NotFound`.
    """
    found = get(name)
    others: Sequence[str] = [one for one in found.manifest.owners if one != owner]
    if owner is not None and others:
        change(found, owners=tuple(others))
        return
    with staging() as grave:
        found.path.rename(grave / found.path.name)
