"""How long the honest numbers of a model take: bounds, detection, on the server's two cores."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
from bench import Result, main, model_of, use_shared_data

THREADS = 2
ELBO_GOAL, BOUND_GOAL = 3.0, 60.0
DRAWS, EXAMPLES = 500, 1000


def measure(rounds: int) -> Iterator[Result]:
    """Bounds of MNIST's and Fashion-MNIST's best model; then what Anomalies asks for."""
    use_shared_data()
    yield from _bounds("mnist", "dense", rounds, goals=(ELBO_GOAL, BOUND_GOAL))
    yield from _bounds("fashion_mnist", "dense", rounds, goals=(None, None))
    yield from _detection(rounds)


def _bounds(
    dataset: str, architecture: str, rounds: int, *, goals: tuple[float | None, float | None]
) -> Iterator[Result]:
    from vae_core.artifacts import registry
    from vae_core.artifacts.codec import OnnxCodec
    from vae_core.datasets import load
    from vae_core.evaluation import held_out_metrics
    from vae_core.latent.aggregated_posterior import kl_decomposition
    from vae_core.metrics import importance_bound
    from vae_core.metrics.likelihood import observation_model

    artifact = registry.open_model(model_of(dataset, architecture))
    short, manifest = artifact.manifest.model_id.rpartition("-")[0], artifact.manifest
    codec, data = OnnxCodec(artifact, threads=THREADS), load(dataset)
    count, scale = len(data.test), data.description.maximum
    elbo = median(_seconds(lambda: held_out_metrics(manifest, codec, data)) for _ in range(rounds))
    yield Result(f"{short}: ELBO of {count:,} test images", elbo, "s", at_most=goals[0])
    examples = data.test.take(np.arange(EXAMPLES if goals[1] else EXAMPLES // 10))
    seconds = _seconds(
        lambda: importance_bound(
            codec, examples.x, None, observation_model(manifest), samples=DRAWS, scale=scale
        )
    )
    yield Result(
        f"{short}: importance-weighted bound, k = {DRAWS}, of {len(examples):,}", seconds, "s",
        at_most=goals[1],
    )  # fmt: skip
    codes = artifact.latents.of("test")
    seconds = median(
        _seconds(lambda: kl_decomposition(codes.mean, codes.log_var)) for _ in range(rounds)
    )
    yield Result(f"{short}: mutual information, aggregated KL of {count:,} codes", seconds, "s")


def _detection(rounds: int) -> Iterator[Result]:
    """On synthetic scores: the time depends on how many there are."""
    from vae_core.metrics.anomaly import Reference
    from vae_core.metrics.detection import Detection, auroc_interval, threshold

    rng = np.random.default_rng(0)
    normal, anomalous = rng.normal(size=10_000), rng.normal(1, size=1_000)
    reference, z = Reference.of(rng.normal(size=(55_000, 2))), rng.normal(size=(10_000, 2))
    tasks: dict[str, Callable[[], Any]] = {
        "AUROC with its interval, 10,000 + 1,000 scores": lambda: auroc_interval(normal, anomalous),
        "ROC and precision-recall points of them": lambda: Detection.of(normal, anomalous),
        "threshold at a quantile of 10,000": lambda: threshold(normal, 0.95),
        "distance of 10,000 codes to their neighbours": lambda: reference.neighbour_distance(z),
    }
    for what, task in tasks.items():
        seconds = median(_seconds(task) for _ in range(rounds))
        yield Result(what, 1000 * seconds, "ms")


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(
        "Honest numbers through ONNX Runtime, two threads",
        measure,
        rounds={"type": int, "default": 3, "help": "of which the median counts"},
    )
