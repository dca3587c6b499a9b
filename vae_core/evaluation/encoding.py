"""Where the encoder puts each example of a dataset."""

import numpy as np

from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact, Latents
from vae_core.artifacts.codec import Codec, OnnxCodec
from vae_core.artifacts.manifest import SPLITS
from vae_core.datasets import Dataset, Split

ENCODE_BATCH = 1000
FINE = 0.009
"""Posterior deviations by which a stored code may be off: a hundredth, less what the encoder's
answer differs by on another processor."""


def encode_dataset(codec: Codec, dataset: Dataset) -> Latents:
    """Encode every example of every split, one batch at a time."""
    means, log_vars, splits = [], [], []
    for number, name in enumerate(SPLITS):
        split: Split = getattr(dataset, name)
        for start in range(0, len(split.label), ENCODE_BATCH):
            rows = slice(start, start + ENCODE_BATCH)
            x = split.x[rows] / np.float32(dataset.description.maximum)
            mean, log_var = codec.encode(x, split.label[rows])
            means.append(mean)
            log_vars.append(log_var)
        splits.append(np.full(len(split.label), number, np.uint8))
    parts = [dataset.train, dataset.validation, dataset.test]
    return Latents(
        mean=np.concatenate(means),
        log_var=np.concatenate(log_vars),
        label=np.concatenate([part.label for part in parts]),
        index=np.concatenate([part.index for part in parts]),
        split=np.concatenate(splits),
    )


def largest_offset(stored: Latents, encoded: Latents) -> float:
    """How far the worst stored mean is from the same example's `encoded` one.

    In standard deviations of that example's posterior, dimension by dimension; infinite where the
    examples are not the same.
    """
    if not np.array_equal(stored.index, encoded.index):
        return np.inf
    off = stored.mean.astype(np.float64) - encoded.mean
    return float(np.abs(off * np.exp(-0.5 * encoded.log_var.astype(np.float64))).max(initial=0))


def with_fine_codes(artifact: Artifact, dataset: Dataset) -> Artifact:
    """The stored model; codes that are off by more than `FINE` are replaced on disk.

    Models were once stored with codes in half precision, which is coarser than sharp posteriors
    are wide. Raises as `registry.keep_latents`.
    """
    encoded = encode_dataset(OnnxCodec(artifact, threads=0), dataset)
    if largest_offset(artifact.latents, encoded) <= FINE:
        return artifact
    return registry.keep_latents(artifact, encoded)
