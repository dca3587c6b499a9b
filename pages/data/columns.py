"""The columns of a dropped table: what each is taken for, why, and boxes to correct it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from pages.shared import templates
from vae_core.datasets.cell_text import date_text
from vae_core.datasets.column import Column, ColumnKind, ColumnRole, Feature
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.preview import ColumnPreview, Histogram, Preview
from vae_core.text import plural

AT_ONCE = 30
"""A page with more boxes is slow."""
DAY = 10  # characters of 2026-01-31
KINDS: dict[ColumnKind, str] = {
    "real": "real number",
    "positive": "positive number",
    "count": "count",
    "ordinal": "ordered categories",
    "categorical": "categories",
    "binary": "yes or no",
}
ROLES: dict[ColumnRole, str] = {
    "feature": "feature",
    "label": "label",
    "group": "group",
    "time": "time of the row",
    "id": "identifier",
    "ignored": "ignored",
}
ROLE_HELP = (
    "The model learns features. The label colours the plane. Rows of one group are never in two "
    "splits; with a time, training never sees the future."
)


def correct(file_id: str, guessed: Preview, choices: Choices) -> Choices:
    """The choices with what the boxes say of each column that differs from the guess."""
    pages = -(-len(guessed.columns) // AT_ONCE)
    page = 1
    if pages > 1:
        page = st.number_input(
            f"Columns, {AT_ONCE} at once", 1, pages, key=f"data page {file_id}", width=200
        )
    st.caption(ROLE_HELP)
    shown = guessed.columns[(page - 1) * AT_ONCE : page * AT_ONCE]
    for place, each in enumerate(shown):
        _row(file_id, place, each)
    kinds, roles = _kept(file_id, "kind", guessed.columns), _kept(file_id, "role", guessed.columns)
    return choices.model_copy(update={"kinds": kinds, "roles": roles})


def _row(file_id: str, place: int, each: ColumnPreview) -> None:
    column, key = each.column, f"data column {place}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        with st.container(width="stretch"):
            templates.show(
                "data/column.html",
                name=column.name,
                unit="" if column.since else column.unit,
                reason=_reason(column),
                missing=plural(column.missing, "gap") if column.missing else "",
                scaling=each.scaling,
                bars=_bars(each.histogram, column),
                ends=_ends(each.histogram, column),
            )
        _box(file_id, "kind", column.name, column.kind, KINDS, disabled=column.constant)
        _box(file_id, "role", column.name, column.role, ROLES, disabled=column.constant)


def _box(
    file_id: str, what: str, name: str, guess: str, words: Mapping[Any, str], *, disabled: bool
) -> None:
    key = f"data {what} {file_id} {name}"
    options = list(words)
    chosen = st.selectbox(
        f"{what.capitalize()} of {templates.literal(name)}",
        options,
        index=options.index(guess),
        format_func=words.__getitem__,
        key=key,
        disabled=disabled,
        label_visibility="collapsed",
        width=170,
    )
    kept = st.session_state.setdefault(f"data {what}s {file_id}", {})
    if chosen == guess:
        kept.pop(name, None)
    else:
        kept[name] = chosen


def _kept(file_id: str, what: str, columns: Sequence[ColumnPreview]) -> dict[str, str]:
    """What was corrected, also on columns that are not on this page of them."""
    names = {each.column.name for each in columns}
    kept = st.session_state.get(f"data {what}s {file_id}", {})
    return {name: value for name, value in kept.items() if name in names}


def _reason(column: Column) -> str:
    if column.constant:
        return "the same in every row: kept as it is, and not learned"
    return column.reason


def _bars(histogram: Histogram, column: Column) -> list[tuple[float, str]]:
    """Height, from 0 to 1, and what a bar stands for."""
    most = max(histogram.counts, default=0) or 1
    names = histogram.values or [
        f"{_edge(low, column)} to {_edge(high, column)}" for low, high in pairwise(histogram.edges)
    ]
    pairs = zip(histogram.counts, names, strict=False)
    return [(count / most, f"{name}: {count:,}") for count, name in pairs]


def _ends(histogram: Histogram, column: Column) -> tuple[str, str]:
    if histogram.edges:
        return _edge(histogram.edges[0], column), _edge(histogram.edges[-1], column)
    return "", ""


def _edge(value: float, column: Column) -> str:
    if not column.since:
        return f"{value:.6g}"
    feature = Feature(name=column.name, unit=column.unit, since=column.since)
    return date_text(value, feature)[:DAY]
