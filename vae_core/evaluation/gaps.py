"""How well a stored model fills gaps, on held-out rows whose known cells are hidden for it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vae_core.arrays import Float64Array, Int64Array
from vae_core.artifacts.codec import Codec
from vae_core.artifacts.manifest import Manifest, SplitName
from vae_core.datasets import Dataset
from vae_core.errors import DataInvalid
from vae_core.evaluation.held_out import learned_split
from vae_core.metrics.imputation import column_errors, hide, impute
from vae_core.metrics.imputation_baselines import fill_iteratively, fill_with_mean_or_mode
from vae_core.metrics.likelihood import observation_model

MODEL, MEAN, ITERATIVE = "this model", "mean or mode", "IterativeImputer"
WIDEST = 200
"""Columns up to which the regressions of `IterativeImputer`, one a column, take seconds."""
MOST = 5_000
"""Rows that are filled, and training rows that the iterative imputer learns from."""


@dataclass(frozen=True)
class GapScores:
    """Errors (F,) of hidden cells by each way to fill them, NaN where no cell was hidden.

    `vae_core.metrics.imputation.column_errors` defines them; `hidden` (F,) counts the cells. Ways:
    `MODEL`, `MEAN` and, for tables that are not too wide, `ITERATIVE`.
    """

    errors: Mapping[str, Float64Array]
    hidden: Int64Array
    share: float
    rows: int

    def mean(self, way: str) -> float:
        """Over the columns in which cells were hidden."""
        return float(np.nanmean(self.errors[way]))


def gap_scores(
    manifest: Manifest,
    codec: Codec,
    dataset: Dataset,
    *,
    split: SplitName = "test",
    share: float = 0.2,
    seed: int = 0,
) -> GapScores:
    """Hide a `share` of the known cells of a split and fill them, beside two plain ways.

    All ways see the same rows with the same gaps, and learned from the training split. Raises
    `InvalidInput` for a model without heads, `DataInvalid` where no cell could be hidden.
    """
    part, observation = learned_split(manifest, dataset, split), observation_model(manifest)
    rows = np.random.default_rng(seed).permutation(len(part))[:MOST]
    part = part.take(np.sort(rows))
    hidden = hide(part.x, share, seed=seed)
    x = np.where(hidden, np.float32(np.nan), part.x)
    label = part.label if manifest.spec.conditional else None
    filled = {MODEL: impute(codec, x, observation, label=label, draws=20, seed=seed).x}
    layout = observation.layout
    if layout is None or not hidden.any():
        raise DataInvalid(f"Expected known cells to hide. Received: {len(x)} rows without any.")
    train = dataset.train.x
    filled[MEAN] = fill_with_mean_or_mode(train, x, layout)
    if x.shape[1] <= WIDEST:
        few = np.random.default_rng(seed).permutation(len(train))[:MOST]
        filled[ITERATIVE] = fill_iteratively(train[np.sort(few)], x, layout, seed=seed)
    widths = observation.high - observation.low
    errors = {
        way: column_errors(part.x, values, hidden, layout, widths) for way, values in filled.items()
    }
    return GapScores(errors, hidden.sum(axis=0), share, len(x))
