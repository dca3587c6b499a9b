"""Measure a stored model on its dataset: held-out metrics, and where each example is encoded."""

from collections.abc import Callable

import numpy as np

from vae_core.artifact import SPLITS, Latents, Manifest, Metric
from vae_core.codec import Codec
from vae_core.datasets import Dataset, Split
from vae_core.metrics import LIKELIHOOD_WORDS, Observation, elbo_parts, mean_and_error

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


def held_out_metrics(
    manifest: Manifest,
    codec: Codec,
    dataset: Dataset,
    *,
    samples: int = 1,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> tuple[Metric, ...]:
    """ELBO, reconstruction and KL of the whole test split."""
    test, observation = dataset.test, observation_of(manifest)
    parts = elbo_parts(
        codec,
        test.x,
        test.label,
        observation,
        samples=samples,
        seed=seed,
        scale=dataset.description.maximum,
        progress=progress,
    )
    values = {"elbo": parts.elbo, "reconstruction": parts.reconstruction, "kl": parts.kl}
    return tuple(
        Metric(
            name=name,
            value=mean,
            unit="nats per example",
            split="test",
            likelihood=LIKELIHOOD_WORDS[observation.likelihood],
            estimator="closed form" if name == "kl" else "Monte Carlo over q(z|x)",
            samples=samples,
            examples=len(test.label),
            standard_error=error,
            seed=seed,
        )
        for name, (mean, error) in ((n, mean_and_error(v)) for n, v in values.items())
    )


def observation_of(manifest: Manifest) -> Observation:
    """How the stored model's likelihood sees data."""
    low, high, noise = (
        np.asarray(v, np.float32) for v in (manifest.low, manifest.high, manifest.noise_scale)
    )
    return Observation(manifest.spec.likelihood, low, high, noise)
