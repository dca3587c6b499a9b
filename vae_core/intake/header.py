"""Whether the first row names the columns, and names that are whole and different."""

import re
from collections.abc import Sequence
from itertools import pairwise

from vae_core.datasets.own.preview import Note

NUMBER = re.compile(r"\s*[$€£]?\s?[+-]?(\d[\d.,'’\s]*|[.,]\d+)([eE][+-]?\d+)?\s*[%$€£]?\s*")
DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([T ].*)?")
LONGEST_VALUE = 50
UNNAMED = "unnamed"
LONGEST = 100
GAPS = frozenset({"", "na", "nan", "n/a", "null", "?", "-"})


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of `rows` names the columns below it.

    It doesn't where it has a number, date or gap in a column of numbers or dates. Rising whole
    numbers such as years name columns where the cells below are of another kind.
    """
    first, below = rows[0], rows[1:200]
    if not below:
        return not any(_is_value(cell) for cell in first)
    columns = [[row[place] for row in below] for place in range(len(first))]
    valued = [
        place
        for place, column in enumerate(columns)
        if (known := [c for c in column if c.strip().lower() not in GAPS])
        and all(map(_is_value, known))
    ]
    if not valued:
        return _differs(first, columns)
    if any(_is_name(first[p]) for p in valued):
        return True
    return _counts_up([first[p] for p in valued], [columns[p] for p in valued])


def names_of(first: Sequence[str] | None, width: int) -> tuple[list[str], list[Note]]:
    """Names of the columns, all different and none empty, and what had to be changed."""
    if first is None:
        text = (
            "The first row holds values, so the columns are called "
            f"'column 1' to 'column {width}'. If it holds names, say that there is a header."
        )
        return [f"column {place + 1}" for place in range(width)], [Note(kind="question", text=text)]
    names: list[str] = []
    notes: list[Note] = []
    given = {name.strip() for name in first}
    for place, cell in enumerate(first):
        wanted = " ".join(cell.split())
        short = wanted if len(wanted) <= LONGEST else wanted[: LONGEST - 1] + "…"
        name = _free(short or f"{UNNAMED} {place + 1}", names, given if not wanted else set())
        if name != wanted:
            text = f"Column {place + 1} {_why(wanted, short)} and is called '{name}'."
            notes.append(Note(kind="remark", column=name, text=text))
        names.append(name)
    return names, notes


def _why(wanted: str, short: str) -> str:
    if not wanted:
        return "has no name"
    return f"is the second '{wanted}'" if wanted == short else "has a long name"


def _free(name: str, taken: Sequence[str], given: set[str]) -> str:
    number, free = 1, name
    while free in taken or free in given:
        number += 1
        free = f"{name} ({number})"
    return free


def _is_name(cell: str) -> bool:
    return cell.strip().lower() not in GAPS and not _is_value(cell)


def _is_value(cell: str) -> bool:
    return len(cell) <= LONGEST_VALUE and bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))


def _differs(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Among words alone, names are those that never come again and are all different."""
    words = [cell.strip() for cell in first]
    if len(set(words)) < len(words):
        return False
    return not any(word and word in column for word, column in zip(first, columns, strict=True))


def _counts_up(cells: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether numbers in a first row are names: 2019, 2020, 2021 over cells of another size."""
    if len(cells) < 2 or not all(re.fullmatch(r"\d+", cell.strip()) for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    step_by_step = numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))
    years = all(map(_is_year, cells)) and all(a < b for a, b in pairwise(numbers))
    years = years and not all(_is_year(cell) for column in columns for cell in column)
    strange = all(
        not any(re.fullmatch(r"\s*\d+\s*", cell) and int(cell) == number for cell in column)
        for number, column in zip(numbers, columns, strict=True)
    )
    return strange and (step_by_step or years)


def _is_year(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*(1[5-9]|20|21)\d\d\s*", cell))
