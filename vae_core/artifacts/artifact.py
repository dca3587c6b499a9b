"""A trained model on disk: the manifest's schema, and reading a directory without trusting it.

A directory holds `manifest.json` and the files that it lists with size and sha256. Everything is
JSON, NPZ without pickle, safetensors or ONNX: data, never code.
"""

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from vae_core.arrays import Float32Array, Float64Array, Int64Array, UInt8Array
from vae_core.artifacts.manifest import (
    FILES,
    HISTORY,
    LATENTS,
    MANIFEST,
    SCHEMA_VERSION,
    SPLITS,
    Epoch,
    FileRecord,
    Manifest,
    SplitName,
)
from vae_core.errors import ArtifactCorrupt, ArtifactTooNew

LOG_VAR_STEPS = 64


@dataclass(frozen=True)
class Latents:
    """Where the encoder puts the dataset: one row an example.

    `mean`, `log_var` (n, d) float32; `label` (n,) int64, -1 without labels; `index` (n,) int64 row
    in the whole dataset; `split` (n,) uint8, a position in `SPLITS`.
    """

    mean: Float32Array
    log_var: Float32Array
    label: Int64Array
    index: Int64Array
    split: UInt8Array

    def of(self, split: SplitName) -> Self:
        """The rows of one split."""
        rows = self.split == SPLITS.index(split)
        return type(self)(*(getattr(self, name)[rows] for name in _LATENT_ARRAYS))


_LATENT_ARRAYS = tuple(Latents.__dataclass_fields__)
_CODES = ("mean", "log_var")


@dataclass(frozen=True)
class Artifact:
    """A stored model whose manifest has been read; `verify` checks the bytes of its files."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the manifest in `path`.

        Raises `ArtifactTooNew` for a later schema and `ArtifactCorrupt` for anything missing,
        unreadable or contradictory, naming the file.
        """
        manifest = _read_manifest(path / MANIFEST)
        spec = manifest.spec
        if (spec.digest, spec.model_id) != (manifest.digest, manifest.model_id):
            raise ArtifactCorrupt(
                f"{path / MANIFEST}: expected the specification of {manifest.model_id} "
                f"({manifest.digest[:8]}). Received: one that hashes to {spec.digest[:8]}. "
                f"{_REMEDY}"
            )
        if set(manifest.files) != set(FILES):
            raise ArtifactCorrupt(
                f"{path / MANIFEST}: expected the files {sorted(FILES)}. "
                f"Received: {sorted(manifest.files)}. {_REMEDY}"
            )
        return cls(path, manifest)

    def verify(self) -> Self:
        """Check size and sha256 of every file; raises `ArtifactCorrupt` naming a bad one."""
        for name, record in self.manifest.files.items():
            found = record_of(self.file(name))
            if found != record:
                raise ArtifactCorrupt(
                    f"{self.path / name}: expected {record.bytes} bytes with sha256 "
                    f"{record.sha256[:12]}…. Received: {found.bytes} bytes with sha256 "
                    f"{found.sha256[:12]}…. {_REMEDY}"
                )
        return self

    def file(self, name: str) -> Path:
        """Path of one of `FILES`; raises `ArtifactCorrupt` when it is missing."""
        path = self.path / name
        if not path.is_file():
            raise ArtifactCorrupt(f"{path}: the file is missing. {_REMEDY}")
        return path

    @cached_property
    def latents(self) -> Latents:
        """The encoded dataset."""
        path = self.file(LATENTS)
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in _LATENT_ARRAYS}
            codes = {name: found[name].astype(np.float32) for name in _CODES}
            latents = Latents(**(found | codes))
            _check_shapes(latents, self.manifest.spec.latent_dim)
        except _UNREADABLE as error:
            raise ArtifactCorrupt(f"{path}: not a latents file ({error}). {_REMEDY}") from error
        return latents

    @cached_property
    def history(self) -> tuple[Epoch, ...]:
        """The epochs of its training."""
        path = self.file(HISTORY)
        try:
            return tuple(Epoch.model_validate(epoch) for epoch in json.loads(path.read_bytes()))
        except _UNREADABLE as error:
            raise ArtifactCorrupt(f"{path}: not a training history ({error}). {_REMEDY}") from error


def record_of(path: Path) -> FileRecord:
    """Size and sha256 of a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileRecord(bytes=path.stat().st_size, sha256=digest)


def save_latents(path: Path, latents: Latents) -> None:
    """Write `latents.npz`, compressed and without pickle.

    What no reader could tell apart is rounded away, since it is most of the room. Means are whole
    multiples of 2**-10, or of a power of two below 1/64 of their own posterior's deviation where
    that is finer: none moves by more than a 128th of it. `log_var` has steps of 1/64, that is the
    deviation to 0.4 %. An array is in half precision if that holds all of it.
    """
    arrays = {name: getattr(latents, name) for name in _LATENT_ARRAYS}
    mean, log_var = latents.mean.astype(np.float64), latents.log_var.astype(np.float64)
    steps = np.exp2(np.clip(np.floor(log_var / (2 * log(2)) - 6), -149, -10))
    arrays["mean"] = _narrow(np.round(mean / steps) * steps)
    arrays["log_var"] = _narrow(np.round(log_var * LOG_VAR_STEPS) / LOG_VAR_STEPS)
    np.savez_compressed(path, **arrays)


def _narrow(values: Float64Array) -> NDArray[np.floating]:
    """The values in half precision if that changes none of them, else in single."""
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return half if np.array_equal(half, values) else values.astype(np.float32)


_REMEDY = "Delete the directory and train or fetch the model again."
# What json, numpy and zipfile raise at bytes that are not theirs; RuntimeError is zipfile's word
# for encryption and json's for nesting without end.
_UNREADABLE = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)


def _check_shapes(latents: Latents, latent_dim: int) -> None:
    """Raise `ValueError` unless all arrays speak of the same examples."""
    rows = len(latents.index)
    for name in _LATENT_ARRAYS:
        expected = (rows, latent_dim) if name in _CODES else (rows,)
        found = getattr(latents, name).shape
        if found != expected:
            raise ValueError(f"expected `{name}` {expected}, received shape={found}")


def _read_manifest(path: Path) -> Manifest:
    try:
        text = path.read_bytes()
        values: Any = json.loads(text)
        version = values["schema_version"]
    except _UNREADABLE as error:
        raise ArtifactCorrupt(f"{path}: not a readable manifest ({error!r}). {_REMEDY}") from error
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise ArtifactTooNew(
            f"{path}: expected schema version {SCHEMA_VERSION} or older. "
            f"Received: schema_version={version!r}. Update Latent Explorer to open this model."
        )
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ArtifactCorrupt(f"{path}: `{place}`: {first['msg']}. {_REMEDY}") from error
