"""How the labels show in a model's codes, beside principal components of the same dimension."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from vae_core.arrays import Float64Array
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import Metric, SplitName
from vae_core.datasets import Dataset, Split
from vae_core.errors import DataUnavailable
from vae_core.evaluation.held_out import learned, learned_split
from vae_core.evaluation.pca import PrincipalComponents
from vae_core.evaluation.record import Recorder, known_mean, squared_unit
from vae_core.metrics import ObservationModel
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.representation import (
    SILHOUETTE_EXAMPLES,
    STARTS,
    LabelledCodes,
    kmeans_ari,
    mixture_ari,
    neighbour_labels,
    probe_labels,
    silhouette,
)
from vae_core.threads import one_thread

BATCH = 1000
ACCURACY, INDEX = "share of examples", "adjusted Rand index"


def separability(
    artifact: Artifact,
    dataset: Dataset,
    record: Recorder,
    *,
    progress: Callable[[str, int, int], None],
) -> Iterator[Metric]:
    """The same numbers of the stored posterior means and, called `pca_…`, of PCA codes.

    Classifiers learn from the training split and are asked about the recorder's; clusters are
    those of the recorder's split alone. Nothing where a split has fewer than two labels, and no
    PCA where the training examples are not on this machine.
    """
    manifest = artifact.manifest
    yield from _numbers(record, _means(artifact, record.split), "", "posterior means", progress)
    try:
        train = dataset.train
    except DataUnavailable:
        return
    splits = (train, learned_split(manifest, dataset, record.split))
    observation = observation_model(manifest)
    middle = _middle(dataset, splits[0], observation)
    components = PrincipalComponents.of(
        (np.where(np.isnan(rows), middle, rows) for rows in _vectors(dataset, train, observation)),
        dim=manifest.spec.latent_dim,
    )
    projected, error = [], np.zeros(0)
    for split in splits:
        batches = list(_projected(components, middle, _vectors(dataset, split, observation)))
        z, error = (np.concatenate(values) for values in zip(*batches, strict=True))
        projected.append(LabelledCodes.of(z, split.label))
    how = f"{len(components.basis)} principal components of the training split"
    yield record.mean("pca_mse", error, squared_unit(observation), how)
    yield from _numbers(record, projected, "pca_", how, progress)


def _means(artifact: Artifact, split: SplitName) -> list[LabelledCodes]:
    """Posterior means of the training split, and of what another one has of the same classes."""
    splits: tuple[SplitName, SplitName] = ("train", split)
    train, held = (artifact.latents.of(name) for name in splits)
    known = learned(artifact.manifest, held.label)
    return [
        LabelledCodes.of(train.mean, train.label),
        LabelledCodes.of(held.mean[known], held.label[known]),
    ]


def _numbers(
    record: Recorder,
    codes: list[LabelledCodes],
    prefix: str,
    how: str,
    progress: Callable[[str, int, int], None],
) -> Iterator[Metric]:
    train, held = codes
    if not 2 <= held.classes < len(held.z) or train.classes < 2:
        return
    learned = f"{how}; learned from {len(train.z):,} training examples"
    scores: dict[str, Callable[[], Any]] = {
        "knn_5_accuracy": lambda: neighbour_labels(train, held.z, neighbours=5) == held.label,
        "knn_15_accuracy": lambda: neighbour_labels(train, held.z, neighbours=15) == held.label,
        "linear_probe_accuracy": lambda: probe_labels(train, held.z) == held.label,
        "silhouette": lambda: silhouette(held, seed=record.seed),
        "kmeans_ari": lambda: kmeans_ari(held, seed=record.seed),
        "mixture_ari": lambda: mixture_ari(held, seed=record.seed),
    }
    for done, (name, measure) in enumerate(scores.items()):
        progress(f"{prefix}{name}", done, len(scores))
        with one_thread():
            value = measure()
        if name.endswith("accuracy"):
            yield record.mean(prefix + name, value, ACCURACY, learned)
        elif name == "silhouette":
            count = min(SILHOUETTE_EXAMPLES, len(held.z))
            yield record.one(prefix + name, value, "−1 to 1", how, examples=count)
        else:
            words = f"{how}; {held.classes} clusters, best of {STARTS} starts"
            yield record.one(prefix + name, value, INDEX, words, examples=len(held.z))


def _vectors(
    dataset: Dataset, split: Split, observation: ObservationModel
) -> Iterator[Float64Array]:
    """Rows of features scaled to [0, 1], one batch after the other; NaN where a cell is missing."""
    for start in range(0, len(split), BATCH):
        x = split.x[start : start + BATCH] / np.float32(dataset.description.maximum)
        yield observation.vectors(x)


def _middle(dataset: Dataset, split: Split, observation: ObservationModel) -> Float64Array:
    """Means (features,) of what is known, with which components fill gaps."""
    total, count = np.zeros(1), np.zeros(1)
    for rows in _vectors(dataset, split, observation):
        total, count = total + np.nansum(rows, axis=0), count + (~np.isnan(rows)).sum(axis=0)
    return np.asarray(total / np.maximum(count, 1))


def _projected(
    components: PrincipalComponents, middle: Float64Array, batches: Iterator[Float64Array]
) -> Iterator[tuple[Float64Array, Float64Array]]:
    """Codes (n, d) of each batch, and mean squared errors (n,) of what is known."""
    for x in batches:
        z = components.encode(np.where(np.isnan(x), middle, x))
        yield z, known_mean((components.decode(z) - x) ** 2)
