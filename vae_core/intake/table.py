"""From a file to a table of typed columns: the whole way, one step after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vae_core.datasets.own.choices import (
    FEWEST_COLUMNS,
    FEWEST_ROWS,
    NEEDED,
    Choices,
    missing_in,
    sanitised,
)
from vae_core.datasets.own.preview import ColumnPreview, Note, Preview
from vae_core.errors import DataInvalid
from vae_core.intake.cells import Cells
from vae_core.intake.checks import ask, without_extremes
from vae_core.intake.columns import Typed, choose_label, constant_text, decide
from vae_core.intake.features import histogram, scaling_in_words
from vae_core.intake.gap_notes import merged
from vae_core.intake.header import UNNAMED
from vae_core.intake.kinds import names_of
from vae_core.intake.numerals import Numerals
from vae_core.intake.raw import Raw
from vae_core.intake.reading import read
from vae_core.intake.recognition import MOSTLY, plain_numbers, values_of
from vae_core.intake.values import Moments, Numbers, Values, Words
from vae_core.text import plural, quoted

HEAD = 8
SAMPLED = 300
"""Columns that are asked how the file writes numbers; all with commas are."""


@dataclass(frozen=True, eq=False)
class Table:
    """Typed columns of `rows` rows, and what there is to say about them."""

    name: str
    rows: int
    columns: tuple[Typed, ...]
    notes: tuple[Note, ...]

    def of_role(self, role: str) -> list[Typed]:
        """The columns of this role, in their order."""
        return [typed for typed in self.columns if typed.column.role == role]

    def preview(self) -> Preview:
        """The table as it is shown."""
        columns = tuple(
            ColumnPreview(
                column=typed.column,
                histogram=histogram(typed),
                scaling=scaling_in_words(typed),
            )
            for typed in self.columns
        )
        cells = [_head(typed.values) for typed in self.columns]
        head = tuple(zip(*cells, strict=True))
        return Preview(name=self.name, rows=self.rows, columns=columns, notes=self.notes, head=head)


def understand(path: Path, folder: Path, choices: Choices) -> Table:
    """The table in a file; working files go into `folder`. Raises `DataInvalid`."""
    raw = read(path, folder, choices)
    notes = raw.notes
    _drop_empty_ends(raw)
    _check_names(raw.names, choices)
    rows = raw.rows
    if rows < FEWEST_ROWS or len(raw.names) < FEWEST_COLUMNS:
        found = f"{plural(len(raw.names), 'column')} and {plural(rows, 'row')}"
        raise DataInvalid(f"{NEEDED}. Received: {found}.")
    typed = []
    for place, (name, values) in enumerate(_values(raw, choices, notes)):
        if isinstance(values, Numbers) and choices.roles.get(name) not in ("ignored", "id"):
            missing = missing_in(name, choices, raw.names)
            values = without_extremes(values, name, choices, missing, notes)
        typed.append(decide(values, name, place, choices, notes))
    typed = choose_label(typed, choices)
    for one in typed:
        ask(one, notes)
        _tell_constant(one, notes)
        _ask_about_group(one, choices, notes)
    _check_roles(typed)
    name = sanitised(choices.name or path.name.split(".")[0])
    return Table(name, rows, tuple(typed), merged(notes))


def _values(raw: Raw, choices: Choices, notes: list[Note]) -> Iterator[tuple[str, Values]]:
    """The values of each column, one after the other."""
    sample = [
        Cells.of("", pa.chunked_array([cells]), choices.missing, choices.keep)
        for place, cells in enumerate(raw.sample)
        if place < SAMPLED or pc.any(pc.match_substring(cells, ",")).as_py()
    ]
    decimal = _decimal(sample, raw.separator, choices)
    for name, column in zip(raw.names, raw.columns(), strict=True):
        if not pa.types.is_string(column.type):
            yield name, _given(column)
            continue
        learned = choices.roles.get(name) not in ("id", "ignored")
        missing = missing_in(name, choices, raw.names)
        plain = decimal == "." and learned and not missing and not choices.keep
        if plain and (numbers := plain_numbers(column)):
            yield name, numbers.as_written(column)
            continue
        cells = Cells.of(name, column, missing, choices.keep)
        kind = choices.kinds.get(name)
        mark = _mark(cells.numerals) or decimal
        if learned and not choices.decimal:
            _ask_about_commas(cells, sample, mark, notes)
        values = values_of(cells, mark, kind=kind, learned=learned, notes=notes)
        yield name, values if isinstance(values, Words) else values.as_written(column)


def _given(column: Any) -> Values:
    """The values of a column whose type the file states."""
    known = np.ones(len(column), bool)
    if column.null_count:
        known = ~np.asarray(column.is_null().to_numpy(), bool)
        column = column.fill_null(0 if not pa.types.is_timestamp(column.type) else _EPOCH)
    if pa.types.is_timestamp(column.type):
        return Moments(np.asarray(column.cast(pa.int64()).to_numpy()), known)
    values = np.asarray(column.to_numpy())
    if values.dtype.kind == "f":
        known &= ~np.isnan(values)
        values = np.where(known, values, 0.0)
    return Numbers(values, known)


_EPOCH = np.datetime64(0, "us").item()


def _decimal(sample: Sequence[Cells], separator: str, choices: Choices) -> str:
    """The decimal mark of the file, by the columns that leave no doubt."""
    if choices.decimal:
        return choices.decimal
    marks = [_mark(cells.numerals) for cells in sample]
    commas, points = marks.count(","), marks.count(".")
    if commas or points:
        return "," if commas > points else "."
    unsure = any(_commas(cells) for cells in sample)
    return "," if unsure and separator == ";" else "."


def _commas(cells: Cells) -> str:
    """A number with a comma that might be a decimal one or not, '' where there is none."""
    if not _is_number(cells.numerals) or not cells.numerals.is_open:
        return ""
    return next((word for word in cells.numerals.text[:1000].to_pylist() if "," in word), "")


def _ask_about_commas(
    cells: Cells, sample: Sequence[Cells], decimal: str, notes: list[Note]
) -> None:
    """Say how '5,001' was read where neither its column nor another one tells."""
    if any(_mark(other.numerals) for other in (cells, *sample)) or not (word := _commas(cells)):
        return
    what = "decimal" if decimal == "," else "thousands"
    text = (
        f"{cells.name}: its commas were read as {what} separators: '{word}' is "
        f"{word.replace(',', '.' if decimal == ',' else '')}. If not, choose the decimal mark."
    )
    notes.append(Note(kind="question", text=text, column=cells.name))


def _mark(numerals: Numerals) -> str:
    return numerals.says if _is_number(numerals) else ""


def _is_number(numerals: Numerals) -> bool:
    return len(numerals.point) > 0 and bool((numerals.point | numerals.comma).mean() >= MOSTLY)


def _drop_empty_ends(raw: Raw) -> None:
    """A delimiter at the end of each line makes a column without name and cells: left out."""
    while len(raw.names) > 1 and raw.names[-1] == f"{UNNAMED} {len(raw.names)}" and raw.rows:
        place = len(raw.names) - 1
        if len(raw.sample) <= place or any(raw.sample[place].unique().to_pylist()):
            return
        if any(raw.read([place])[0].unique().to_pylist()):
            return
        name = raw.names.pop()
        raw.sample.pop()
        raw.notes[:] = [note for note in raw.notes if note.column != name]


def _check_names(names: Sequence[str], choices: Choices) -> None:
    known = set(names)
    for wanted in (choices.kinds, choices.roles, choices.units):
        if unknown := [name for name in wanted if name not in known]:
            shown = ", ".join(list(names)[:20]) + (", …" if len(names) > 20 else "")
            raise DataInvalid(f"Expected a column ({shown}). Received: {unknown[0]!r}")


def _tell_constant(typed: Typed, notes: list[Note]) -> None:
    if typed.column.constant:
        name, value = typed.column.name, constant_text(typed.values)
        text = f"{name}: {quoted(value)} in each row; kept to the digit, nothing to learn."
        notes.append(Note(kind="remark", text=text, column=name))


def _ask_about_group(typed: Typed, choices: Choices, notes: list[Note]) -> None:
    name = typed.column.name
    if typed.column.role == "group" and name not in choices.roles:
        text = (
            f"{name}: rows of one value stay together when some are held out, as the rows of one "
            "patient should. If they don't belong together, choose another role for it."
        )
        notes.append(Note(kind="question", text=text, column=name))


def _check_roles(columns: Sequence[Typed]) -> None:
    """Raise `DataInvalid` unless something is to be learned, and no role is filled twice."""
    for role in ("label", "group", "time"):
        names = [typed.column.name for typed in columns if typed.column.role == role]
        if len(names) > 1:
            raise DataInvalid(f"Expected one {role} column. Received: {', '.join(names)}")
    for typed in columns:
        if typed.column.role == "time" and isinstance(typed.values, Words):
            raise DataInvalid(
                f"Expected dates or numbers as time. Received: {typed.column.name!r}, words."
            )
    if not any(typed.column.role == "feature" for typed in columns):
        reasons = "; ".join(f"{t.column.name}: {t.column.reason}" for t in columns[:6])
        raise DataInvalid(f"Expected at least one column to learn from. Received: {reasons}")


def _head(values: Values) -> list[str]:
    """The first cells as text, '' where missing."""
    rows = min(HEAD, len(values.known))
    if isinstance(values, Words):
        return [str(values.words[int(code)]) if code >= 0 else "" for code in values.codes[:rows]]
    if isinstance(values, Numbers):
        shown = names_of(values.values[:rows])
    else:
        moments = values.microseconds[:rows].astype("datetime64[us]")
        shown = [_moment(moment, clock=values.clock) for moment in moments]
    return [text if known else "" for text, known in zip(shown, values.known[:rows], strict=True)]


def _moment(moment: np.datetime64, *, clock: bool) -> str:
    """An instant by ISO 8601, without a time of day that is midnight; of a clock only the time."""
    text = str(moment).removesuffix(".000000")
    return text.partition("T")[2] if clock else text.removesuffix("T00:00:00")
