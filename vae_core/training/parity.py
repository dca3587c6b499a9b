"""Whether the exported graphs agree with Keras, and what an error of the export looks like."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.arrays import BoolArray, Float32Array, Float64Array
from vae_core.artifacts.codec import session
from vae_core.artifacts.manifest import DECODER, ENCODER, Parity
from vae_core.datasets.heads import NUMBERS
from vae_core.errors import ExportFailed
from vae_core.training.fit import Trained

ALLOWED_DIFFERENCE = 1e-5
"""Of the size of an output, see `Sizes`."""
ULPS = 4
"""Units in the last place of float32 that two ways to sum the same numbers may differ by."""
PARITY_BATCHES = (1, 2, 64)
REMEDY = "This is a fault of the export, not of your settings; please report it with them."


@dataclass(frozen=True)
class Sizes:
    """What differences of an output's numbers are judged by: `low` and `width` of their range.

    `logarithmic` (P,) marks parameters of a mixed table that are compared by their logarithm: the
    graph computes that, and its exponential has no absolute precision.
    """

    low: Float64Array
    width: Float64Array
    logarithmic: BoolArray | None = None

    def relative(self, ours: Float32Array, theirs: Float32Array) -> Float64Array:
        """Differences (n, ...) over the sizes of the numbers."""
        pair = [np.asarray(values, np.float64) for values in (ours, theirs)]
        if self.logarithmic is not None:
            for values in pair:
                values[:, self.logarithmic] = np.log(values[:, self.logarithmic])
        return np.asarray(np.abs(pair[0] - pair[1]) / self._of(pair[0]))

    def _of(self, output: Float64Array) -> Float64Array:
        largest = np.max(np.abs(output - self.low) / self.width)
        last_places = ULPS * np.finfo(np.float32).eps * np.abs(output).max(axis=0)
        size = np.maximum(largest, 1) * self.width
        return np.asarray(np.maximum(size, last_places / ALLOWED_DIFFERENCE))


def measure(
    encoder: Any,
    decoder: Any,
    examples: Float32Array,
    sizes: Sizes,
    directory: Path,
) -> Parity:
    codes = Sizes(low=np.zeros(1), width=np.ones(1))
    with failing("Expected graphs that ONNX Runtime loads"):
        sessions = {name: session(directory / name) for name in (ENCODER, DECODER)}
    rng = np.random.default_rng(0)
    differences = []
    for count in PARITY_BATCHES:
        x = examples[rng.integers(len(examples), size=count)]
        z = 2 * rng.standard_normal((count, decoder.inputs[0].shape[1])).astype(np.float32)
        differences += [
            _difference(encoder, sessions[ENCODER], x, rng, codes),
            _difference(decoder, sessions[DECODER], z, rng, sizes),
        ]
    largest = float(np.max(differences))  # the builtin max would pass over a NaN
    return Parity(largest=largest, allowed=ALLOWED_DIFFERENCE, batches=PARITY_BATCHES)


def _difference(
    model: Any, graph: Any, first: Float32Array, rng: np.random.Generator, sizes: Sizes
) -> float:
    """The largest difference of any output, over that output's size."""
    known = ~np.isnan(first)
    inputs = [np.where(known, first, np.float32(0))]
    for extra in model.inputs[1:]:
        if extra.name == "mask":
            inputs.append(known.astype(np.float32))
            continue
        classes = extra.shape[1]
        inputs.append(np.eye(classes, dtype=np.float32)[rng.integers(classes, size=len(first))])
    expected = model(inputs)
    if not isinstance(expected, list | tuple):
        expected = [expected]
    names = [tensor.name for tensor in model.inputs]
    with failing("Expected a graph that answers as the Keras model does"):
        answers = graph.run(None, dict(zip(names, inputs, strict=True)))
        pairs = zip((np.asarray(answer) for answer in expected), answers, strict=True)
        return float(np.max([np.max(sizes.relative(ours, theirs)) for ours, theirs in pairs]))


def sizes_of(trained: Trained) -> Sizes:
    """Sizes of what the decoder answers."""
    low, high = (v.astype(np.float64) for v in (trained.scaling.low, trained.scaling.high))
    if trained.vae.heads is None:
        return Sizes(low, high - low)
    layout, standard = trained.vae.heads.layout, trained.vae.heads.standard
    least, widest = np.zeros(layout.size), np.ones(layout.size)
    logarithmic = np.zeros(layout.size, bool)
    for group in layout.groups:
        if group.head in NUMBERS:
            places, columns = group.parameters[:, 0], group.columns
            logarithmic[places] = group.head != "real"
            least[places] = standard.lowest[columns]
            widest[places] = np.maximum(
                standard.highest[columns] - standard.lowest[columns], standard.deviation[columns]
            )
    return Sizes(least, widest, logarithmic)


@contextmanager
def failing(expected: str) -> Iterator[None]:
    """What converter, checker and runtime raise, as `ExportFailed`.

    Their errors share no base class. A disk or a memory that is full is no fault of the export.
    """
    try:
        yield
    except (OSError, MemoryError):
        raise
    except Exception as error:
        # What wraps another error names the staged file, which is gone when this is read.
        received = str(error.__cause__ or error).rstrip(". ")
        raise ExportFailed(f"{expected}. Received: {received}. {REMEDY}") from error
