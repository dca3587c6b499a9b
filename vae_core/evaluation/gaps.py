"""How well gaps are filled: held-out cells are hidden, filled in several ways, and compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vae_core.arrays import Float32Array, Float64Array
from vae_core.artifacts.codec import Codec
from vae_core.datasets.heads import NUMBERS, Layout
from vae_core.datasets.loading import Dataset
from vae_core.errors import InvalidInput
from vae_core.metrics.imputation import column_errors, hide, impute
from vae_core.metrics.imputation_baselines import fill_iteratively, fill_with_mean_or_mode
from vae_core.metrics.likelihood import ObservationModel

HIDDEN = 0.2
MOST_ROWS = 20_000
"""Training rows that the other methods learn from."""
MODEL, SIMPLE, ITERATIVE = "this model", "mean or mode", "IterativeImputer"
KINDS = ("numbers", "ordered categories", "categories")


@dataclass(frozen=True)
class GapError:
    """How far one method is off on hidden cells of held-out rows.

    `by_kind` averages the columns' errors of each kind of `KINDS` that there is, `overall` those
    of all columns: of numbers the root mean squared error over the column's range, of categories
    the share of wrong ones, of ordered ones the mean displacement over their number (Nazabal et
    al., 2020). `cells` were hidden.
    """

    method: str
    overall: float
    by_kind: Mapping[str, float]
    cells: int


def gap_errors(
    codec: Codec,
    dataset: Dataset,
    observation: ObservationModel,
    *,
    conditional: bool = False,
    iterative: bool = True,
    share: float = HIDDEN,
    seed: int = 0,
) -> tuple[GapError, ...]:
    """What the model and the plain methods make of the same hidden cells of the test split.

    The plain methods learn from the training split, or `MOST_ROWS` of it. Raises `InvalidInput`
    for a model that is none of a mixed table.
    """
    layout = observation.layout
    if layout is None:
        raise InvalidInput(
            f"Expected a model of a mixed table. Received: likelihood={observation.likelihood!r}"
        )
    x = np.asarray(dataset.test.x, np.float32)
    hidden = hide(x, share, seed=seed)
    shown = np.where(hidden, np.float32(np.nan), x)
    train = np.asarray(dataset.train.x[:MOST_ROWS], np.float32)
    label = dataset.test.label if conditional else None
    ways: dict[str, Callable[[], Float32Array]] = {
        MODEL: lambda: impute(codec, shown, observation, label=label, seed=seed).x,
        SIMPLE: lambda: fill_with_mean_or_mode(train, shown, layout),
    }
    if iterative:
        ways[ITERATIVE] = lambda: fill_iteratively(train, shown, layout, seed=seed)
    widths = observation.high - observation.low
    return tuple(
        _error(name, column_errors(x, fill(), hidden, layout, widths), layout, int(hidden.sum()))
        for name, fill in ways.items()
    )


def _error(name: str, errors: Float64Array, layout: Layout, cells: int) -> GapError:
    kinds = np.array([_kind(head) for head in layout.heads])
    by_kind = {
        kind: float(np.nanmean(errors[kinds == kind]))
        for kind in KINDS
        if np.isfinite(errors[kinds == kind]).any()
    }
    overall = float(np.nanmean(errors)) if np.isfinite(errors).any() else float("nan")
    return GapError(name, overall, by_kind, cells)


def _kind(head: str) -> str:
    if head in NUMBERS:
        return KINDS[0]
    return KINDS[1] if head == "ordinal" else KINDS[2]
