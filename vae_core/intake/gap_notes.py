"""What is said of words that stand for missing cells: one note a word, however many columns."""

from collections.abc import Mapping, Sequence

from vae_core.datasets.own.preview import Note
from vae_core.text import plural, quoted

SHOWN = 3


class GapNote(Note):
    """That a word stands for the missing cells of a column, and how often."""

    token: str
    count: int


def gap_notes(column: str, tokens: Mapping[str, int]) -> list[Note]:
    """A note for each word of a column; empty cells need none."""
    return [
        GapNote(
            kind="remark",
            column=column,
            text=f"{column}: {quoted(word)} {plural(count, 'time')}, taken as missing.",
            token=word,
            count=count,
        )
        for word, count in tokens.items()
        if word
    ]


def merged(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes, those of one word in several columns as one."""
    of_word: dict[str, list[GapNote]] = {}
    for note in notes:
        if isinstance(note, GapNote):
            of_word.setdefault(note.token, []).append(note)
    others = [note for note in notes if not isinstance(note, GapNote)]
    return (*others, *map(_as_one, of_word.values()))


def _as_one(notes: Sequence[GapNote]) -> Note:
    if len(notes) == 1:
        return Note(kind="remark", text=notes[0].text, column=notes[0].column)
    total, names = sum(note.count for note in notes), [note.column for note in notes]
    shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    text = (
        f"{quoted(notes[0].token)} {plural(total, 'time')} in {plural(len(names), 'column')} "
        f"({shown}), taken as missing."
    )
    return Note(kind="remark", text=text)
