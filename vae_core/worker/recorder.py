"""What a worker records of each epoch beside its losses: probes, KL of each dimension, frames."""

import time
from collections.abc import Mapping
from io import BytesIO
from itertools import permutations
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from vae_core.arrays import Float32Array
from vae_core.artifacts.codec import one_hot
from vae_core.datasets import Dataset, subset
from vae_core.datasets.description import Description
from vae_core.datasets.scaling import Scaling
from vae_core.errors import ExportFailed
from vae_core.jobs.events import EpochEvent, FrameEvent, SpecEvent
from vae_core.jobs.film import LABELS, PROBES, frame_limit, kept, stride
from vae_core.jobs.run_directory import RunDirectory, write_whole
from vae_core.latent.posterior import dimension_kl
from vae_core.spec.intervention import RunCommand
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.batches import encoder_input
from vae_core.training.callback import Progress
from vae_core.training.export import decoder_in_units, graph_of
from vae_core.training.fit import Trained
from vae_core.training.half_precision import halved, store_half
from vae_core.training.vae import VAE, build
from vae_core.training.weights import weight_bytes

NEWEST_SECONDS = 1.0
"""Epochs that the grid leaves out are written too, but not more often than this."""


class EpochRecorder:
    """Films a run: told of each epoch, it answers with the commands that came meanwhile.

    The probes are a stratified sample of the validation split, the same for all models that
    share it.
    """

    def __init__(self, run: RunDirectory, dataset: Dataset) -> None:
        self._run, self._description = run, dataset.description
        self._probes = subset(dataset.validation, PROBES, seed=0)
        self._decoder: DecoderGraph | None = None
        self._frames: set[int] = set()
        self._limit, self._written_at, self._commands_seen = 0, 0.0, 0
        self._spec: TrainingSpec | None = None

    def __call__(self, progress: Progress) -> RunCommand | None:
        epoch, spec = progress.epoch.epoch, progress.spec
        mean, log_var = self._encode(progress.vae, progress.scaling)
        if self._spec not in (None, spec):
            self._run.tell(SpecEvent(spec=spec))
        self._spec = spec
        kl = _mean_kl(mean, log_var)
        self._run.tell(EpochEvent(epoch=progress.epoch, best=progress.best_epoch, kl=kl))
        command = self._next_command()
        ending = progress.vae.stop_training or epoch == spec.epochs or (command and command.stop)
        if ending or self._is_due(epoch):
            self._film(epoch, progress.best_epoch, progress.vae, progress.scaling)
        return command

    def finish(self, kept_epoch: int, vae: VAE, scaling: Scaling) -> None:
        """Film the epoch whose weights are kept, if it was passed over."""
        if kept_epoch not in self._frames:
            self._film(kept_epoch, kept_epoch, vae, scaling)

    def retell(self, trained: Trained) -> None:
        """Record a training after its end: its epochs, and the one whose weights were kept."""
        kl = _mean_kl(*self._encode(trained.vae, trained.scaling))
        for epoch in trained.history:
            best = min(epoch.epoch, trained.best_epoch)
            known = kl if epoch.epoch == trained.best_epoch else ()
            self._run.tell(EpochEvent(epoch=epoch, best=best, kl=known))
        self.finish(trained.best_epoch, trained.vae, trained.scaling)

    def _encode(self, vae: VAE, scaling: Scaling) -> tuple[Float32Array, Float32Array]:
        """Mean and log_var (n, d) of the probes."""
        inputs = [encoder_input(vae, self._probes, self._description, scaling)]
        if vae.spec.conditional:
            inputs.append(one_hot(self._probes.label, len(self._description.labels)))
        mean, log_var = vae.encoder(inputs, training=False)
        return np.asarray(mean, np.float32), np.asarray(log_var, np.float32)

    def _next_command(self) -> RunCommand | None:
        """All commands since the last epoch as one; the later word wins."""
        commands = self._run.commands(self._commands_seen)
        self._commands_seen += len(commands)
        if not commands:
            return None
        given = [command.model_dump(exclude_defaults=True) for command in commands]
        return RunCommand(**{name: value for one in given for name, value in one.items()})

    def _is_due(self, epoch: int) -> bool:
        if not self._frames or time.monotonic() - self._written_at >= NEWEST_SECONDS:
            return True
        return (epoch - 1) % stride(epoch, self._limit) == 0

    def _film(self, epoch: int, best: int, vae: VAE, scaling: Scaling) -> None:
        """Write the frame of `epoch`, tell of it, and thin the film out."""
        folder = self._run.film.path
        if self._decoder is None:
            self._decoder = DecoderGraph(vae, self._description, scaling)
            folder.mkdir(exist_ok=True)
            fixed = {"label": self._probes.label, "index": self._probes.index}
            write_whole(folder / LABELS, _npz(fixed))
        weights, decoder = weight_bytes(vae), self._decoder.with_weights_of(vae)
        self._limit = frame_limit(len(weights) + len(decoder))
        mean, log_var = self._encode(vae, scaling)
        write_whole(folder / f"{epoch:05}.onnx", decoder)
        write_whole(folder / f"{epoch:05}.safetensors", weights)
        write_whole(folder / f"{epoch:05}.npz", _npz({"mean": mean, "log_var": log_var}))
        self._frames.add(epoch)
        self._written_at = time.monotonic()
        self._run.tell(FrameEvent(epoch=epoch))
        self._thin_out(best)

    def _thin_out(self, best: int) -> None:
        stay = kept(self._frames, best=best, limit=self._limit)
        for epoch in self._frames - stay:
            for ending in ("npz", "safetensors", "onnx"):
                (self._run.film.path / f"{epoch:05}.{ending}").unlink(missing_ok=True)
        self._frames = stay


class DecoderGraph:
    """The ONNX graph of a decoder, exported once and then filled with weights again and again.

    It is the graph that an export of the same weights would write.
    Raises `ExportFailed` when a tensor of the graph can't be traced to a weight.
    """

    def __init__(self, vae: VAE, description: Description, scaling: Scaling) -> None:
        twin = build(vae.spec, description, scaling)
        rng = np.random.default_rng(0)
        for weight in twin.decoder.weights:
            weight.assign(rng.standard_normal(weight.shape).astype(np.float32))
        blank = Trained(twin, scaling, (), 0, 0.0, 0)
        self._graph = graph_of(decoder_in_units(blank, description), ["x"])
        values = [np.asarray(weight) for weight in twin.decoder.weights]
        initializers = [numpy_helper.to_array(tensor) for tensor in self._graph.graph.initializer]
        self._places = [_place(tensor, values) for tensor in initializers]
        found = {place[0] for place in self._places if place}
        if found != set(range(len(values))):
            missing = [w.path for n, w in enumerate(twin.decoder.weights) if n not in found]
            raise ExportFailed(
                f"Expected each weight of the decoder in its graph. Received: none like {missing}"
            )

    def with_weights_of(self, vae: VAE) -> bytes:
        """The graph with the present weights, as a file."""
        values = [np.asarray(weight) for weight in vae.decoder.weights]
        model = onnx.ModelProto()
        model.CopyFrom(self._graph)
        for tensor, place in zip(model.graph.initializer, self._places, strict=True):
            if place is None:
                continue
            number, axes = place
            value = halved(values[number]).astype(np.float32)
            value = np.ascontiguousarray(value.transpose(axes).reshape(tuple(tensor.dims)))
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
        store_half(model)
        return bytes(model.SerializeToString())


def _mean_kl(mean: Float32Array, log_var: Float32Array) -> tuple[float, ...]:
    """KL of each latent dimension, averaged over posteriors (n, d), nats."""
    return tuple(dimension_kl(mean, log_var).tolist())


def _place(tensor: NDArray[Any], weights: list[Float32Array]) -> tuple[int, tuple[int, ...]] | None:
    """Which weight an initializer holds, and with its axes in which order; None for constants.

    Exporters transpose and reshape weights, but do not change their numbers.
    """
    for number, weight in enumerate(weights):
        if tensor.dtype != weight.dtype or tensor.size != weight.size:
            continue
        for axes in permutations(range(weight.ndim)):
            if np.array_equal(weight.transpose(axes).ravel(), tensor.ravel()):
                return number, axes
    return None


def _npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()
