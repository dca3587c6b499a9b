"""Numbers that would ruin a training, and others that deserve a question."""

from collections.abc import Sequence

import numpy as np

from vae_core.arrays import BoolArray
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.preview import Note
from vae_core.intake.columns import Typed
from vae_core.intake.kinds import names_of
from vae_core.intake.values import Numbers, rows_in_words

LARGEST = 1e37
SMALLEST = float(np.finfo(np.float32).tiny)
HUGE, FAR = 1e18, 1e6
"""Beyond the first, and so many times the median: a word for 'no data' rather than a value."""
SENTINELS = frozenset((9.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0))
SHOWN = 3
OUTLYING = 1000


def without_extremes(
    values: Numbers, name: str, choices: Choices, missing: Sequence[str], notes: list[Note]
) -> Numbers:
    """The numbers without infinities and those that float32 can't hold, if that was chosen.

    Otherwise they stay, and a problem names them with their rows.
    """
    values = _without_tokens(values, missing)
    bad = _extreme(values)
    if not bad.any():
        return values
    distinct = np.unique(values.values[bad])
    shown = " and ".join(_where(values, bad, value) for value in distinct[:SHOWN])
    more = f" and {len(distinct) - SHOWN:,} others" if len(distinct) > SHOWN else ""
    if choices.extremes == "missing":
        text = f"{name}: {shown}{more}, taken as missing."
        notes.append(Note(kind="remark", text=text, column=name))
        return Numbers(np.where(bad, 0, values.values), values.known & ~bad, values.unit)
    text = (
        f"{name}: {shown}{more}. Such numbers stand for 'no data' or are more than float32 holds, "
        "and would ruin the training. Take them as missing (--extremes missing), or leave the "
        f"column out (--role '{name}=ignored')."
    )
    notes.append(Note(kind="problem", text=text, column=name))
    return values


def _where(values: Numbers, bad: BoolArray, value: float) -> str:
    rows = np.flatnonzero(bad & (values.values == value)) + 1
    return f"{names_of([value])[0]} in {rows_in_words(rows)}"


def ask(typed: Typed, notes: list[Note]) -> None:
    """Questions about sentinels and outliers of a numeric feature."""
    values = typed.values
    if typed.column.role != "feature" or not isinstance(values, Numbers) or typed.codes is not None:
        return
    known = values.values[values.known].astype(np.float64)
    if len(values.distinct) < 5:
        return
    if not _ask_about_sentinels(typed, known, notes):
        _note_outliers(typed, known, notes)


def _without_tokens(values: Numbers, missing: Sequence[str]) -> Numbers:
    """Numbers that the user named as missing, however they are written."""
    tokens = []
    for token in missing:
        try:
            tokens.append(float(token))
        except ValueError:
            continue
    if not tokens:
        return values
    named = np.isin(values.values.astype(np.float64), tokens)
    return Numbers(np.where(named, 0, values.values), values.known & ~named, values.unit)


def _extreme(values: Numbers) -> BoolArray:
    size = np.abs(values.values.astype(np.float64))
    bad = (size >= LARGEST) | ((size > 0) & (size < SMALLEST))
    finite = size[values.known & np.isfinite(size)]
    if len(finite) and finite.max() >= HUGE and finite.min() < HUGE:
        usual = np.median(finite[finite < HUGE])
        bad |= (size >= HUGE) & (size > FAR * usual)
    return np.asarray(bad & values.known)


def _ask_about_sentinels(typed: Typed, known: np.ndarray, notes: list[Note]) -> bool:
    distinct = np.unique(known)
    if len(distinct) < 3:  # whole numbers of 64 bits may be one as float64
        return False
    for end, rest in ((distinct[0], distinct[1:]), (distinct[-1], distinct[:-1])):
        gap, spread = np.abs(rest - end).min(), rest[-1] - rest[0]
        count = int((known == end).sum())
        lonely = abs(end) in SENTINELS and gap > max(spread, 1)
        if count > 1 and (lonely or _is_lonely_zero(end, rest, count / len(known))):
            text = (
                f"{typed.column.name}: {end:g} stands {count:,} times, far from the other values. "
                f"If it means 'missing', say so (--missing '{typed.column.name}={end:g}')."
            )
            notes.append(Note(kind="question", text=text, column=typed.column.name))
            return True
    return False


def _is_lonely_zero(end: float, rest: np.ndarray, share: float) -> bool:
    """Whether 0 stands apart, as where nobody measured a weight or a blood pressure."""
    return bool(end == 0 and share < 0.5 and rest[0] > 1 and rest[0] > 0.2 * np.median(rest))


def _note_outliers(typed: Typed, known: np.ndarray, notes: list[Note]) -> None:
    first, median, third = np.quantile(known, (0.25, 0.5, 0.75))
    spread = third - first
    if not spread:
        return
    values = typed.values
    assert isinstance(values, Numbers)
    far = (np.abs(values.values - median) > OUTLYING * spread) & values.known
    if 0 < far.sum() <= 0.01 * len(known) + 1:
        rows = np.flatnonzero(far) + 1
        shown = ", ".join(names_of(values.values[far][:SHOWN]))
        text = f"{typed.column.name}: {shown} in {rows_in_words(rows)}, far from all other values."
        notes.append(Note(kind="question", text=text, column=typed.column.name))
