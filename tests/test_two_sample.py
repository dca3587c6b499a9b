"""The classifier two-sample test: it guesses where it must, and finds what is there."""

import numpy as np
import pytest

from vae_core.errors import InvalidInput
from vae_core.metrics.two_sample import FEWEST, detection


def rows(count: int, seed: int) -> np.ndarray:
    """A number, and a category that goes with it."""
    rng = np.random.default_rng(seed)
    code = rng.integers(3, size=count)
    return np.stack([rng.normal(2.0 * code, 0.5), code], axis=1)


def test_rows_of_one_source_are_not_told_apart() -> None:
    found = detection(rows(400, 0), rows(400, 1), [0, 3])
    assert abs(found.auroc - 0.5) < 4 * max(found.error, 0.02)
    assert found.rows == 400


def test_right_marginals_without_their_association_are_told_apart() -> None:
    generated = rows(400, 1)
    generated[:, 1] = np.random.default_rng(2).permutation(generated[:, 1])
    assert detection(rows(400, 0), generated, [0, 3]).auroc > 0.7


def test_gaps_alone_tell_nothing() -> None:
    data = rows(400, 0)
    data[np.random.default_rng(3).random(data.shape) < 0.3] = np.nan
    found = detection(data, rows(400, 1), [0, 3])
    assert abs(found.auroc - 0.5) < 4 * max(found.error, 0.02)


def test_few_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match=str(FEWEST)):
        detection(rows(FEWEST - 1, 0), rows(100, 1), [0, 3])
