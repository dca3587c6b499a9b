"""Many small pictures, served as one, that one can walk over and open."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from latent_plane.registration import program, register, unheard
from vae_core.errors import InvalidInput

_component = register(
    "contact_sheet",
    html="contact_sheet/contacts.html",
    module="contact_sheet/main.js",
    styles=("contact_sheet/contacts.css",),
)


@dataclass(frozen=True)
class Contact:
    """A cell of the sheet: what a click answers, what stands under it, what it is called aloud.

    `colour`, in CSS's words, underlines it.
    """

    number: int
    caption: str
    name: str
    colour: str


def contact_sheet(
    *,
    key: str,
    sheet_url: str,
    columns: int,
    ratio: float,
    contacts: Sequence[Contact],
    chosen: int | None = None,
    width: int = 56,
    reveal: str | None = None,
    on_open: Callable[[], None] | None = None,
) -> None:
    """Show the cells of the picture at `sheet_url` as buttons that fill the width in rows.

    The picture holds one cell a contact, without gaps, in reading order, `columns` side by side.
    `ratio` is a cell's width over its height, `width` its least width in pixels. The cell of
    number `chosen` is marked. A click, Enter or Space opens a cell: `on_open` is called, where
    `opened_contact(key, contacts)` says which, and the page scrolls to the container of key
    `reveal`. Raises InvalidInput for arguments that do not fit.
    """
    if columns < 1 or width < 1 or not 0 < ratio < float("inf"):
        raise InvalidInput(
            "Expected `columns` and `width` from 1 and a positive `ratio`. "
            f"Received: columns={columns}, width={width}, ratio={ratio}"
        )
    served = program()
    state = {
        "sheet": sheet_url,
        "columns": columns,
        "ratio": ratio,
        "width": width,
        "chosen": chosen,
        "reveal": reveal,
        "contacts": [asdict(contact) for contact in contacts],
    }
    _component(
        key=key,
        # One text: Streamlit looks into each value of a dictionary for a table.
        data={"modules": served["modules"], "state": json.dumps(state)},
        on_gesture_change=on_open or unheard,
    )


def opened_contact(key: str, numbers: Sequence[int]) -> int | None:
    """The number of the cell that was opened last, None when it is none of `numbers`."""
    return read_gesture((st.session_state.get(key) or {}).get("gesture") or {}, numbers)


def read_gesture(gesture: Mapping[str, Any], numbers: Sequence[int]) -> int | None:
    """The number of a browser's message, in which anything may be."""
    number = gesture.get("number")
    known = isinstance(number, int) and not isinstance(number, bool) and number in numbers
    return number if known else None
