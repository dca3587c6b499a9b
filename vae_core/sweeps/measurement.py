"""What decides between trials: the validation ELBO at beta 1, measured once and kept.

Every model is measured anew by its exported graphs, with the same draws of z, whatever it was
trained on. The test split is reported beside it and never decides.
"""

import time
from hashlib import sha256
from math import nan
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from vae_core import paths
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import DECODER, ENCODER
from vae_core.datasets import Dataset, load
from vae_core.errors import DataUnavailable, NotFound
from vae_core.evaluation import held_out_metrics, learned_split
from vae_core.frozen import Tolerant
from vae_core.jobs.run_directory import write_whole
from vae_core.latent.posterior import active_units
from vae_core.metrics import importance_bound, mean_and_error
from vae_core.metrics.likelihood import observation_model
from vae_core.sweeps.plan import Objective

IMPORTANCE_SAMPLES = 100
IMPORTANCE_EXAMPLES = 500
DECODES = 50


class Measurement(Tolerant):
    """A stored model in numbers: nats per example of the validation split, unless it says so.

    `elbo` and its parts `distortion` (-E log p(x|z)) and `rate` (KL) are unweighted, one draw of z
    per example; the errors are standard errors over `examples`, None where they are not known.
    `importance_bound` is of `IMPORTANCE_SAMPLES` draws, None where nobody asked for it.
    `active_units` are of the validation split's posterior means. `decode_ms` is the fastest of
    `DECODES` decodes of one example, ONNX Runtime on one thread.
    """

    graphs: str
    elbo: float
    elbo_error: float | None
    distortion: float
    rate: float
    examples: int
    likelihood: str
    test_elbo: float | None = None
    test_error: float | None = None
    importance_bound: float | None = None
    importance_error: float | None = None
    active_units: int
    decoder_bytes: int
    decode_ms: float

    def objective(self, metric: Objective) -> tuple[float, float]:
        """The number that decides, and its standard error over examples, NaN if not known."""
        found = (self.elbo, self.elbo_error)
        if metric == "importance_bound":
            found = (self.importance_bound or nan, self.importance_error)
        value, error = found
        return value, nan if error is None else error


def measure(artifact: Artifact, metric: Objective = "elbo") -> Measurement:
    """The numbers of a model, from `LATENT_HOME/cache` if it was measured before.

    Where the data are not on this machine, they are those of its training's last look at the
    validation split. Raises `ArtifactCorrupt`.
    """
    place, graphs = _place(artifact), _graphs(artifact)
    known = _read(place)
    if known and known.graphs == graphs and _has(known, metric):
        return known
    measured = _measured(artifact, metric, graphs)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, measured.model_dump_json().encode())
    except OSError:  # measured again the next time
        pass
    return measured


def decode_milliseconds(codec: OnnxCodec) -> float:
    """The fastest of `DECODES` decodes of one example: others only say what else ran then."""
    z = np.zeros((1, codec.latent_dim), np.float32)
    label = np.zeros(1, np.int64) if codec.classes else None
    seconds = []
    for _ in range(DECODES):
        began = time.perf_counter()
        codec.parameters(z, label)
        seconds.append(time.perf_counter() - began)
    return 1000 * min(seconds)


def _measured(artifact: Artifact, metric: Objective, graphs: str) -> Measurement:
    manifest, codec = artifact.manifest, OnnxCodec(artifact)
    try:
        found = _held_out(artifact, codec, metric)
    except (DataUnavailable, NotFound):
        found = _remembered(artifact)
    test = manifest.metric("elbo")
    units = active_units(artifact.latents.of("validation").mean)
    return Measurement(
        graphs=graphs,
        test_elbo=test.value if test else None,
        test_error=test.standard_error if test else None,
        active_units=int(units.sum()),
        decoder_bytes=manifest.files[DECODER].bytes,
        decode_ms=decode_milliseconds(codec),
        **found,
    )


def _held_out(artifact: Artifact, codec: OnnxCodec, metric: Objective) -> dict[str, object]:
    manifest = artifact.manifest
    dataset = load(manifest.spec.dataset, seed=manifest.spec.split_seed)
    elbo, distortion, rate = held_out_metrics(manifest, codec, dataset, split="validation")
    found = {
        "elbo": elbo.value,
        "elbo_error": elbo.standard_error,
        "distortion": distortion.value,
        "rate": rate.value,
        "examples": elbo.examples,
        "likelihood": elbo.likelihood,
    }
    return found | (_bound(artifact, codec, dataset) if metric == "importance_bound" else {})


def _bound(artifact: Artifact, codec: OnnxCodec, dataset: Dataset) -> dict[str, object]:
    """The importance-weighted bound (Burda et al., 2016) of the first validation examples."""
    part = learned_split(artifact.manifest, dataset, "validation")
    part = part.take(np.arange(min(len(part), IMPORTANCE_EXAMPLES)))
    answer = importance_bound(
        codec,
        part.x,
        part.label,
        observation_model(artifact.manifest),
        samples=IMPORTANCE_SAMPLES,
        seed=0,
        scale=dataset.description.maximum,
    )
    value, error = mean_and_error(answer.bound)
    return {"importance_bound": value, "importance_error": error}


def _remembered(artifact: Artifact) -> dict[str, object]:
    """What the training itself measured after the epoch that was kept."""
    kept = artifact.history[artifact.manifest.run.best_epoch - 1].validation
    test = artifact.manifest.metric("elbo")
    return {
        "elbo": kept.elbo,
        "elbo_error": None,
        "distortion": kept.reconstruction,
        "rate": kept.kl,
        "examples": artifact.manifest.run.examples["validation"],
        "likelihood": test.likelihood if test else "",
    }


def _has(measured: Measurement, metric: Objective) -> bool:
    return metric == "elbo" or measured.importance_bound is not None


def _graphs(artifact: Artifact) -> str:
    """What changes with the model's graphs, whatever name they have."""
    files = artifact.manifest.files
    return sha256((files[ENCODER].sha256 + files[DECODER].sha256).encode()).hexdigest()


def _place(artifact: Artifact) -> Path:
    return paths.home() / "cache" / "measured" / f"{artifact.manifest.model_id}.json"


def _read(place: Path) -> Measurement | None:
    try:
        return Measurement.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return None
