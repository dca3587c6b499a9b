"""Which kind of file it is, by its content and not by its name; bombs are refused unopened."""

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vae_core.datasets.own.choices import LARGEST_FILE
from vae_core.errors import DataInvalid
from vae_core.text import size

Format = Literal["text", "workbook", "parquet", "feather"]
CHUNK = 2**20
MOST_UNPACKED = 4 * LARGEST_FILE
MOST_RATIO = 200
SMALL = 10 * 10**6
"""Unpacked, so little can't hurt whatever its ratio."""
STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a database"),
    (b"\x80\x04\x95", "a pickle, which could run code"),
    (b"\x80\x05\x95", "a pickle, which could run code"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a file packed with bzip2"),
    (b"\xfd7zXZ", "a file packed with xz"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd"),
    (b"{\\rtf", "a text document"),
)
MARKS: tuple[tuple[tuple[bytes, ...], Format], ...] = (
    ((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), "workbook"),
    ((b"PAR1",), "parquet"),
    ((b"ARROW1", b"FEA1"), "feather"),
)
TAKEN = "Expected CSV or TSV, XLSX, XLS, ODS, Parquet or Feather, or one of these with gzip."


@dataclass(frozen=True)
class Source:
    """A file to read: where it lies, unpacked, and what it is."""

    path: Path
    format: Format


def recognise(path: Path, folder: Path) -> Source:
    """What a file is; gzip is unpacked into `folder` first. Raises `DataInvalid`."""
    if path.stat().st_size > LARGEST_FILE:
        raise DataInvalid(
            f"Expected a file of at most {size(LARGEST_FILE)}. "
            f"Received: {size(path.stat().st_size)}. Take a sample of its rows."
        )
    with path.open("rb") as stream:
        head = stream.read(16)
    if head.startswith(b"\x1f\x8b"):
        if path.parent == folder:
            raise DataInvalid(f"{TAKEN} Received: gzip within gzip.")
        return recognise(_unpacked(path, folder / "unpacked"), folder)
    kind = _format(head)
    if head.startswith(b"PK"):
        _check_archive(path)
    return Source(path, kind)


def _format(head: bytes) -> Format:
    """What a file that begins so is; raises `DataInvalid` for what is no table."""
    for mark, what in STRANGERS:
        if head.startswith(mark):
            raise DataInvalid(f"{TAKEN} Received: {what}.")
    if head.lstrip().lower().startswith((b"<!doc", b"<html", b"<?xml")):
        raise DataInvalid(f"{TAKEN} Received: a web page or XML.")
    if head.lstrip().startswith((b"[{", b'{"', b"{\n", b"[\n")):
        raise DataInvalid(f"{TAKEN} Received: JSON.")
    return next((kind for marks, kind in MARKS if head.startswith(marks)), "text")


def _unpacked(path: Path, target: Path) -> Path:
    packed, written = path.stat().st_size, 0
    try:
        with gzip.open(path) as stream, target.open("wb") as sink:
            while piece := stream.read(CHUNK):
                written += len(piece)
                _check_size(packed, written)
                sink.write(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataInvalid(f"Expected a whole gzip file. Received: a damaged one ({error}).") from (
            error
        )
    return target


def _check_archive(path: Path) -> None:
    """Raise `DataInvalid` unless a zip file is a workbook of modest declared size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DataInvalid(f"Expected a whole workbook. Received: {error}.") from error
    names = {member.filename for member in members}
    if len(members) > 20_000:
        raise DataInvalid("Expected a workbook. Received: an archive of more than 20,000 files.")
    if not any(name.startswith("xl/workbook") for name in names) and "content.xml" not in names:
        raise DataInvalid(f"{TAKEN} Received: a zip archive. Unpack it first.")
    _check_size(path.stat().st_size, sum(member.file_size for member in members))


def _check_size(packed: int, unpacked: int) -> None:
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * packed):
        raise DataInvalid(
            f"Expected at most {size(MOST_UNPACKED)} once unpacked, and at most {MOST_RATIO} "
            f"times the packed size. Received: {size(packed)} that unpack to more than "
            f"{size(min(unpacked, MOST_UNPACKED))}."
        )
