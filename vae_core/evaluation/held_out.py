"""The ELBO and its parts on a held-out split: what every stored model's manifest says."""

from collections.abc import Callable

import numpy as np

from vae_core.arrays import BoolArray, Int64Array
from vae_core.artifacts.codec import Codec
from vae_core.artifacts.manifest import Manifest, Metric, SplitName
from vae_core.datasets import Dataset, Split, label_number
from vae_core.evaluation.record import NATS, Recorder
from vae_core.metrics import LIKELIHOOD_WORDS, elbo_parts
from vae_core.metrics.likelihood import observation_model


def held_out_metrics(
    manifest: Manifest,
    codec: Codec,
    dataset: Dataset,
    *,
    split: SplitName = "test",
    samples: int = 1,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> tuple[Metric, ...]:
    """ELBO, reconstruction and KL of a split, without a class that the model was not to learn."""
    part, observation = learned_split(manifest, dataset, split), observation_model(manifest)
    parts = elbo_parts(
        codec,
        part.x,
        part.label,
        observation,
        samples=samples,
        seed=seed,
        scale=dataset.description.maximum,
        progress=progress,
    )
    record = Recorder(split, LIKELIHOOD_WORDS[observation.likelihood], seed)
    drawn = "Monte Carlo over q(z|x)"
    return (
        record.mean("elbo", parts.elbo, NATS, drawn, samples=samples),
        record.mean("reconstruction", parts.reconstruction, NATS, drawn, samples=samples),
        record.mean("kl", parts.kl, NATS, "closed form", samples=samples),
    )


def learned_split(manifest: Manifest, dataset: Dataset, split: SplitName) -> Split:
    """A split without the class that was left out of the model's training, if one was."""
    part: Split = getattr(dataset, split)
    known = learned(manifest, part.label)
    return part if known.all() else part.take(np.flatnonzero(known))


def learned(manifest: Manifest, label: Int64Array) -> BoolArray:
    """Which labels (n,) the model was to learn: all but one that was left out of its training."""
    name = manifest.spec.without
    if name is None:
        return np.ones(len(label), bool)
    return np.asarray(label != label_number(manifest.description, name))
