"""Each digit in turn is left out of training and then to be detected: which score, how large a z?

A published protocol with our training: theirs, ours, and what differs. A model is trained once
and found again in LATENT_HOME. With all digits the outcome goes to pretrained/, where the
Anomalies page reads it.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from bench import Result, main, use_shared_data

from vae_core.evaluation.leave_class_out import Areas, Experiment, LeaveClassOut, shipped_file

DATASET = "mnist"
HIDDEN, WARMUP = (256, 128), 2
DIMENSIONS = (2, 32)
DRAWS, IMPORTANCE_DRAWS = 8, 16
CHOSEN_ON = 5
"""The relative score was found by looking at the first digits; the others judge it."""
LABELS = tuple("0123456789")

PUBLISHED = Experiment(
    dataset=DATASET,
    labels=LABELS,
    protocol="convolutional VAE, Gaussian likelihood with a fixed scale of 1/√2; score: negative "
    "ELBO with 128 draws; normal: test images of the nine digits; anomalies: training images of "
    "the tenth",
    source="L. Tonnaer, “Linearly symmetry-based disentangled representations and their "
    "out-of-distribution behaviour”, thesis, TU Eindhoven (2023), table 3.3",
    areas=(
        Areas(
            latent_dim=2,
            score="negative_elbo",
            auroc=(0.96, 0.73, 0.97, 0.94, 0.73, 0.92, 0.95, 0.77, 0.92, 0.66),
        ),
        Areas(
            latent_dim=32,
            score="negative_elbo",
            auroc=(0.81, 0.09, 0.92, 0.87, 0.78, 0.86, 0.87, 0.51, 0.89, 0.58),
        ),
    ),
)


def measure(digits: str, epochs: int) -> Iterator[Result]:
    """Train what is not here yet, score the test images, compare means over the digits."""
    use_shared_data()
    areas = tuple(area for dim in DIMENSIONS for area in _areas(dim, digits, epochs))
    ours = Experiment(
        dataset=DATASET,
        labels=tuple(digits),
        protocol=f"dense 784-{'-'.join(map(str, HIDDEN))}, Bernoulli on grey values, {epochs} "
        f"epochs, one training per digit; {DRAWS} draws ({IMPORTANCE_DRAWS} of the "
        "importance-weighted bound); normal: test images of the nine digits; anomalies: test "
        "images of the tenth",
        source="python benchmarks/held_out_class.py",
        areas=areas,
    )
    if tuple(digits) == LABELS:
        LeaveClassOut(published=PUBLISHED, ours=ours).write(shipped_file())
    yield from _results(ours)


def _results(ours: Experiment) -> Iterator[Result]:
    for published in PUBLISHED.areas:
        what = f"published, z{published.latent_dim}, {published.score}"
        yield Result(f"{what}: mean AUROC", published.mean, "")
    goal = PUBLISHED.best.mean
    for areas in ours.areas:
        what = f"z{areas.latent_dim}, {areas.score}"
        best = areas == ours.best
        yield Result(
            f"{what}: mean AUROC", areas.mean, "", at_least=goal if best else None,
            times=areas.mean / goal, baseline="the published best",
        )  # fmt: skip
        yield Result(f"{what}: standard deviation over digits", areas.spread, "")
        if areas.score == "relative_reconstruction" and len(areas.auroc) > CHOSEN_ON:
            rest = float(np.mean(areas.auroc[CHOSEN_ON:]))
            yield Result(f"{what}: mean AUROC from {ours.labels[CHOSEN_ON]} on", rest, "")


def _areas(latent_dim: int, digits: str, epochs: int) -> Iterator[Areas]:
    found: dict[str, list[float]] = {}
    for digit in digits:
        for score, area in _detect(digit, latent_dim, epochs).items():
            found.setdefault(score, []).append(area)
    for score, values in found.items():
        yield Areas(latent_dim=latent_dim, score=score, auroc=tuple(values))


def _detect(digit: str, latent_dim: int, epochs: int) -> dict[str, float]:
    """AUROC by score of a model that was trained without the digit."""
    from vae_core.artifacts.codec import OnnxCodec
    from vae_core.datasets import default_spec, load
    from vae_core.evaluation import learned
    from vae_core.metrics.anomaly import Reference, anomaly_scores
    from vae_core.metrics.detection import auroc
    from vae_core.metrics.likelihood import observation_model
    from vae_core.worker.pipeline import train_model

    settings: dict[str, Any] = {
        "hidden": HIDDEN, "epochs": epochs, "kl_warmup_epochs": WARMUP, "latent_dim": latent_dim,
    }  # fmt: skip
    artifact = train_model(default_spec(DATASET, without=digit, **settings))
    dataset, manifest = load(DATASET), artifact.manifest
    scores = anomaly_scores(
        OnnxCodec(artifact, threads=0), dataset.test.x, None, observation_model(manifest),
        Reference.of(artifact.latents.of("train").mean), samples=DRAWS,
        importance_samples=IMPORTANCE_DRAWS, scale=dataset.description.maximum,
    )  # fmt: skip
    known = learned(manifest, dataset.test.label)
    found = {name: auroc(values[known], values[~known]) for name, values in scores.items()}
    told = ", ".join(f"{name} {area:.3f}" for name, area in found.items())
    print(f"without {digit}, z{latent_dim}: {told}", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main(
        "A digit left out of training, detected among MNIST's test images",
        measure,
        epochs={"type": int, "default": 10, "help": "epochs of each of the trainings"},
        digits={"default": "".join(LABELS), "help": "those to leave out, default: all"},
    )
