"""Where the encoder puts each example of a dataset."""

import numpy as np

from vae_core.artifacts.artifact import Latents
from vae_core.artifacts.codec import Codec
from vae_core.artifacts.manifest import SPLITS
from vae_core.datasets import Dataset, Split

ENCODE_BATCH = 1000


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
