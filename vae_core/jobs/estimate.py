"""How long a training will take, before it starts: from a measured table and from earlier runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import ceil, exp, log, prod
from statistics import median

from vae_core.datasets import entry
from vae_core.errors import NotFound
from vae_core.jobs.state import Record, State
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import duration


@dataclass(frozen=True)
class Cost:
    """Seconds of one architecture: a step, a multiplication of one example, the first compiling.

    Measured by `benchmarks/jobs.py --costs` and the shipped models' trainings, on two cores.
    """

    step: float
    multiplication: float
    compiling: float


COSTS: Mapping[str, Cost] = {
    "dense": Cost(step=8e-4, multiplication=1.2e-11, compiling=4.0),
    "conv": Cost(step=1e-3, multiplication=5.5e-11, compiling=2.0),
    "table": Cost(step=4e-4, multiplication=1.2e-11, compiling=2.0),
}
EPOCH_SECONDS = 0.04
"""Validation's start, events and the film, each epoch."""
OTHER_SECONDS = 4.0
"""Start of the worker, export and measuring."""
RECOVERY_SECONDS = 10.0
"""To publish the best epoch of a film."""
SPREAD = 2.0
"""Without earlier runs the truth may be off by this factor either way."""
SPREAD_KNOWN = 1.3
"""With earlier runs of the same architecture."""
REMEMBERED = 8
FORWARD_AND_BACK = 3
"""A training step multiplies about three times as often as a mere answer."""


@dataclass(frozen=True)
class Estimate:
    """Expected seconds and an honest range; `runs` counts the earlier runs behind it."""

    seconds: float
    low: float
    high: float
    runs: int

    @property
    def words(self) -> str:
        """The range for a person, such as '20 s to 1 min'."""
        low, high = (duration(seconds, rough=True) for seconds in (self.low, self.high))
        return low if low == high else f"{low} to {high}"


def estimate(spec: TrainingSpec, earlier: Iterable[Record] = ()) -> Estimate:
    """How long `spec` will take if nothing else keeps the machine busy and it runs to its end.

    `earlier` are records of jobs, the newest first; the newest finished ones of the same
    architecture correct the table, since they ran on this very machine. Raises `NotFound` for an
    unknown dataset.
    """
    known = (
        record.epoch_seconds / epoch_seconds(record.spec)
        for record in earlier
        if record.epoch_seconds and _teaches(record, spec)
    )
    ratios = list(islice(known, REMEMBERED))
    correction = exp(median(log(ratio) for ratio in ratios)) if ratios else 1.0
    training = spec.last_epoch * epoch_seconds(spec) * correction
    seconds = OTHER_SECONDS + COSTS[spec.architecture].compiling + training
    spread = SPREAD_KNOWN if ratios else SPREAD
    return Estimate(seconds, seconds / spread, seconds * spread, len(ratios))


def epoch_seconds(spec: TrainingSpec) -> float:
    """Seconds of one epoch by the table; the first one also compiles."""
    cost, found = COSTS[spec.architecture], entry(spec.dataset)
    held_out = found.held_out or 5_000 / found.examples
    train = int(found.examples * (1 - 2 * held_out)) if spec.subset is None else spec.subset
    if spec.without is not None:
        train -= train // len(found.description.labels)
    steps = ceil(train / spec.batch_size)
    work = multiplications(spec, found.description.shape)
    passes = FORWARD_AND_BACK * train + held_out * found.examples
    return EPOCH_SECONDS + steps * cost.step + passes * work * cost.multiplication


def multiplications(spec: TrainingSpec, shape: tuple[int, ...]) -> float:
    """Multiplications of one example through encoder and decoder."""
    convolutions, features = 0.0, prod(shape)
    if spec.architecture == "conv":
        height, width, incoming = shape
        for count in spec.filters:
            height, width = ceil(height / 2), ceil(width / 2)
            convolutions += 9 * height * width * incoming * count
            incoming = count
        features = height * width * incoming
    encoder = _dense((features, *spec.hidden, spec.latent_dim))
    seen = spec.latent_dim * (1 + 2 * spec.fourier)
    widths = (*spec.decoder_widths, features)
    decoder = _dense((seen, *widths)) + (seen * sum(widths[1:]) if spec.skip_z else 0)
    return 2 * convolutions + encoder + decoder


def _dense(widths: Sequence[int]) -> float:
    return float(sum(one * two for one, two in pairwise(widths)))


def _teaches(record: Record, spec: TrainingSpec) -> bool:
    if record.state is not State.DONE or record.spec.architecture != spec.architecture:
        return False
    try:
        return epoch_seconds(record.spec) > 0
    except NotFound:
        return False
