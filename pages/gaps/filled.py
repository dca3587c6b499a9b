"""The rows that have gaps, with what the model puts into them."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.shared import templates
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array, IndexArray
from vae_core.datasets.cell_text import cell_text
from vae_core.figures import axis_title
from vae_core.metrics.imputation import Filled, impute
from vae_core.metrics.likelihood import observation_model
from vae_core.text import label_name, plural

AT_ONCE = 40
MOST_ROWS = 200_000
"""More rows don't fit into a small server's memory."""
MOST_COLUMNS = 14
LEVEL = 0.9
DAY = 24 * 3600


@dataclass(frozen=True, eq=False)
class FilledRows:
    """The rows of the dataset in its order, and those of them (k,) that have gaps.

    `x` (n, F) are the rows as they are, `label` (n,) their labels, `filled` the k rows completed.
    """

    x: Float32Array
    label: IndexArray
    rows: IndexArray
    filled: Filled

    @property
    def completed(self) -> Float32Array:
        """All rows (n, F) without gaps."""
        whole = self.x.copy()
        whole[self.rows] = self.filled.x
        return whole


@st.cache_resource(hash_funcs=BY_NAME, max_entries=8, ttl=DAY, show_spinner="Filling the gaps …")
def filled_rows(model: ServedModel) -> FilledRows:
    """What the model makes of the gaps of its dataset; computed once for all visitors."""
    latents = model.artifact.latents
    order = np.argsort(latents.index)[:MOST_ROWS]
    values = examples_of(model.manifest.description, latents.index[order])
    assert values is not None
    label = latents.label[order]
    rows = np.flatnonzero(np.isnan(values).any(axis=1))
    given = label[rows] if model.classes else None
    observation = observation_model(model.manifest)
    filled = impute(model.codec, values[rows], observation, label=given, level=LEVEL)
    return FilledRows(values, label, rows, filled)


def say(model: ServedModel, found: FilledRows) -> None:
    """How many gaps there are, and where."""
    gaps = np.isnan(found.x)
    if not is_whole(model):
        st.info(
            f"Of {len(model.artifact.latents.index):,} rows the first {MOST_ROWS:,} are completed "
            f'here; `vae_core.open_model("{model.model_id}").impute(x)` does any number.'
        )
    if not gaps.any():
        st.markdown(
            "**This table has no gaps.** The score below hides known cells and says how well "
            "they are filled."
        )
        return
    columns = int(gaps.any(axis=0).sum())
    st.markdown(
        f"**{plural(int(gaps.sum()), 'gap')}** in {plural(len(found.rows), 'row')} of "
        f"{len(found.x):,}, in {plural(columns, 'column')} of "
        f"{len(model.manifest.description.features)}."
    )


def is_whole(model: ServedModel) -> bool:
    """Whether all rows of the dataset are completed."""
    return len(model.artifact.latents.index) <= MOST_ROWS


def show(model: ServedModel, found: FilledRows) -> None:
    """The completed rows, filled cells marked; under each the interval, or how probable it is."""
    description = model.manifest.description
    page = 0
    if len(found.rows) > AT_ONCE:
        last = -(-len(found.rows) // AT_ONCE)
        page = int(st.number_input(f"Rows, {AT_ONCE} at once", 1, last, width=180)) - 1
    shown = np.arange(page * AT_ONCE, min((page + 1) * AT_ONCE, len(found.rows)))
    columns = _columns(found)
    heads = [axis_title(description.features[column]) for column in columns]
    lines = [
        (
            f"{found.rows[place] + 1:,}",
            label_name(int(found.label[found.rows[place]]), description.labels),
            [_cell(model, found, place, column) for column in columns],
        )
        for place in shown.tolist()
    ]
    templates.show("gaps/rows.html", heads=heads, lines=lines, labels=bool(description.labels))
    left = len(description.features) - len(columns)
    st.caption(
        f"Filled cells are marked; under them the {LEVEL:.0%} interval of a number, or the "
        "probability of a category."
        + (f" {plural(left, 'more column')} in the files." if left else "")
    )


def _columns(found: FilledRows) -> list[int]:
    """The columns with most gaps, then the others, in the table's order."""
    gaps = np.isnan(found.x).sum(axis=0)
    return sorted(np.argsort(-gaps, kind="stable")[:MOST_COLUMNS].tolist())


def _cell(model: ServedModel, found: FilledRows, place: int, column: int) -> tuple[str, str, bool]:
    """Text, small print, and whether the cell was a gap."""
    feature = model.manifest.description.features[column]
    filled = found.filled
    text = cell_text(float(filled.x[place, column]), feature)
    if not np.isnan(found.x[found.rows[place], column]):
        return text, "", False
    chance, low = filled.probability[place, column], filled.low[place, column]
    if not np.isnan(chance):
        return text, f"{chance:.0%}", True
    high = float(filled.high[place, column])
    return text, f"{cell_text(float(low), feature)} to {cell_text(high, feature)}", True
