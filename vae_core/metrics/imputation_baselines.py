"""What gaps are filled with elsewhere: mean or mode, and scikit-learn's IterativeImputer."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets.heads import NUMBERS, Layout

ROUNDS = 10


def fill_with_mean_or_mode(train: ArrayLike, x: ArrayLike, layout: Layout) -> Float32Array:
    """The gaps of `x` (n, F) filled with the mean of a number, else the commonest category."""
    train, x = np.asarray(train, np.float64), np.asarray(x, np.float32)
    values = np.zeros(train.shape[1])
    for column, head in enumerate(layout.heads):
        known = train[~np.isnan(train[:, column]), column]
        if len(known):
            values[column] = known.mean() if head in NUMBERS else _commonest(known)
    return np.where(np.isnan(x), values.astype(np.float32), x)


def fill_iteratively(
    train: ArrayLike, x: ArrayLike, layout: Layout, *, rounds: int = ROUNDS, seed: int = 0
) -> Float32Array:
    """The gaps of `x` (n, F) filled by scikit-learn's `IterativeImputer`, learned on `train`.

    Chained linear regressions (van Buuren & Groothuis-Oudshoorn, 'mice', 2011) on standardised
    columns. Categories are columns of 0 and 1, without the commonest, which is said where no other
    has as much; ordinal ones are read as the number nearest to what was predicted.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    train, x = np.asarray(train, np.float64), np.asarray(x, np.float64)
    coding = list(_coded(train, layout))
    table, asked = (_columns(rows, coding) for rows in (train, x))
    centre, scale = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    imputer = IterativeImputer(max_iter=rounds, random_state=seed, keep_empty_features=True)
    with warnings.catch_warnings():
        # So many rounds are what is compared, converged or not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        imputer.fit((table - centre) / scale)
    found = imputer.transform((asked - centre) / scale) * scale + centre
    return np.where(np.isnan(x), _read(found, coding, layout), x).astype(np.float32)


Coding = tuple[int, Any]
"""A column with its categories, of which all but the first, the commonest, have a column of 0 and
1; None for numbers."""


def _coded(train: Float64Array, layout: Layout) -> Iterator[Coding]:
    for column, head in enumerate(layout.heads):
        if head in NUMBERS or head == "ordinal":
            yield column, None
            continue
        known = train[~np.isnan(train[:, column]), column]
        codes, counts = np.unique(known, return_counts=True)
        yield column, codes[np.argsort(-counts, kind="stable")] if len(codes) else np.zeros(1)


def _columns(x: Float64Array, coding: list[Coding]) -> Float64Array:
    parts = []
    for column, codes in coding:
        values = x[:, column, None]
        if codes is not None:
            values = np.where(np.isnan(values), np.nan, values == codes[1:])
        parts.append(values)
    return np.concatenate(parts, axis=1)


def _read(found: Float64Array, coding: list[Coding], layout: Layout) -> Float64Array:
    """Rows (n, F) that the predicted columns stand for."""
    x, start = np.empty((len(found), len(layout.heads))), 0
    for column, codes in coding:
        width = 1 if codes is None else len(codes) - 1
        part, start = found[:, start : start + width], start + width
        if codes is None:
            x[:, column] = part[:, 0]
            if layout.heads[column] == "ordinal":
                x[:, column] = np.clip(np.rint(part[:, 0]), 0, layout.widths[column] - 1)
            continue
        shares = np.concatenate([1 - part.sum(axis=1, keepdims=True), part], axis=1)
        x[:, column] = codes[shares.argmax(axis=1)]
    return x


def _commonest(known: Float64Array) -> float:
    codes, counts = np.unique(known, return_counts=True)
    return float(codes[counts.argmax()])
