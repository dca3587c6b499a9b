"""Encode and decode through ONNX Runtime: what the server serves from, without Keras."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import DECODER, ENCODER
from vae_core.datasets.heads import layout_of
from vae_core.errors import ArtifactCorrupt, DataInvalid

WIDEST = 30.0
"""Of what it never saw, an encoder may answer a log variance whose exponential is infinite."""


class Codec(Protocol):
    """Encoder and decoder in the data's own units, for any number of examples n.

    `shape` is one example's, `latent_dim` is d, `classes` counts the labels of a conditional
    model and is 0 for others.
    """

    shape: tuple[int, ...]
    latent_dim: int
    classes: int

    def encode(
        self, x: ArrayLike, label: ArrayLike | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """`mean` and `log_var` (n, d) of data `x` (n, *shape); labels (n,) if conditional."""
        ...

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        """Data (n, *shape) at points `z` (n, d); labels (n,) if conditional."""
        ...

    def parameters(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        """What the likelihood is told at points `z` (n, d): for a mixed table parameters (n, P),
        laid out as in `vae_core.datasets.heads`; otherwise the same as `decode`."""
        ...


class OnnxCodec:
    """The codec of a stored model.

    A mixed table may have NaN where a cell is missing, and is decoded to the most plausible
    values: see `Layout.points`. Raises `ArtifactCorrupt` when a graph cannot be loaded,
    `DataInvalid` for wrong shapes.
    """

    def __init__(self, artifact: Artifact, *, threads: int = 1) -> None:
        manifest = artifact.manifest
        self.shape = manifest.description.shape
        self.latent_dim = manifest.spec.latent_dim
        self.classes = len(manifest.description.labels) if manifest.spec.conditional else 0
        mixed = manifest.spec.likelihood == "mixed"
        self._layout = layout_of(manifest.description.features) if mixed else None
        self._noise_scale = manifest.noise_scale
        self._encoder = session(artifact.file(ENCODER), threads=threads)
        self._decoder = session(artifact.file(DECODER), threads=threads)

    def encode(
        self, x: ArrayLike, label: ArrayLike | None = None
    ) -> tuple[Float32Array, Float32Array]:
        inputs = {**self._data(x), **self._condition(label, len(np.asarray(x)))}
        mean, log_var = self._encoder.run(["mean", "log_var"], inputs)
        return mean, np.clip(log_var, -WIDEST, WIDEST)

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        found = self.parameters(z, label)
        return found if self._layout is None else self._layout.points(found, self._noise_scale)

    def parameters(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        inputs = {
            "z": checked(z, (self.latent_dim,), "z"),
            **self._condition(label, len(np.asarray(z))),
        }
        (x,) = self._decoder.run(["x"], inputs)
        return np.asarray(x, np.float32)

    def _data(self, x: ArrayLike) -> dict[str, Float32Array]:
        if self._layout is None:
            return {"x": checked(x, self.shape, "x")}
        values = checked(x, self.shape, "x", missing=True)
        known = ~np.isnan(values)
        # The graph multiplies by the mask, and NaN times 0 is NaN.
        return {"x": np.where(known, values, np.float32(0)), "mask": known.astype(np.float32)}

    def _condition(self, label: ArrayLike | None, count: int) -> dict[str, Float32Array]:
        if not self.classes:
            return {}
        if label is None:
            raise DataInvalid(
                f"Expected `label`, {count} integers from 0 to {self.classes - 1}: this model is "
                "conditional. Received: label=None"
            )
        try:
            labels = np.broadcast_to(np.asarray(label), (count,))
        except ValueError as error:
            raise DataInvalid(
                f"Expected `label`, {count} integers or one. Received: shape={np.shape(label)}"
            ) from error
        return {"y": one_hot(labels, self.classes)}


class LinearCodec:
    """A linear-Gaussian codec with known answers, for tests: x = z @ weights + offset.

    `weights` has shape (d, features); the encoder is its pseudo-inverse with log_var `log_var`.
    """

    classes = 0

    def __init__(self, weights: ArrayLike, *, offset: float = 0.0, log_var: float = -4.0) -> None:
        self._weights = np.asarray(weights, np.float32)
        self._inverse = np.linalg.pinv(self._weights)
        self._offset, self._log_var = np.float32(offset), np.float32(log_var)
        self.latent_dim, features = self._weights.shape
        self.shape: tuple[int, ...] = (features,)

    def encode(
        self,
        x: ArrayLike,
        label: ArrayLike | None = None,  # noqa: ARG002
    ) -> tuple[Float32Array, Float32Array]:
        mean = (checked(x, self.shape, "x") - self._offset) @ self._inverse
        return mean, np.full_like(mean, self._log_var)

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:  # noqa: ARG002
        return np.asarray(checked(z, (self.latent_dim,), "z") @ self._weights + self._offset)

    def parameters(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        return self.decode(z, label)


def session(path: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on the CPU; raises `ArtifactCorrupt` naming a graph it refuses."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors share no public base class
        raise ArtifactCorrupt(f"{path}: ONNX Runtime cannot load this graph ({error})") from error


def one_hot(label: ArrayLike, classes: int) -> Float32Array:
    """One-hot rows (n, classes) of integer labels (n,); raises `DataInvalid` out of range."""
    label = np.asarray(label)
    if label.ndim != 1 or (label.size and label.dtype.kind not in "iu"):
        raise DataInvalid(
            f"Expected labels (n,), whole numbers. Received: shape={label.shape}, "
            f"dtype={label.dtype}"
        )
    if label.size and (label.min() < 0 or label.max() >= classes):
        raise DataInvalid(
            f"Expected labels from 0 to {classes - 1}. "
            f"Received: labels from {label.min()} to {label.max()}"
        )
    return np.asarray(np.eye(classes, dtype=np.float32)[label.astype(np.intp)])


def checked(
    values: ArrayLike, shape: Sequence[int], name: str, *, missing: bool = False
) -> Float32Array:
    """`values` as float32 (n, *shape), NaN only if cells may be `missing`; or `DataInvalid`."""
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, see below
            array = np.ascontiguousarray(values, np.float32)
    except (TypeError, ValueError) as error:
        raise DataInvalid(f"Expected an array of numbers as `{name}`. Received: {error}") from error
    if array.shape[1:] != tuple(shape) or array.ndim != len(shape) + 1:
        raise DataInvalid(
            f"Expected `{name}` (n, {', '.join(map(str, shape))}). Received: shape={array.shape}"
        )
    if missing and np.isinf(array).any():
        raise DataInvalid(f"Expected numbers or NaN in `{name}`. Received: infinity")
    if not missing and not np.isfinite(array).all():
        raise DataInvalid(f"Expected finite numbers in `{name}`. Received: NaN or infinity")
    return array
