"""What a column of text holds: numbers or instants where its words are such, else words."""

import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vae_core.arrays import BoolArray
from vae_core.datasets.own.preview import Note
from vae_core.intake.cells import GAPS, NUMBER_GAPS, Cells
from vae_core.intake.gap_notes import gap_notes
from vae_core.intake.instants import Instants, read_instants
from vae_core.intake.numerals import Numerals
from vae_core.intake.values import Moments, Numbers, Values, Words, rows_in_words
from vae_core.text import quoted

MOSTLY = 0.9
NEARLY_ALL = 0.95
FEW = 3
SHOWN = 5
SPECIAL = r"[^\d.eE+-]|^[+-]?0\d|\..*\."
"""In no cell of a column of plain numbers."""
MOST_COMPARED = 10_000


def plain_numbers(column: Any) -> Numbers | None:
    """A column of text as numbers if all cells are digits, or empty: most are, and that is quick.

    What could be a code, a word or a number in another notation is None.
    """
    if pc.any(pc.match_substring_regex(column, SPECIAL)).as_py():
        return None
    filled = pc.if_else(pc.equal(column, ""), None, column).combine_chunks()
    known = np.asarray(filled.is_valid().to_numpy(zero_copy_only=False))
    if not known.any():
        return None
    try:
        whole = not pc.any(pc.match_substring_regex(filled, "[.eE]")).as_py()
        found = pc.cast(filled, pa.int64() if whole else pa.float64())
    except pa.ArrowInvalid:
        return None
    return Numbers(np.asarray(found.fill_null(0)), known)


def values_of(
    cells: Cells, decimal: str, *, kind: str | None, learned: bool, notes: list[Note]
) -> Values:
    """The values of a column of text, as numbers or instants where its words are such.

    `kind` is what the user said, None for a guess; what deserves a word goes into `notes`. Unless
    it is to be `learned`, a column keeps its words.
    """
    if not learned:
        return _words(cells, cells.word_gaps, [])
    coded = kind in ("categorical", "ordinal", "binary")
    asked = kind is not None and not coded
    numbers = None if coded and _mixes(cells) else _numbers(cells, decimal, asked, notes)
    if numbers is not None:
        return numbers
    gaps = cells.word_gaps
    moments = None if coded else _moments(cells, gaps, notes)
    return moments or _words(cells, gaps, notes)


def _numbers(cells: Cells, decimal: str, asked: bool, notes: list[Note]) -> Numbers | None:
    numerals, gaps = cells.numerals, cells.number_gaps
    valid = numerals.comma if decimal == "," else numerals.point
    counts = cells.counts[~gaps]
    if not valid.any() or (numerals.has_leading_zeros and not asked):
        return None
    share = counts[valid].sum() / counts.sum()
    odd = int((~valid).sum())
    if _mixes(cells):
        notes.append(_two_marks(cells, numerals))
        return None
    if share < (0.5 if asked else MOSTLY) or (odd > FEW and share < NEARLY_ALL and not asked):
        return None
    places = np.full(len(gaps), -1)
    places[~gaps] = np.arange(len(counts))
    if odd:
        strange = np.zeros(len(gaps), bool)
        strange[np.flatnonzero(~gaps)[~valid]] = True
        notes.append(_strange(cells, strange))
        places[strange] = -1
    found = numerals.values(decimal)
    if _merges(found, numerals, valid):
        return None
    at = places[cells.codes]
    known = at >= 0
    if found.dtype.kind == "f":
        known &= ~np.isnan(found)[at]
    values = np.where(known, found[at], np.zeros((), found.dtype))
    notes += gap_notes(cells.name, cells.tokens(gaps))
    return Numbers(values, known, numerals.unit)


def _merges(found: NDArray[Any], numerals: Numerals, valid: BoolArray) -> bool:
    """Whether whole numbers with more digits than 64 bits hold would become one: they are names."""
    if found.dtype.kind == "i" or not numerals.are_whole:
        return False
    return len(np.unique(found[valid])) < int(valid.sum())


def _mixes(cells: Cells) -> bool:
    """Whether decimal points and commas alternate in a column of numbers."""
    point, comma = cells.numerals.point, cells.numerals.comma
    both = (point & ~comma).any() and (comma & ~point).any()
    return bool(both and (point | comma).mean() >= MOSTLY)


def _two_marks(cells: Cells, numerals: Numerals) -> Note:
    """That nobody can tell what the numbers of a column mean."""
    only = [
        numerals.text[int(np.flatnonzero(one & ~other)[0])].as_py()
        for one, other in ((numerals.point, numerals.comma), (numerals.comma, numerals.point))
        if (one & ~other).any()
    ]
    text = (
        f"{cells.name}: decimal points and commas in one column, "
        f"{' and '.join(map(quoted, only))}. Write all numbers alike, or leave the column out "
        f"(--role '{cells.name}=ignored')."
    )
    return Note(kind="problem", text=text, column=cells.name)


def _strange(cells: Cells, strange: BoolArray) -> Note:
    words = ", ".join(quoted(word) for word in list(cells.tokens(strange))[:SHOWN])
    rows = cells.rows_of(strange)
    return Note(
        kind="question",
        column=cells.name,
        text=f"{cells.name}: {words} among numbers in {rows_in_words(rows)}: taken as missing.",
    )


def _moments(cells: Cells, gaps: BoolArray, notes: list[Note]) -> Moments | None:
    known = np.flatnonzero(~gaps)
    found: Instants | None = read_instants(cells.trimmed.take(pa.array(known)), cells.name)
    if found is None:
        return None
    if found.open:
        text = f"{cells.name}: day and month could be the other way round; '01/02' is ambiguous."
        notes.append(Note(kind="question", text=text, column=cells.name))
    microseconds = np.zeros(len(gaps), np.int64)
    microseconds[known] = found.microseconds
    notes += gap_notes(cells.name, cells.tokens(gaps))
    return Moments(microseconds[cells.codes], ~gaps[cells.codes], found.clock)


def _words(cells: Cells, gaps: BoolArray, notes: list[Note]) -> Words:
    """Space around words is left off unless it alone tells two of them apart."""
    known = pa.array(np.flatnonzero(~gaps))
    trimmed, written = cells.trimmed.take(known), cells.words.take(known)
    merged = len(pc.unique(trimmed)) < len(trimmed)
    kept = written if merged else trimmed
    _note_alike(cells.name, kept, notes)
    if not cells.keep:
        _ask_about_doubtful(cells.name, kept, notes)
    places = np.full(len(gaps), -1, np.int32)
    places[~gaps] = np.arange(len(kept), dtype=np.int32)
    if cells.has_na:
        _ask_about_na(cells, gaps, notes)
    notes += gap_notes(cells.name, cells.tokens(gaps))
    return Words(kept, places[cells.codes])


def _note_alike(name: str, words: Any, notes: list[Note]) -> None:
    """Say which words differ in case or space only; they stay different."""
    if len(words) > MOST_COMPARED:
        return
    alike: dict[str, list[str]] = {}
    for word in words.to_pylist():
        alike.setdefault(_folded(word), []).append(word)
    for same in [group for group in alike.values() if len(group) > 1][:SHOWN]:
        shown = ", ".join(quoted(word) for word in same)
        kept = f"they are kept as {len(same)} values"
        text = f"{name}: {shown} differ in case or space only; {kept}."
        notes.append(Note(kind="question", text=text, column=name))


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).split()).casefold()


def _ask_about_doubtful(name: str, words: Any, notes: list[Note]) -> None:
    """Say which words were kept although they may mean that nothing is known."""
    if len(words) > MOST_COMPARED:
        return
    doubtful = [word for word in words.to_pylist() if word.strip().lower() in NUMBER_GAPS - GAPS]
    if doubtful:
        text = (
            f"{name}: {', '.join(map(quoted, doubtful))} kept as a value. If it means 'missing', "
            f"say so (--missing '{name}={doubtful[0].strip()}')."
        )
        notes.append(Note(kind="question", text=text, column=name))


def _ask_about_na(cells: Cells, gaps: BoolArray, notes: list[Note]) -> None:
    place = cells.trimmed.to_pylist().index("NA")
    how = "taken as missing" if gaps[place] else "kept as a value"
    text = f"{cells.name}: 'NA' may be a gap or a category; {how}."
    notes.append(Note(kind="question", text=text, column=cells.name))
