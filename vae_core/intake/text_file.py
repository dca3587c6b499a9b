"""Text files: CSV, TSV and their relatives, every field as text."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from vae_core.datasets.own.choices import NEEDED, Choices
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake import dialect, encoding, header
from vae_core.intake.raw import Raw, check_size
from vae_core.text import plural

BLOCK = 8 * 2**20


def read_text(path: Path, folder: Path, choices: Choices) -> Raw:
    """The fields of a text file; a copy in UTF-8 goes into `folder`. Raises `DataInvalid`."""
    utf8, found = encoding.as_utf8(path, folder, choices.encoding)
    shape = dialect.sniff(utf8, choices.delimiter)
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
    columns = _columns(utf8, shape)
    if named:
        columns = [column.slice(1) for column in columns]
    return Raw(names, columns, notes, shape.delimiter)


def _columns(path: Path, shape: dialect.Dialect) -> list[Any]:
    """All fields as text, the header among them."""
    keys = [str(place) for place in range(shape.width)]
    try:
        with pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(
                column_names=keys, skip_rows=shape.skip, block_size=BLOCK, use_threads=False
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=shape.delimiter,
                quote_char=shape.quote,
                newlines_in_values=_has_quotes(path, shape.quote),
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            batches, rows = [], 0
            for batch in reader:
                batches.append(batch)
                rows += batch.num_rows
                check_size(shape.width, rows - 1)
            return list(pa.Table.from_batches(batches, reader.schema).columns)
    except pa.ArrowInvalid as error:
        raise DataInvalid(_in_words(str(error))) from error


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
