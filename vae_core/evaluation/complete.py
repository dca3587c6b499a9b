"""All numbers of a stored model on a held-out split: bounds, posterior, pictures, labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import Codec
from vae_core.artifacts.manifest import Metric, SplitName
from vae_core.datasets import Dataset, Split
from vae_core.evaluation.held_out import held_out_metrics, learned_split
from vae_core.evaluation.reconstructions import reconstruction_batches
from vae_core.evaluation.record import NATS, Recorder, squared_unit
from vae_core.evaluation.separability import separability
from vae_core.latent.aggregated_posterior import kl_decomposition
from vae_core.latent.posterior import active_units, kl_divergence
from vae_core.metrics import LIKELIHOOD_WORDS, ObservationModel, importance_bound
from vae_core.metrics.likelihood import observation_model

Progress = Callable[[str, int, int], None]
BINARY = ("bernoulli_static", "bernoulli_dynamic")
"""Likelihoods of binary pictures: probabilities of the data, hence bits."""
AT_MEAN = "decoded at the posterior's mean"


@dataclass(frozen=True)
class Effort:
    """How much is drawn: what makes numbers exact and slow.

    `samples` draws of z for each example's ELBO; `importance_samples` for each example's
    importance-weighted bound, of `importance_examples` examples drawn from the split.
    """

    samples: int = 1
    importance_samples: int = 500
    importance_examples: int = 1000


@dataclass(frozen=True)
class Task:
    """What is measured, and who is told how far it is: stage, examples done, examples in all."""

    artifact: Artifact
    codec: Codec
    dataset: Dataset
    split: SplitName
    seed: int
    progress: Progress

    @cached_property
    def part(self) -> Split:
        return learned_split(self.artifact.manifest, self.dataset, self.split)

    @property
    def observation(self) -> ObservationModel:
        return observation_model(self.artifact.manifest)

    def recorder(self, *, likelihood: bool = True) -> Recorder:
        """For numbers that depend on the likelihood, or not."""
        words = LIKELIHOOD_WORDS[self.observation.likelihood] if likelihood else ""
        return Recorder(self.split, words, self.seed)

    def stage_progress(self, stage: str, total: int) -> Callable[[int], None]:
        """What reports the examples done of one stage."""
        return lambda done: self.progress(stage, done, total)


def all_metrics(
    artifact: Artifact,
    codec: Codec,
    dataset: Dataset,
    *,
    split: SplitName = "test",
    effort: Effort | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Metric, ...]:
    """Every number that is known of a model, on one split of its dataset.

    The ELBO and its parts; the importance-weighted bound, and what it adds to the ELBO of the same
    draws; bits per dimension of binary pictures; KL of each latent dimension, active units,
    aggregated posterior against prior; quality of reconstructions; how the labels show in the
    codes, and in as many principal components. Memory is that of a batch of decoded examples and
    of one split. Uses scikit-learn.
    """
    effort = effort or Effort()
    task = Task(artifact, codec, dataset, split, seed, progress or _ignore)
    return (
        *held_out_metrics(
            artifact.manifest,
            codec,
            dataset,
            split=split,
            samples=effort.samples,
            seed=seed,
            progress=task.stage_progress("ELBO", len(task.part)),
        ),
        *_importance(task, effort),
        *_posterior_and_quality(task),
        *separability(artifact, dataset, task.recorder(likelihood=False), progress=task.progress),
    )


def _ignore(stage: str, done: int, total: int) -> None:
    pass


def _importance(task: Task, effort: Effort) -> Iterator[Metric]:
    """The bound of a random part of the split, beside the ELBO of the same draws."""
    draws, scale = effort.importance_samples, task.dataset.description.maximum
    order = np.random.default_rng(task.seed).permutation(len(task.part))
    part = task.part.take(np.sort(order[: effort.importance_examples]))
    on_batch = task.stage_progress("importance-weighted bound", len(part))
    data = (task.codec, part.x, part.label, task.observation)
    answer = importance_bound(
        *data, samples=draws, seed=task.seed, scale=scale, progress=on_batch
    )  # fmt: skip
    record, how = task.recorder(), "importance weights from q(z|x), Burda et al. 2016"
    yield record.mean("importance_bound", answer.bound, NATS, how, samples=draws)
    yield record.mean(
        "importance_gain", answer.bound - answer.elbo, NATS,
        "bound less the ELBO of the same draws", samples=draws,
    )  # fmt: skip
    yield record.mean(
        "effective_draws", answer.effective, f"draws of {draws:,}",
        "(sum w)^2 / sum w^2 of the importance weights", samples=draws,
    )  # fmt: skip
    if task.observation.likelihood in BINARY:
        bits = -answer.bound / (task.dataset.description.size * log(2))
        yield record.mean(
            "bits_per_dimension", bits, "bits per pixel",
            "importance-weighted bound over pixels and ln 2, an upper bound", samples=draws,
        )  # fmt: skip


def _posterior_and_quality(task: Task) -> Iterator[Metric]:
    batches = list(_reconstructed(task))
    mean, log_var, squared, *quality = (np.concatenate(v) for v in zip(*batches, strict=True))
    record = task.recorder(likelihood=False)
    parts = kl_decomposition(mean, log_var, seed=task.seed)
    yield record.mean(
        "aggregated_kl", parts.marginal, "nats",
        "KL(q(z) || p(z)), Monte Carlo, q(z) the mixture of the split's posteriors", samples=1,
    )  # fmt: skip
    yield record.mean(
        "mutual_information", parts.information, "nats",
        f"of example and code, Monte Carlo; at most ln n = {log(len(mean)):.2f}", samples=1,
    )  # fmt: skip
    yield record.one(
        "active_units", int(active_units(mean).sum()), "latent dimensions",
        "variance of the posterior mean over examples above 0.01", examples=len(mean),
    )  # fmt: skip
    for number, values in enumerate(kl_divergence(mean, log_var).T, 1):
        yield record.mean(f"kl_z{number}", values, NATS, "closed form, one latent dimension")
    yield record.mean("mse", squared, squared_unit(task.observation), AT_MEAN)
    for name, unit, values in zip(("psnr", "ssim"), ("dB", "1 at best"), quality, strict=False):
        if np.isfinite(values).all():
            yield record.mean(name, values, unit, AT_MEAN)


def _reconstructed(task: Task) -> Iterator[tuple[NDArray[Any], ...]]:
    """Posterior, squared error and, of pictures, PSNR and SSIM, one batch after the other."""
    on_batch = task.stage_progress("reconstructions", len(task.part))
    scale = task.dataset.description.maximum
    for done, values in reconstruction_batches(
        task.codec, task.part, task.observation, seed=task.seed, scale=scale
    ):
        yield values
        on_batch(done)
