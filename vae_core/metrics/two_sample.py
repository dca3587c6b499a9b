"""Can a classifier tell generated rows from the data? The classifier two-sample test."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.errors import InvalidInput
from vae_core.metrics.statistics import mean_and_error

FOLDS = 5
FEWEST = 25
MOST = 2_000
"""Rows of each kind; more change the answer little, and take longer."""
LARGEST_LEAF = 20
"""The fewest rows in a leaf of the classifier's trees, of large samples."""


@dataclass(frozen=True)
class Detection:
    """How well a classifier tells generated rows apart: its `auroc`, .5 for guessing, 1 for always.

    `error` is the standard error over `FOLDS` folds; `rows` of each kind took part.
    """

    auroc: float
    error: float
    rows: int


def detection(
    data: ArrayLike, generated: ArrayLike, categories: Sequence[int], *, seed: int = 0
) -> Detection:
    """The area under the ROC curve of gradient-boosted trees, cross-validated.

    Lopez-Paz & Oquab, 'Revisiting classifier two-sample tests' (2017). `data` (n, f) and
    `generated` (m, f) take part with equally many rows, `MOST` at most; `categories` (f,) says how
    many a column has, 0 for numbers. Generated rows get the gaps of the data's, since those say
    nothing about the values. Raises `InvalidInput` for fewer than `FEWEST` rows of a kind.
    """
    data, generated = np.asarray(data, np.float64), np.asarray(generated, np.float64)
    count = min(len(data), len(generated), MOST)
    if count < FEWEST:
        raise InvalidInput(f"Expected {FEWEST} rows of each kind or more. Received: {count}")
    rng = np.random.default_rng(seed)
    real, made = (rows[rng.permutation(len(rows))[:count]] for rows in (data, generated))
    made = np.where(np.isnan(real), np.nan, made)
    folds = rng.permutation(np.arange(count) % FOLDS)
    areas = [_area(real, made, folds == fold, categories, seed) for fold in range(FOLDS)]
    return Detection(*mean_and_error(areas), count)


def _area(
    real: Float64Array, made: Float64Array, asked: object, categories: Sequence[int], seed: int
) -> float:
    """AUROC on the rows in `asked` (n,) of both kinds, learned on the others."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    asked = np.asarray(asked, bool)
    learn, ask = (np.concatenate([real[rows], made[rows]]) for rows in (~asked, asked))
    truth = [np.repeat([0, 1], len(rows) // 2) for rows in (learn, ask)]
    # Trees split at most 255 numbers of categories; more are read as numbers.
    coded = [0 < count <= 255 for count in categories]
    classifier = HistGradientBoostingClassifier(
        categorical_features=coded,
        max_iter=60,
        min_samples_leaf=min(LARGEST_LEAF, max(3, len(learn) // 20)),
        random_state=seed,
    )
    score = classifier.fit(learn, truth[0]).predict_proba(ask)[:, 1]
    return float(roc_auc_score(truth[1], score))
