"""How a text file separates its fields: the delimiter that gives every row as many as the others.

`csv.Sniffer` guesses by letters and is wrong on real files; equal counts are right more often.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from vae_core.datasets.own.choices import MOST_COLUMNS
from vae_core.errors import DataInvalid

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 2**20
LONGEST_CELL = 2**20
MOST_ROWS = 2_000
MOST_LINES = 200
LONGEST_NUMBER = 50
NUMBER = re.compile(r"\s*[$€£]?[+-]?[\d.,'’\s]*\d[\d.,'’\s]*([eE][+-]?\d+)?\s*[%$€£]?")
SPELLED = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True)
class Dialect:
    """Delimiter and quote of a text file, and its first rows, after the lines to `skip`.

    `title` counts those of them that say something.
    """

    delimiter: str
    quote: str
    skip: int
    title: int
    rows: tuple[tuple[str, ...], ...]
    """Rows of the sample, all of one width."""

    @property
    def width(self) -> int:
        """Fields in each row."""
        return len(self.rows[0]) if self.rows else 0


def sniff(path: Path, delimiter: str | None = None) -> Dialect:
    """The dialect of a UTF-8 file; raises `DataInvalid` for rows of unequal width."""
    text = _sample(path)
    stated = 0
    if spelled := SPELLED.match(text):  # as Excel begins a file
        delimiter, text, stated = delimiter or spelled[1], text[spelled.end() :], 1
    skip = stated
    while text.startswith("#") and "\n" in text:
        text, skip = text[text.index("\n") + 1 :], skip + 1
    quote = _quote(text)
    tries = [delimiter] if delimiter else [d for d in DELIMITERS if d in text]
    found = [dialect for d in tries if (dialect := _split(text, d, quote, skip))]
    if found:
        best = max(found, key=_plausible)
        _check_quotes(best)
        return replace(best, title=best.skip - stated)
    lines = [line for line in text.splitlines() if line.strip()]
    if tries and len(lines) > 1 and (ragged := _ragged(text, tries, quote)):
        raise DataInvalid(ragged)
    rows = tuple((line.strip(quote),) for line in lines[:MOST_ROWS])
    return Dialect(",", quote, skip, skip - stated, rows)


def without_spaces(path: Path, target: Path, shape: Dialect) -> Path | None:
    """A copy of a file whose columns stand apart by spaces, with tabs; None for another file."""
    widths = {len(row[0].split()) for row in shape.rows}
    if len(widths) != 1 or widths == {1} or any('"' in row[0] for row in shape.rows):
        return None
    with path.open(encoding="utf-8") as stream, target.open("w", encoding="utf-8") as sink:
        sink.writelines("\t".join(line.split()) + "\n" for line in stream if line.strip())
    return target


def _sample(path: Path) -> str:
    """The beginning of the file, up to the end of a line."""
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        text = stream.read(SAMPLE)
        whole = not stream.read(1)
    end = text.rfind("\n")
    if not whole and len(text) - end > SAMPLE // 2:
        raise DataInvalid(
            "Expected rows of at most 1 MB. Received: a longer one among the first. "
            f"Tables may have {MOST_COLUMNS:,} columns."
        )
    return text if whole else text[: end + 1]


def _check_quotes(dialect: Dialect) -> None:
    """Raise `DataInvalid` where a quotation mark seems to swallow the rows after it."""
    for place, row in enumerate(dialect.rows):
        if any(cell.count("\n") > MOST_LINES for cell in row):
            raise DataInvalid(
                f"Expected cells of at most {MOST_LINES} lines. Received: a longer one in row "
                f"{place + 1}. Is a quotation mark there never closed?"
            )


def _quote(text: str) -> str:
    """The double quote, unless only single ones stand around whole fields."""
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", text, re.M))
    return "'" if single > 2 and '"' not in text else '"'


def _split(text: str, delimiter: str, quote: str, skip: int) -> Dialect | None:
    """The dialect with this delimiter, or None where the rows differ in width."""
    rows = _rows(text, delimiter, quote)
    widths = Counter(map(len, rows))
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    before = next(place for place, row in enumerate(rows) if len(row) == width)
    if width < 2 or (before and (before > 10 or count < 5)) or count < len(rows) - before:
        return None
    if width > MOST_COLUMNS:
        raise DataInvalid(f"Expected at most {MOST_COLUMNS:,} columns. Received: {width:,}")
    lines = _lines_before(text, delimiter, quote, before)
    return Dialect(delimiter, quote, skip + lines, lines, tuple(map(tuple, rows[before:])))


def _rows(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """Rows of the sample without empty ones; [] where a quote never ends or a cell is huge."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= MOST_ROWS:
                break
    except csv.Error:
        return []
    return rows


def _lines_before(text: str, delimiter: str, quote: str, rows: int) -> int:
    """Lines that the first `rows` rows, and empty ones among them, take."""
    if not rows:
        return 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    for row in reader:
        rows -= bool(row)
        if not rows:
            break
    return reader.line_num


def _plausible(dialect: Dialect) -> tuple[bool, float, int]:
    """Whether all lines are rows; then how clean the cells are: numbers, or without another
    delimiter; then how many columns there are."""
    cells = [cell for row in dialect.rows[:200] for cell in row]
    others = [d for d in DELIMITERS if d != dialect.delimiter]
    clean = sum(_is_number(c) or not any(d in c for d in others) for c in cells)
    return not dialect.title, clean / max(len(cells), 1), dialect.width


def _is_number(cell: str) -> bool:
    return len(cell) <= LONGEST_NUMBER and bool(NUMBER.fullmatch(cell))


def _ragged(text: str, delimiters: list[str], quote: str) -> str:
    """Which row has another number of fields than most, '' where the file is one column."""
    for delimiter in sorted(delimiters, key=text.count, reverse=True):
        rows = _rows(text, delimiter, quote)
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        if width > 1 and count > 0.5 * len(rows):
            place = next(p for p, row in enumerate(rows) if len(row) != width)
            name = {"\t": "tabs"}.get(delimiter, repr(delimiter))
            return (
                f"Expected {width} fields in each row, separated by {name}. "
                f"Received: {len(rows[place])} in row {place + 1}. Quote cells that hold it."
            )
    return ""
