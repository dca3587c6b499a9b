"""Strict reading of IDX files, the format of MNIST: big-endian header, then one byte a number."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_core.arrays import UInt8Array
from vae_core.errors import DataInvalid

LIMIT = 1 << 28
_CHUNK = 1 << 20
_MAGIC = b"\x00\x00\x08"


def read_idx(path: Path, *, limit: int = LIMIT) -> UInt8Array:
    """The array of an IDX file of unsigned bytes, gzipped when its name ends in .gz.

    Raises `DataInvalid` when magic, dimensions or length are off, or when more than `limit` bytes
    would come out; never inflates more than that.
    """
    with open_idx(path, limit=limit) as (shape, chunks):
        data = b"".join(chunks)
    return np.frombuffer(data, np.uint8).reshape(shape)


@contextmanager
def open_idx(
    path: Path, *, limit: int = LIMIT
) -> Iterator[tuple[tuple[int, ...], Iterator[bytes]]]:
    """Shape and data of an IDX file, the data in chunks that are checked as they are read."""
    with _open(path) as stream:
        shape = _read_shape(stream, path)
        if prod(shape) > limit:
            raise _invalid(path, f"at most {limit:,} bytes of data", f"shape={shape}")
        yield shape, _read_chunks(stream, path, prod(shape))


def _read_shape(stream: IO[bytes], path: Path) -> tuple[int, ...]:
    magic = _read(stream, path, 4)
    if magic[:3] != _MAGIC or not 1 <= magic[-1] <= 4:
        raise _invalid(path, "00 00 08 and a count of dimensions up to 4", f"magic={magic.hex()}")
    header = _read(stream, path, 4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise _invalid(path, f"{magic[3]} dimensions", f"a header cut after {len(header)} bytes")
    return struct.unpack(f">{magic[3]}I", header)


def _read_chunks(stream: IO[bytes], path: Path, size: int) -> Iterator[bytes]:
    got = 0
    while got < size:
        chunk = _read(stream, path, min(_CHUNK, size - got))
        if not chunk:
            raise _invalid(path, f"{size:,} bytes of data", f"{got:,} bytes")
        got += len(chunk)
        yield chunk
    if _read(stream, path, 1):
        raise _invalid(path, f"{size:,} bytes of data", "more than that")


def _open(path: Path) -> IO[bytes]:
    opened: Any = gzip.open if path.suffix == ".gz" else open
    try:
        stream: IO[bytes] = opened(path, "rb")
    except OSError as error:
        raise _invalid(path, "a readable file", str(error)) from error
    return stream


def _read(stream: IO[bytes], path: Path, count: int) -> bytes:
    try:
        return stream.read(count)
    except (EOFError, OSError, zlib.error) as error:
        raise _invalid(path, "a whole gzip stream", str(error)) from error


def _invalid(path: Path, expected: str, received: str) -> DataInvalid:
    return DataInvalid(
        f"{path} is no whole IDX file. Expected {expected}. Received: {received}. "
        "Delete it and fetch it again."
    )
