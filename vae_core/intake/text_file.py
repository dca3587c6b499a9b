"""Text files: CSV, TSV and their relatives, every field as text."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from vae_core.datasets.own.choices import NEEDED, Choices
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake import dialect, encoding, header
from vae_core.intake.raw import Columns, Raw, check_size
from vae_core.text import plural

BLOCK = 4 * 2**20
TEXT_AT_ONCE = 50 * 10**6
"""Bytes of the file whose columns are held as text at the same time."""


def read_text(path: Path, folder: Path, choices: Choices) -> Raw:
    """The fields of a text file; a copy in UTF-8 goes into `folder`. Raises `DataInvalid`."""
    utf8, found = encoding.as_utf8(path, folder, choices.encoding)
    shape = dialect.sniff(utf8, choices.delimiter)
    if shape.width == 1 and (tabbed := dialect.without_spaces(utf8, folder / "tabs.txt", shape)):
        utf8, shape = tabbed, dialect.sniff(tabbed, "\t")
    if not shape.rows:
        raise DataInvalid(f"The file holds no rows. {NEEDED}.")
    named = header.has_header(shape.rows) if choices.header is None else choices.header
    names, notes = header.names_of(shape.rows[0] if named else None, shape.width)
    if choices.header is False:
        notes = []
    if found not in ("utf-8", "ascii"):
        text = f"Read as {found}, since it is not UTF-8. If words look wrong, choose the encoding."
        notes.append(Note(kind="question", text=text))
    if shape.title:
        text = f"{plural(shape.title, 'line')} above the table left out."
        notes.append(Note(kind="remark", text=text))
    at_once = max(1, int(TEXT_AT_ONCE * shape.width / utf8.stat().st_size))
    reader = _Reader(utf8, shape, header=named, at_once=at_once)
    rows = len(reader.first[0])
    sample = [pa.array(cells) for cells in zip(*shape.rows[named:], strict=True)]
    return Raw(names, rows, reader.read, at_once, notes, shape.delimiter, sample)


class _Reader:
    """Reads a text file again for each group of columns; the first group tells the rows."""

    def __init__(self, path: Path, shape: dialect.Dialect, *, header: bool, at_once: int) -> None:
        self._path, self._shape, self._header = path, shape, header
        self._quotes = _has_quotes(path, shape.quote)
        self.first = self._columns(range(min(at_once, shape.width)))

    def read(self, places: Sequence[int]) -> Columns:
        """The columns at these places, as text."""
        if places[0] == 0 and len(self.first) == len(places):
            found, self.first = self.first, []
            return found
        return self._columns(places)

    def _columns(self, places: Sequence[int]) -> Columns:
        keys = [str(place) for place in range(self._shape.width)]
        wanted = [keys[place] for place in places]
        try:
            with pa_csv.open_csv(
                self._path,
                read_options=pa_csv.ReadOptions(
                    column_names=keys,
                    skip_rows=self._shape.skip,
                    block_size=BLOCK,
                    use_threads=False,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._shape.delimiter,
                    quote_char=self._shape.quote,
                    newlines_in_values=self._quotes,
                ),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.string()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            ) as reader:
                return _gathered(reader, self._shape.width, header=self._header)
        except pa.ArrowInvalid as error:
            raise DataInvalid(_in_words(str(error))) from error


def _gathered(reader: Any, width: int, *, header: bool) -> Columns:
    """All batches of a reader as columns, without the header."""
    batches, rows = [], -int(header)
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        check_size(width, rows)
    columns = pa.Table.from_batches(batches, reader.schema).columns
    return [column.slice(1) for column in columns] if header else list(columns)


def _has_quotes(path: Path, quote: str) -> bool:
    with path.open("rb") as stream:
        while piece := stream.read(BLOCK):
            if quote.encode() in piece:
                return True
    return False


def _in_words(message: str) -> str:
    """What Arrow says of a file that it can't read, for people."""
    first = message.splitlines()[0]
    if "straddling" in first or "block" in first:
        return f"Expected rows of at most {BLOCK // 2**20} MB. Received: a longer one."
    first = first.removeprefix("CSV parse error: ")
    return f"Expected as many fields in each row. Received: {first[:200]}"
