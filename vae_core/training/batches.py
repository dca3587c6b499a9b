"""What training and validation read: examples held as tensors, and the rows to gather from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from vae_core.artifacts.codec import one_hot
from vae_core.datasets import Split
from vae_core.datasets.description import Description
from vae_core.datasets.scaling import Scaling
from vae_core.errors import DataInvalid
from vae_core.metrics import binarised
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.backend import tf
from vae_core.training.vae import VAE

VALIDATION_BATCH = 1000


@dataclass(frozen=True, eq=False)
class Examples:
    """A split as tensors: `x` (n, *shape), images as stored bytes, and `y` (n, classes) one-hot
    for a conditional model; of a mixed table `mask` (n, features), 0 where a cell of `x` is
    missing. `maximum` is the stored value that stands for 1."""

    tensors: Mapping[str, Any]
    maximum: float

    @classmethod
    def of(
        cls, split: Split, spec: TrainingSpec, description: Description, scaling: Scaling
    ) -> Self:
        x = split.x
        if description.kind == "table" and spec.likelihood != "mixed":
            if np.isnan(x).any():
                raise DataInvalid(
                    "Expected no missing cells: only the likelihood 'mixed' knows of them. "
                    f"Received: {np.isnan(x).sum()} missing, likelihood={spec.likelihood!r}"
                )
            x = (x - scaling.low) / (scaling.high - scaling.low)
        tensors = {"x": tf.constant(x)}
        if spec.likelihood == "mixed":
            known = ~np.isnan(x)
            tensors = {
                "x": tf.constant(np.where(known, x, np.float32(0))),
                "mask": tf.constant(known),
            }
        if spec.conditional:
            tensors["y"] = tf.constant(one_hot(split.label, len(description.labels)))
        return cls(tensors, description.maximum)

    def in_order(self) -> list[Any]:
        """Row numbers of batches of `VALIDATION_BATCH` at most, from the first row to the last."""
        count = len(self.tensors["x"])
        starts = range(0, count, VALIDATION_BATCH)
        return [tf.range(start, min(start + VALIDATION_BATCH, count)) for start in starts]

    def batch(self, rows: Any) -> dict[str, Any]:
        """The examples of `rows` (n,), scaled, as the VAE takes them; images become floats here."""
        batch = {name: tf.gather(values, rows) for name, values in self.tensors.items()}
        batch["x"] = tf.cast(batch["x"], tf.float32) / self.maximum
        if "mask" in batch:
            batch["mask"] = tf.cast(batch["mask"], tf.float32)
        return batch


def epochs_of_rows(count: int, *, batch: int, steps: int, seed: int) -> Any:
    """Endless epochs of shuffled row numbers (steps, batch) below `count`.

    All batches have one size: a rest at the end would compile the step again.
    """
    rows = tf.data.Dataset.range(count).shuffle(count, seed=seed).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    return rows.batch(batch, drop_remainder=True).batch(steps).prefetch(1).with_options(options)


def validation_examples(
    spec: TrainingSpec, split: Split, description: Description, scaling: Scaling
) -> Examples:
    """A validation split; dynamic binarisation is drawn once, by seed."""
    if spec.likelihood == "bernoulli_dynamic":
        rng = np.random.default_rng(spec.seed)
        drawn = binarised(split.x / np.float32(description.maximum), spec.likelihood, rng)
        split = replace(split, x=(drawn * description.maximum).astype(split.x.dtype))
    return Examples.of(split, spec, description, scaling)


def encoder_input(vae: VAE, split: Split, description: Description, scaling: Scaling) -> Any:
    """What a VAE's encoder is given of a whole split, its label apart."""
    if vae.heads is None:
        return vae.binarised(scaling.apply(split.x, description))
    batch = Examples.of(split, vae.spec, description, scaling).batch(range(len(split)))
    return np.asarray(vae.shown(batch["x"], batch["mask"]))
