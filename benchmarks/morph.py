"""How long the server takes for the paths of a morph, and for the mixture that Generate samples."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from bench import Result, main, model_of

MODELS = (("mnist", "dense"), ("fashion_mnist", "dense"), ("digits", "dense"), ("iris", "table"))
GEODESIC, MIXTURE = 1.0, 2.0


def measure(rounds: int, model: list[str]) -> Iterator[Result]:
    """Medians of wall time over random held-out anchors; `model` adds the user's own by name."""
    for name in [*(model_of(*shipped) for shipped in MODELS), *model]:
        yield from _of(name, rounds)


def _of(name: str, rounds: int) -> Iterator[Result]:
    from vae_core import morph
    from vae_core.artifacts import registry
    from vae_core.artifacts.codec import OnnxCodec
    from vae_core.latent.mixture import fit_mixture

    artifact = registry.open_model(name)
    short, codec = artifact.manifest.model_id.rpartition("-")[0], OnnxCodec(artifact)
    train, held_out = artifact.latents.of("train"), artifact.latents.of("test").mean
    seconds, ground = _timed(lambda: morph.DecodedSpace.of(artifact, codec))
    yield Result(f"{short}: density of the examples, once", 1000 * seconds, "ms")
    seconds, graph = _timed(lambda: morph.NeighbourGraph.of(train.mean))
    yield Result(f"{short}: neighbour graph, once", 1000 * seconds, "ms")
    rng = np.random.default_rng(0)
    anchors = [held_out[rng.choice(len(held_out), 2, replace=False)] for _ in range(rounds)]
    ways: dict[str, Callable[[Any], Any]] = {
        "straight": lambda ends: morph.straight(ends, ground),
        "spherical": lambda ends: morph.spherical(ends, ground),
        "over the data": lambda ends: morph.over_data(ends, ground, graph),
    }
    lines: list[float] = []
    for way, walk in ways.items():
        timed = [_timed(partial(walk, ends)) for ends in anchors]
        yield Result(f"{short}: {way}", 1000 * median(took for took, _ in timed), "ms")
        lines = lines or [path.output_length for _, path in timed]
    timed = [_timed(partial(morph.geodesic, ends, ground)) for ends in anchors]
    ratios = [path.output_length / line for (_, path), line in zip(timed, lines, strict=True)]
    yield Result(
        f"{short}: geodesic", median(took for took, _ in timed), "s", at_most=GEODESIC,
        times=median(ratios), baseline="the straight line's output length",
    )  # fmt: skip
    seconds, fit = _timed(lambda: fit_mixture(train.mean, train.log_var))
    yield Result(f"{short}: mixture of {len(fit.mixture.weights)}", seconds, "s", at_most=MIXTURE)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


if __name__ == "__main__":
    main(
        "Paths of a morph between two anchors, server",
        measure,
        rounds={"type": int, "default": 5, "help": "pairs of anchors"},
        model={"action": "append", "default": [], "help": "another stored model, by name"},
    )
