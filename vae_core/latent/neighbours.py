"""The nearest codes to many points at once."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, IndexArray

TREE_DIMENSIONS = 8
"""Up to so many a k-d tree is faster, by far; in more it looks at nearly all codes, one by one."""
SAMPLED = 32
BATCH = 64


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
    """What the nearest of every `SAMPLED`-th code are not farther than holds few: only they are
    sorted."""
    squares, found = (codes**2).sum(axis=1), []
    step = max(1, min(SAMPLED, len(codes) // count))
    for start in range(0, len(z), BATCH):
        squared = (-2 * z[start : start + BATCH]) @ codes.T
        squared += squares
        limit = np.partition(squared[:, ::step], count - 1, axis=1)[:, count - 1, None]
        row, code = np.divmod(np.flatnonzero(squared <= limit), len(codes))
        order = np.lexsort((squared[row, code], row))
        first = np.searchsorted(row, np.arange(len(squared)))
        found.append(code[order][first[:, None] + np.arange(count)])
    rows = np.concatenate(found) if found else np.zeros((0, count), np.intp)
    return rows, np.sqrt(((z[:, None] - codes[rows]) ** 2).sum(axis=2))
