"""A sweep of beta over twelve values on digits, against a plain loop of Keras `fit`.

The loop is what a person would write in one process: for each beta the same network, schedule,
warm-up and validation after each epoch, plain `model.fit` on NumPy arrays at Keras's defaults, then
the validation ELBO. It imports Keras once and stores no model; our time includes every worker's
start, the film, the export to ONNX with its check, the held-out numbers and the stored model. Both
give way to other processes as workers do, so that a busy machine slows both alike.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bench import ROOT, Result, home, main
from scipy.stats import spearmanr

BETAS = (0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0, 2.8, 4.0)
LATENT_DIM = 8
NICENESS = 10
GOAL_SECONDS = 200


def measure(betas: int) -> Iterator[Result]:
    """Sweep, sweep again, and the loop over the first `betas` of them, one after the other."""
    with home():
        first, seconds = _swept()
        again, seconds_again = _swept()
        runs = len(list((Path(os.environ["LATENT_HOME"]) / "runs").iterdir()))
    count, rates = len(BETAS), [trial["rate"] for trial in first["trials"]]
    rank = float(spearmanr(BETAS, rates).statistic)
    assert [trial["model_id"] for trial in again["trials"]] == [
        trial["model_id"] for trial in first["trials"]
    ]
    yield Result(f"sweep of {count} on digits", seconds, "s", at_most=GOAL_SECONDS)
    yield Result("rank correlation (Spearman) of beta and rate", rank, "", at_most=-0.98)
    yield Result("the same sweep again", seconds_again, "s", at_most=5)
    yield Result("trainings of the second run", runs - count, "", at_most=0)
    loop = _looped(betas)
    yield Result(f"plain loop of Keras fit, {betas} of them", loop, "s")
    ratio = (loop / betas) / (seconds / count)
    yield Result("trials per second against the plain loop", ratio, "×", at_least=2)


def _swept() -> tuple[dict[str, Any], float]:
    """What the command answers, and how long it took from start to end."""
    command = [sys.executable, "-m", "vae_core", "sweep", "--dataset", "digits", "--json"]
    command += ["--beta", ",".join(map(str, BETAS)), "--latent-dim", str(LATENT_DIM)]
    began = time.perf_counter()
    answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(answer), time.perf_counter() - began


def _looped(betas: int) -> float:
    """Seconds of the loop in a process of its own, its imports included."""
    began = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--loop", str(betas)], check=True)
    return time.perf_counter() - began


def loop(betas: int) -> None:
    """The plain loop."""
    os.nice(NICENESS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from vae_core.datasets import default_spec, load

    dataset = load("digits").read()
    train, validation = (
        {"x": np.asarray(part.x / np.float32(dataset.description.maximum), np.float32)}
        for part in (dataset.train, dataset.validation)
    )
    for beta in BETAS[:betas]:
        spec = default_spec("digits", beta=beta, latent_dim=LATENT_DIM)
        print(f"beta {beta}: validation ELBO {_fit(spec, dataset, train, validation):.2f} nats")


def _fit(spec: Any, dataset: Any, train: Any, validation: Any) -> float:
    from vae_core.training.backend import keras
    from vae_core.training.vae import build

    keras.utils.set_random_seed(spec.seed)
    steps = -(-len(train["x"]) // spec.batch_size)
    vae = build(spec, dataset.description)
    vae.kl_warmup_steps = spec.kl_warmup_epochs * steps
    rate = keras.optimizers.schedules.CosineDecay(spec.learning_rate, spec.epochs * steps)
    vae.compile(keras.optimizers.Adam(rate))
    vae.fit(
        train, batch_size=spec.batch_size, epochs=spec.epochs, validation_data=(validation,),
        verbose=0,
    )  # fmt: skip
    return float(vae.evaluate(validation, verbose=0, return_dict=True)["elbo"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--loop"]:
        loop(int(sys.argv[2]))
    else:
        main(
            "Sweep of beta on digits, 8 latent dimensions, 150 epochs each",
            measure,
            betas={"type": int, "default": 4, "help": "how many of the values the loop takes"},
        )
