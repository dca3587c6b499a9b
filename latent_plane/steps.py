"""Pictures and tables of the same things, made by one model after another, under one slider.

Python makes all of them once; moving the slider asks nothing of the server.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from latent_plane.registration import program, register
from vae_core.errors import DataInvalid

_component = register(
    "steps",
    html="steps/steps.html",
    module="steps/main.js",
    styles=("shared/base.css", "steps/steps.css"),
)


@dataclass(frozen=True)
class StepPictures:
    """A row of `count` pictures, each `width` times `height` pixels.

    The picture at `sheet_url` holds a line of them for each step, without gaps, or one line if they
    are the same at each.
    """

    name: str
    sheet_url: str
    count: int
    width: int
    height: int


@dataclass(frozen=True)
class StepTable:
    """A table whose cells change: `cells` by step, line and head; `fixed` stands beside each."""

    name: str
    heads: tuple[str, ...]
    lines: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    fixed: tuple[tuple[str, ...], ...] = ()


def step_slider(
    *,
    key: str,
    label: str,
    steps: Sequence[str],
    notes: Sequence[str],
    rows: Sequence[StepPictures | StepTable],
    at: int = 0,
) -> None:
    """Show `rows` at one of the `steps`, which the slider `label` chooses; it begins `at` one.

    `notes`, one for each step, stand beside the slider. Raises `DataInvalid` where the numbers of
    steps differ.
    """
    tables = [row for row in rows if isinstance(row, StepTable)]
    counts = {len(steps), len(notes), *(len(table.cells) for table in tables)}
    if len(counts) > 1 or not steps or not 0 <= at < len(steps):
        raise DataInvalid(
            f"Expected as many notes and cells as steps, and `at` one of them. Received: "
            f"{len(steps)} steps, {len(notes)} notes, at={at}, "
            f"cells for {[len(table.cells) for table in tables]} steps"
        )
    served = program()
    state = {
        "label": label,
        "steps": list(steps),
        "notes": list(notes),
        "at": at,
        "pictures": [asdict(row) for row in rows if isinstance(row, StepPictures)],
        "tables": [asdict(table) for table in tables],
    }
    _component(key=key, data={"modules": served["modules"], "state": json.dumps(state)})
