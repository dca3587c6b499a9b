"""How well labels show in codes: neighbours, a linear probe, clusters. Uses scikit-learn lazily."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array, Int64Array
from vae_core.errors import DataInvalid
from vae_core.latent.neighbours import nearest_neighbours

SILHOUETTE_EXAMPLES = 5_000
STARTS = 5
"""K-means and the mixture begin so often, and the best fit by their own criterion counts."""


@dataclass(frozen=True)
class LabelledCodes:
    """Labelled points of a latent space: `z` (n, d) and `label` (n,)."""

    z: Float64Array
    label: Int64Array

    @classmethod
    def of(cls, z: ArrayLike, label: ArrayLike) -> "LabelledCodes":
        """Checked points; raises `DataInvalid`."""
        z, label = np.asarray(z, np.float64), np.asarray(label)
        if z.ndim != 2 or not len(z) or label.shape != z.shape[:1] or not np.isfinite(z).all():
            raise DataInvalid(
                "Expected finite points (n >= 1, d) and one label each. "
                f"Received: shapes {z.shape} and {label.shape}"
            )
        return cls(z, label.astype(np.int64))

    @property
    def classes(self) -> int:
        """How many different labels there are."""
        return len(np.unique(self.label))


def neighbour_labels(train: LabelledCodes, z: ArrayLike, *, neighbours: int) -> Int64Array:
    """The commonest label among the nearest `train` points of each of `z` (n, d), (n,)."""
    rows, _ = nearest_neighbours(z, train.z, count=neighbours)
    labels, number = np.unique(train.label, return_inverse=True)
    votes = np.zeros((len(rows), len(labels)), np.int64)
    np.add.at(votes, (np.arange(len(rows))[:, None], number[rows]), 1)
    return np.asarray(labels[votes.argmax(axis=1)])


def probe_labels(train: LabelledCodes, z: ArrayLike) -> Int64Array:
    """What multinomial logistic regression on `train`, standardised, says of `z` (n, d), (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return np.asarray(fitted.fit(train.z, train.label).predict(np.asarray(z)), np.int64)


def silhouette(codes: LabelledCodes, *, seed: int = 0) -> float:
    """Mean silhouette of the labels (Rousseeuw, 1987), -1 to 1: 1 where labels lie far apart.

    Of at most `SILHOUETTE_EXAMPLES`, drawn with `seed`. Needs two labels or more, fewer than
    points.
    """
    from sklearn.metrics import silhouette_score

    size = min(SILHOUETTE_EXAMPLES, len(codes.z))
    rows = np.random.default_rng(seed).permutation(len(codes.z))[:size]
    return float(silhouette_score(codes.z[rows], codes.label[rows]))


def kmeans_ari(codes: LabelledCodes, *, seed: int = 0) -> float:
    """Adjusted Rand index of k-means against the labels, as many clusters as labels.

    Hubert & Arabie, 'Comparing partitions' (1985): 1 for the same partition, 0 in expectation for
    a random one.
    """
    from sklearn.cluster import KMeans

    return _ari(codes, KMeans(codes.classes, n_init=STARTS, random_state=seed))


def mixture_ari(codes: LabelledCodes, *, seed: int = 0) -> float:
    """As `kmeans_ari`, of a Gaussian mixture with full covariances."""
    from sklearn.mixture import GaussianMixture

    return _ari(codes, GaussianMixture(codes.classes, n_init=STARTS, random_state=seed))


def confusion(label: ArrayLike, said: ArrayLike, *, classes: int) -> Int64Array:
    """How many examples (classes, classes) of each label (rows) were said to be which."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (np.asarray(label), np.asarray(said)), 1)
    return counts


def _ari(codes: LabelledCodes, clustering: Any) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(codes.label, clustering.fit_predict(codes.z)))
