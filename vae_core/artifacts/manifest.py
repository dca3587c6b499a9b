"""The manifest of a trained model: what it is, how it was made, what was measured, its files."""

from math import nan
from typing import Literal

from pydantic import Field

from vae_core.datasets.description import Description
from vae_core.frozen import Frozen
from vae_core.spec.training_spec import TrainingSpec

SCHEMA_VERSION = 2
MANIFEST = "manifest.json"
ENCODER = "encoder.onnx"
DECODER = "decoder.onnx"
WEIGHTS = "weights.safetensors"
LATENTS = "latents.npz"
HISTORY = "history.json"
FILES = (ENCODER, DECODER, WEIGHTS, LATENTS, HISTORY)
SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")


class Tensor(Frozen):
    """An input or output of a graph; `None` in `shape` is the batch."""

    name: str
    shape: tuple[int | None, ...]
    unit: str


class FileRecord(Frozen):
    """Size in bytes and sha256 of one file."""

    bytes: int
    sha256: str


class Metric(Frozen):
    """One measured number that knows how it was measured.

    `likelihood` is empty where it plays no part, `samples` 0 where nothing was drawn.
    """

    name: str
    value: float
    unit: str
    split: SplitName
    likelihood: str
    estimator: str
    samples: int
    examples: int
    standard_error: float | None = Field(
        description="of the mean over examples, in `unit`; None where it is no such mean, or one "
        "of a single example"
    )
    seed: int

    @property
    def error(self) -> float:
        """The standard error, NaN where there is none: a mean of one example has none."""
        known = self.standard_error is not None and self.examples > 1
        return float(self.standard_error or 0) if known else nan


class Losses(Frozen):
    """Averages over one split in nats per example; `elbo` is -reconstruction - kl."""

    reconstruction: float
    kl: float
    elbo: float


class Epoch(Frozen):
    """What one epoch of training did; `train` is the running mean while the weights moved."""

    epoch: int
    train: Losses
    validation: Losses
    beta: float
    learning_rate: float
    seconds: float
    images_per_second: float


class Parity(Frozen):
    """Largest difference between Keras and ONNX Runtime, over the size of the output.

    x is in units of its scaled range, and what is smaller than 1 counts as 1.
    """

    largest: float
    allowed: float
    batches: tuple[int, ...]


class Run(Frozen):
    """The training that made the model."""

    epochs: int
    best_epoch: int
    seconds: float
    examples: dict[str, int]
    finished: str = Field(description="UTC, ISO 8601")
    command: str


class Manifest(Frozen):
    """Everything there is to know about a stored model without opening its graphs.

    `low` and `high` are the feature ranges of the training split, one number for images;
    `noise_scale` is the learned Gaussian scale in data units, empty for Bernoulli models; of a
    mixed table, one number a column as `vae_core.datasets.heads` says.
    """

    schema_version: int
    model_id: str
    digest: str
    spec: TrainingSpec
    description: Description
    tensors: dict[str, tuple[Tensor, ...]]
    low: tuple[float, ...]
    high: tuple[float, ...]
    noise_scale: tuple[float, ...]
    metrics: tuple[Metric, ...]
    parity: Parity
    run: Run
    versions: dict[str, str]
    files: dict[str, FileRecord]

    def metric(self, name: str, split: SplitName = "test") -> Metric | None:
        """The measured number of that name on that split, or None."""
        return next((m for m in self.metrics if (m.name, m.split) == (name, split)), None)
