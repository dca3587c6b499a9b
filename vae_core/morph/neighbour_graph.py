"""Paths over the data: from example to example where examples lie close together."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.errors import DataInvalid
from vae_core.morph.decoded_space import DecodedSpace
from vae_core.morph.path import FRAMES, Path, path_through

NODES = 5_000
NEIGHBOURS = 10


@dataclass(frozen=True)
class NeighbourGraph:
    """Encoded examples `points` (n, d), each joined to its nearest; built once, then asked often.

    An edge weighs the square of its latent length: shortest paths then make many short hops
    rather than one long, and so keep to where examples are dense; with plain lengths they would
    cut the corners. These are the power-weighted paths of Hwang, Damelin & Hero, 'Shortest path
    through random points' (2016), which converge to geodesics of a metric that is short where the
    density is high. Parts that share no edge are joined at their closest examples.
    """

    points: Float64Array
    _edges: Any
    _tree: Any

    @classmethod
    def of(cls, mean: ArrayLike, *, seed: int = 0) -> Self:
        """From encoded examples (n >= 2, d), of which at most `NODES` are drawn with `seed`."""
        from scipy.spatial import KDTree

        points = np.asarray(mean, np.float64)
        if points.ndim != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise DataInvalid(
                f"Expected finite encoded examples (n >= 2, d). Received: shape={points.shape}"
            )
        points = points[np.random.default_rng(seed).permutation(len(points))[:NODES]]
        tree = KDTree(points)
        distance, other = tree.query(points, k=min(NEIGHBOURS + 1, len(points)))
        one = np.repeat(np.arange(len(points)), other.shape[1])
        edges = _connected(points, _symmetric(one, other.ravel(), distance.ravel(), len(points)))
        return cls(points, edges, tree)

    def between(self, a: Float64Array, b: Float64Array) -> Float64Array:
        """Corners (m, d) of the way from `a` to `b` (d,) over the examples.

        Each end is joined to its nearest examples, and the two to each other if they are closer
        than those.
        """
        from scipy.sparse.csgraph import dijkstra

        count, ends = len(self.points), np.stack([a, b])
        distance, other = self._tree.query(ends, k=min(NEIGHBOURS, count))
        one = np.repeat([count, count + 1], other.shape[1])
        joints = _symmetric(one, other.ravel(), distance.ravel(), count + 2)
        grown = self._edges.copy()
        grown.resize((count + 2, count + 2))
        if (apart := np.linalg.norm(a - b)) < distance.max():
            joints = joints.maximum(_symmetric([count], [count + 1], [apart], count + 2))
        _, before = dijkstra(
            grown + joints, directed=False, indices=count, return_predecessors=True
        )
        way = [count + 1]
        while way[-1] != count:
            way.append(int(before[way[-1]]))
        return np.concatenate([self.points, ends])[way[::-1]]


def over_data(
    anchors: ArrayLike, space: DecodedSpace, graph: NeighbourGraph, *, frames: int = FRAMES
) -> Path:
    """Shortest paths on `graph` between `anchors` (k, d). Raises `InvalidInput`."""
    return path_through("over the data", anchors, lambda a, b: [graph.between(a, b)], space, frames)


def _symmetric(one: ArrayLike, other: ArrayLike, length: ArrayLike, count: int) -> Any:
    """Sparse weights (count, count) of undirected edges; equal points stay apart by a little."""
    from scipy.sparse import coo_array

    weight = np.maximum(np.square(length), 1e-12)
    keep = np.asarray(one) != np.asarray(other)
    edges = (weight[keep], (np.asarray(one)[keep], np.asarray(other)[keep]))
    directed = coo_array(edges, shape=(count, count)).tocsr()
    return directed.maximum(directed.T).tocsr()


def _connected(points: Float64Array, edges: Any) -> Any:
    """`edges` and, while there are several parts, one from each to what is closest outside it."""
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    while (found := connected_components(edges, directed=False))[0] > 1:
        parts, part = found
        for number in range(1, parts):
            inside, outside = np.flatnonzero(part == number), np.flatnonzero(part != number)
            distance, other = KDTree(points[outside]).query(points[inside])
            closest = distance.argmin()
            edge = ([inside[closest]], [outside[other[closest]]], [distance[closest]])
            edges = edges.maximum(_symmetric(*edge, len(points)))
    return edges
