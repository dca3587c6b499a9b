"""The mixture that Generate samples: the own EM against scikit-learn's `GaussianMixture`.

The same draws, numbers of components and criterion; held-out is one draw per test example.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from statistics import median
from typing import Any

import numpy as np
from bench import ROOT, Result, main, model_of

MIB = 1024**2
MODELS = (("mnist", "dense"), ("fashion_mnist", "dense"), ("digits", "dense"), ("iris", "table"))
FRESH = """
import sys, time
sys.path[:0] = [{root!r}, {here!r}]
import psutil, pages.generate.sampling
from mixture import FITS, codes
train, _ = codes({name!r})
before, started = psutil.Process().memory_info().rss, time.perf_counter()
FITS[{fit!r}](train)
first = time.perf_counter()
print(first - started, psutil.Process().memory_info().rss - before)
"""


def measure(rounds: int) -> Iterator[Result]:
    """The first fit of a process of the app, then quality and time in 2 and 16 dimensions."""
    name = model_of(*MODELS[0])
    for fit in FITS:
        runs = [_fresh(name, fit) for _ in range(rounds)]
        yield Result(f"{fit}: first fit of a process", median(run[0] for run in runs), "s")
        yield Result(f"{fit}: memory it takes", median(run[1] for run in runs) / MIB, "MiB")
    for name in [*(model_of(*shipped) for shipped in MODELS), *_wide()]:
        yield from _compared(name, rounds)


def _compared(name: str, rounds: int) -> Iterator[Result]:
    short, (train, test) = name.rpartition("-")[0], codes(name)
    for fit, work in FITS.items():
        runs = [_timed(partial(work, train)) for _ in range(rounds)]
        components, log_density = runs[0][1]
        what = f"{short}, {fit}, {components} components"
        yield Result(f"{what}: a later fit", median(took for took, _ in runs), "s")
        yield Result(f"{what}: held-out log likelihood", float(log_density(test).mean()), "nats")


def _own(z: Any) -> tuple[int, Callable[[Any], Any]]:
    from vae_core.latent.mixture import fit_mixture

    mixture = fit_mixture(z, np.full_like(z, -inf)).mixture
    return len(mixture.weights), mixture.log_density


def _sklearn(z: Any) -> tuple[int, Callable[[Any], Any]]:
    """As `fit_mixture` chooses, on one thread: its many small steps wait for more of them."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    from vae_core.latent.mixture import COMPONENTS, EXAMPLES, NARROWEST, PATIENCE, ROUNDS

    warnings.simplefilter("ignore", ConvergenceWarning)
    z = z[np.random.default_rng(0).permutation(len(z))[:EXAMPLES]]
    fits: list[tuple[float, Any]] = []
    for components in COMPONENTS:
        least = min(range(len(fits)), key=lambda number: fits[number][0], default=0)
        if components > len(z) // 5 or len(fits) - least > PATIENCE:
            break
        with threadpool_limits(1):
            model = GaussianMixture(
                components, reg_covar=NARROWEST, max_iter=ROUNDS,
                init_params="k-means++", random_state=0,
            ).fit(z)  # fmt: skip
            fits.append((model.bic(z), model))
    best = min(fits, key=lambda fit: fit[0])[1]
    return best.n_components, best.score_samples


FITS: dict[str, Callable[[Any], tuple[int, Callable[[Any], Any]]]] = {
    "own": _own,
    "scikit-learn": _sklearn,
}


def codes(name: str) -> list[Any]:
    """One draw (n, d) from the posterior of each training and of each test example."""
    from vae_core.artifacts import registry

    latents, rng = registry.open_model(name).latents, np.random.default_rng(0)
    parts = [latents.of(split) for split in ("train", "test")]
    drawn = [p.mean + np.exp(0.5 * p.log_var) * rng.standard_normal(p.mean.shape) for p in parts]
    return [np.asarray(z, np.float64) for z in drawn]


def _wide() -> list[str]:
    from vae_core.artifacts import registry

    entries = registry.models(within=registry.roots()[:1])
    return [e.model_id for e in entries if e.manifest and e.manifest.spec.latent_dim == 16]


def _fresh(name: str, fit: str) -> tuple[float, float]:
    code = FRESH.format(root=str(ROOT), here=str(ROOT / "benchmarks"), name=name, fit=fit)
    command = [sys.executable, "-W", "ignore", "-c", code]
    shown = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    seconds, grown = map(float, shown.stdout.split()[-2:])
    return seconds, grown


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


if __name__ == "__main__":
    main(
        "The mixture that Generate samples",
        measure,
        rounds={"type": int, "default": 3, "help": "of which the median counts"},
    )
