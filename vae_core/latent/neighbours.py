"""The nearest codes to many points at once."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, IndexArray

TREE_DIMENSIONS = 8
"""Up to so many a k-d tree is faster, by far; in more it looks at nearly all codes, one by one."""
SAMPLED = 32
BATCH = 64
PAIRS = 50_000
EPSILON = float(np.finfo(np.float64).eps)


def nearest_neighbours(
    z: ArrayLike, codes: ArrayLike, *, count: int
) -> tuple[IndexArray, Float64Array]:
    """Rows of the `count` codes (m, d) nearest to each of `z` (n, d), and their distances.

    Both (n, min(count, m)), nearest first; Euclidean. Done here and not by scikit-learn, whose
    import alone takes 130 MiB of the app's memory.
    """
    z, codes = np.asarray(z, np.float64), np.asarray(codes, np.float64)
    count = min(count, len(codes))
    search = _by_tree if codes.shape[1] <= TREE_DIMENSIONS else _by_products
    return search(z, codes, count)


def _by_tree(z: Float64Array, codes: Float64Array, count: int) -> tuple[IndexArray, Float64Array]:
    from scipy.spatial import KDTree

    distances, rows = KDTree(codes).query(z, k=np.arange(1, count + 1))
    return rows, distances


def _by_products(
    z: Float64Array, codes: Float64Array, count: int
) -> tuple[IndexArray, Float64Array]:
    """Codes about as near as the nearest of every `SAMPLED`-th are few: only they are compared.

    Products of rows expand a square, which loses digits where codes lie close together and far
    from the middle. They choose with that much allowance, and differences decide.
    """
    centre = codes.mean(axis=0)
    z, codes = z - centre, codes - centre
    squares, reach = (codes**2).sum(axis=1), np.linalg.norm(codes, axis=1).max(initial=0)
    lost = (z.shape[1] + 2) * EPSILON * (np.linalg.norm(z, axis=1) + reach) ** 2
    step, found = max(1, min(SAMPLED, len(codes) // count)), []
    for start in range(0, len(z), BATCH):
        part = z[start : start + BATCH]
        squared = (-2 * part) @ codes.T
        squared += squares
        limit = np.partition(squared[:, ::step], count - 1, axis=1)[:, count - 1]
        limit += 2 * lost[start : start + BATCH]
        row, code = np.divmod(np.flatnonzero(squared <= limit[:, None]), len(codes))
        order = np.lexsort((_squared(part, codes, row, code), row))
        first = np.searchsorted(row, np.arange(len(part)))
        found.append(code[order][first[:, None] + np.arange(count)])
    rows = np.concatenate(found) if found else np.zeros((0, count), np.intp)
    return rows, np.sqrt(((z[:, None] - codes[rows]) ** 2).sum(axis=2))


def _squared(
    z: Float64Array, codes: Float64Array, row: IndexArray, code: IndexArray
) -> Float64Array:
    """Squared distances (k,) of pairs of rows of `z` and `codes`, some at a time."""
    parts = [
        ((z[row[start : start + PAIRS]] - codes[code[start : start + PAIRS]]) ** 2).sum(axis=1)
        for start in range(0, len(row), PAIRS)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
