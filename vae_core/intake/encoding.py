"""Which characters the bytes of a text file stand for, and a copy of it in UTF-8."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from vae_core.datasets.own.choices import LARGEST_FILE
from vae_core.errors import DataInvalid

CHUNK = 2**20
SAMPLE = 64 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks; that of UTF-32 begins with that of UTF-16."""
SINGLE_BYTE = ("cp1252", "cp1250", "mac_roman", "cp850")
"""Tried in this order before anything rarer."""
ODD = re.compile(
    r"[^\W\d_a-zA-Z]{3}"  # Cyrillic and Greek read as Latin are all accents
    r"|(?<=[^\W\d_])[^\w\s.,;:|/()'\"&+*=%#!?@<>\[\]{}\\^~`$-](?=[^\W\d_])"
    r"|(?<![^\W\d_])[£¥§©®¬¶¤¦][^\W\d_]|[^\W\d_][²³¹¼½¾][^\W\d_]"
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def as_utf8(path: Path, folder: Path, encoding: str | None) -> tuple[Path, str]:
    """A file in UTF-8 with plain line ends, in `folder` unless `path` is one; and its encoding.

    Raises `DataInvalid` for bytes that are no text.
    """
    found = encoding or detect(path)
    ends = _line_ends(path) if found in ("utf-8", "ascii") else ""
    if found == "utf-8" and ends != "\r":
        return path, found
    target = folder / "utf8.txt"
    try:
        with target.open("w", encoding="utf-8", newline="") as sink:
            sink.writelines(_decoded(path, found))
    except (UnicodeError, LookupError) as error:
        raise DataInvalid(
            f"Expected a text file in {found}. Received: {error}. Save it as UTF-8."
        ) from error
    return target, found.removesuffix("-sig")


def detect(path: Path) -> str:
    """The encoding of a file, as Python names it; raises `DataInvalid` for no text."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _wide(head)
    odd = _not_utf8(path)
    return "utf-8" if odd is None else _single_byte(odd)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of its ASCII characters."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros > 0.3 * len(head) / 2 and others < 0.1 * zeros:
            return name
    raise DataInvalid(
        "Expected a table as text, a workbook, Parquet or Feather. Received: a binary file. "
        "Save the table as CSV."
    )


def _not_utf8(path: Path) -> bytes | None:
    """None for UTF-8, else a sample of the lines with other bytes."""
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), []
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        with path.open("rb") as stream:
            lines = [line for line in stream.read(16 * CHUNK).splitlines() if not line.isascii()]
        return b"\n".join(lines)[:SAMPLE] or b"\xff"
    return None


def _single_byte(sample: bytes) -> str:
    """The first of `SINGLE_BYTE` that gives words, else what charset-normalizer takes it for."""
    for name in SINGLE_BYTE:
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        if not _looks_odd(text):
            return name
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _looks_odd(text: str) -> bool:
    """Whether signs stand within words, or capitals after small letters, as in a wrong encoding."""
    if CONTROL.search(text.replace("\n", "")) or ODD.search(text):
        return True
    pairs = pairwise(text)
    return any(a.islower() and b.isupper() and not (a.isascii() and b.isascii()) for a, b in pairs)


def _line_ends(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    return "\r" if b"\r" in head and b"\n" not in head else "\n"


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in pieces, with '\\n' for all line ends."""
    size = 0
    with path.open(encoding=encoding) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > LARGEST_FILE:
                raise DataInvalid("Expected at most 200 MB of text. Received: more.")
            yield piece.replace("\0", "")
