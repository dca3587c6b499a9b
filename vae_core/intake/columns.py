"""What each column is in the end: the guess, or what the user said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vae_core.arrays import Int32Array, Int64Array
from vae_core.datasets.column import CODED, Column, ColumnKind
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.preview import Note
from vae_core.errors import DataInvalid
from vae_core.intake.kinds import MOST_CATEGORIES, Guess, guess, guess_feature, names_of, plain
from vae_core.intake.scales import in_order
from vae_core.intake.values import Moments, Numbers, Values, Words, rows_in_words
from vae_core.text import quoted

LABELS = ("label", "labels", "class", "target", "species", "diagnosis", "outcome", "category",
          "kind", "variety", "y", "klasse", "type")  # fmt: skip
"""Names by which people call what the rows are, the surest first."""
MOST_LABELS = 50
MOST_ORDERED = 10_000
GIVEN = "as you said"
DAY = 86_400 * 10**6


@dataclass(frozen=True, eq=False)
class Typed:
    """A column with its values, and `codes` (n,) into its categories where it is coded."""

    column: Column
    values: Values
    codes: Int32Array | None = None


def decide(values: Values, name: str, place: int, choices: Choices, notes: list[Note]) -> Typed:
    """Kind and role of a column; raises `DataInvalid` for a choice that does not fit."""
    found = _chosen(values, guess(values, name, place), name, choices)
    if found.kind in CODED and found.role in ("feature", "label"):
        return _coded(values, found, name, choices, notes)
    if found.role == "feature":
        _check_numbers(values, found.kind, name)
    constant = _is_constant(values)
    column = _column(values, found, name, choices)
    return Typed(column.model_copy(update={"constant": constant}), values)


def _chosen(values: Values, guessed: Guess, name: str, choices: Choices) -> Guess:
    """The guess with the user's words in its place."""
    kind, role = choices.kinds.get(name), choices.roles.get(name)
    if (kind is None and role is None) or not values.known.any():
        return guessed
    if role == "label":
        return Guess(_label_kind(values, kind, name), "label", GIVEN)
    feature = role == "feature" or (role is None and guessed.role in ("id", "ignored", "group"))
    if feature and not _is_constant(values):
        guessed = guess_feature(values, name)
        role = "feature"
    reason = GIVEN if kind else guessed.reason if feature else GIVEN
    if role is None and _is_constant(values):
        reason = guessed.reason
    return Guess(kind or guessed.kind, role or guessed.role, reason)


def _label_kind(values: Values, kind: ColumnKind | None, name: str) -> ColumnKind:
    if isinstance(values, Moments):
        raise DataInvalid(f"Expected a label of words or numbers. Received: {name!r}, dates.")
    if kind in CODED:
        return kind
    count = values.count if isinstance(values, Words) else len(values.distinct)
    if count > MOST_CATEGORIES:
        raise DataInvalid(
            f"Expected a label with at most {MOST_CATEGORIES} values. "
            f"Received: {name!r} with {count:,}."
        )
    return "binary" if count == 2 else "categorical"


def choose_label(columns: Sequence[Typed], choices: Choices) -> list[Typed]:
    """The columns, of which one that names the rows becomes the label, unless somebody has said.

    Two features must be left.
    """
    free = [
        place
        for place, typed in enumerate(columns)
        if typed.column.role == "feature"
        and typed.column.kind in CODED
        and typed.column.name not in choices.roles
    ]
    features = sum(typed.column.role == "feature" for typed in columns)
    if any(typed.column.role == "label" for typed in columns) or features < 3:
        return list(columns)
    found = _by_name(columns, free) or _by_place(columns, free)
    if found is None:
        return list(columns)
    place, why = found
    made = list(columns)
    column = made[place].column
    reason = f"{column.reason}; {why}"
    made[place] = replace(
        made[place], column=column.model_copy(update={"role": "label", "reason": reason})
    )
    return made


def _by_name(columns: Sequence[Typed], free: Sequence[int]) -> tuple[int, str] | None:
    for wanted in LABELS:
        for place in free:
            name = plain(columns[place].column.name)
            few = len(columns[place].column.categories) <= MOST_LABELS
            if few and (name == wanted or name.endswith(f" {wanted}")):
                return place, "its name says that it is the label"
    return None


def _by_place(columns: Sequence[Typed], free: Sequence[int]) -> tuple[int, str] | None:
    """The last column if it alone has words: so most tables are written."""
    words = [place for place in free if isinstance(columns[place].values, Words)]
    if words == [len(columns) - 1] and len(columns[-1].column.categories) <= MOST_LABELS:
        return words[0], "the last column and the only one of words: the label"
    return None


def _coded(values: Values, found: Guess, name: str, choices: Choices, notes: list[Note]) -> Typed:
    """A column as numbers of categories, in natural order; rare ones beyond 100 are 'other'."""
    if isinstance(values, Moments):
        raise DataInvalid(f"Expected the kind real for dates. Received: {name!r} as {found.kind}")
    if isinstance(values, Words):
        names, codes = _ordered(values)
    else:
        names = names_of(values.distinct)
        codes = np.searchsorted(values.distinct, values.values).astype(np.int32)
        codes[~values.known] = -1
    if len(names) > MOST_CATEGORIES:
        names, codes = _folded(names, codes, name, notes)
    if found.kind == "binary" and len(names) != 2:
        raise DataInvalid(
            f"Expected two values in a binary column. Received: {name!r} with {len(names)}"
        )
    column = _column(values, found, name, choices)
    update = {"categories": tuple(names), "constant": len(names) == 1 and found.role == "feature"}
    if update["constant"]:
        update["role"] = "ignored"
    return Typed(column.model_copy(update=update), values, codes)


def _ordered(values: Words) -> tuple[list[str], Int32Array]:
    """Words in their natural order, of very many in the alphabet's, and the codes for it."""
    few = values.count <= MOST_ORDERED
    names = in_order(values.names) if few else sorted(values.names)
    place = {word: number for number, word in enumerate(names)}
    order = np.array([place[word] for word in values.names] + [-1], np.int32)
    return names, order[values.codes]


def _folded(
    names: list[str], codes: Int32Array, name: str, notes: list[Note]
) -> tuple[list[str], Int32Array]:
    """The 99 commonest categories in their order, and 'other' for the rest."""
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = np.sort(np.argsort(-counts, kind="stable")[: MOST_CATEGORIES - 1])
    rest = "other" if "other" not in names else "other (rarer)"
    new = np.full(len(names) + 1, len(kept), np.int32)
    new[kept] = np.arange(len(kept), dtype=np.int32)
    new[-1] = -1
    share = 1 - counts[kept].sum() / counts.sum()
    text = (
        f"{name}: {len(names):,} categories; the {len(kept)} commonest are kept, the others "
        f"({share:.0%} of the rows) become '{rest}'."
    )
    notes.append(Note(kind="question", text=text, column=name))
    return [*(names[place] for place in kept), rest], new[codes]


def _column(values: Values, found: Guess, name: str, choices: Choices) -> Column:
    unit, since = _unit(values)
    whole = isinstance(values, Numbers) and values.whole
    if isinstance(values, Moments):
        whole = True
    return Column(
        name=name,
        kind=found.kind,
        role=found.role,
        missing=int((~values.known).sum()),
        reason=found.reason,
        unit=choices.units.get(name, unit),
        since=since,
        whole=whole and found.kind not in CODED,
    )


def _unit(values: Values) -> tuple[str, str]:
    """Unit and beginning of what a column counts; dates without a time of day count days."""
    if isinstance(values, Numbers):
        return values.unit, ""
    if not isinstance(values, Moments) or not values.known.any():
        return "", ""
    if values.clock:
        return "s", ""
    first = np.datetime64(int(values.microseconds[values.known].min()), "us")
    if in_days(values):
        return "days", str(first.astype("datetime64[D]"))
    return "s", str(first).removesuffix(".000000")


def in_days(values: Moments) -> bool:
    """Whether all instants are midnights."""
    return not values.clock and not (values.microseconds[values.known] % DAY).any()


def _is_constant(values: Values) -> bool:
    if isinstance(values, Words):
        return values.count == 1
    if isinstance(values, Numbers):
        return len(values.distinct) == 1
    return values.is_constant


def constant_text(values: Values) -> str:
    """The one value of a constant column."""
    if isinstance(values, Words):
        return str(values.words[0])
    if isinstance(values, Numbers):
        return values.written or names_of(values.distinct)[0]
    return values.text


def _check_numbers(values: Values, kind: ColumnKind, name: str) -> None:
    """Raise `DataInvalid` unless the values are of this numeric kind."""
    if isinstance(values, Words):
        shown = ", ".join(quoted(word) for word in values.words[:3].to_pylist())
        raise DataInvalid(f"Expected numbers in {name!r} for the kind {kind}. Received: {shown}")
    if isinstance(values, Moments):
        if kind != "real":
            raise DataInvalid(f"Expected the kind real for dates. Received: {name!r} as {kind}")
        return
    wrong = np.zeros(len(values.known), bool)
    if kind == "positive":
        wrong = values.values <= 0
    elif kind == "count":
        wrong = (values.values < 0) | (values.values != np.floor(values.values))
    if rows := np.flatnonzero(wrong & values.known).tolist():
        what = "numbers above 0" if kind == "positive" else "whole numbers from 0 on"
        first = names_of(values.values[rows[:1]])[0]
        raise DataInvalid(
            f"Expected {what} in {name!r} for the kind {kind}. "
            f"Received: {first} in {rows_in_words([row + 1 for row in rows])}"
        )


def groups_of(values: Values) -> Int64Array:
    """Numbers of groups (n,); a row without one is a group of its own."""
    known = values.known
    keys: Any = values.codes if isinstance(values, Words) else None
    if isinstance(values, Numbers):
        keys = values.values
    elif isinstance(values, Moments):
        keys = values.microseconds
    found = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    lonely = np.flatnonzero(~known)
    found[lonely] = found.max(initial=0) + 1 + np.arange(len(lonely))
    return found
