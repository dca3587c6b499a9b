"""The film of a run: where each kept epoch put the probes, and the decoder that it had.

A frame is `<epoch>.onnx` (decoder, half-precision weights), `<epoch>.safetensors` (all weights,
to go on from there) and `<epoch>.npz` (probes), written in this order and deleted in the other,
so an epoch with probes has all three.
"""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vae_core.arrays import Float32Array, Int64Array
from vae_core.errors import NotFound

PROBES = 500
FRAMES = 60
FILM_BYTES = 512 * 2**20
FEWEST_FRAMES = 8
LABELS = "probes.npz"

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Probes:
    """The fixed examples of a film at one epoch, all from the validation split.

    `mean`, `log_var` (n, d) float32; `label` (n,) int64; `index` (n,) int64 row in the dataset.
    """

    epoch: int
    mean: Float32Array
    log_var: Float32Array
    label: Int64Array
    index: Int64Array


@dataclass(frozen=True)
class Film:
    """The frames in a run's `film/`. A running job thins them out: ask for `epochs` anew."""

    path: Path

    @property
    def epochs(self) -> tuple[int, ...]:
        """Epochs that can be shown, ascending."""
        return tuple(sorted(int(p.stem) for p in self.path.glob("*.npz") if p.stem.isdigit()))

    def probes(self, epoch: int) -> Probes:
        """Where the probes lay after `epoch`; raises `NotFound` when it is not in the film."""
        try:
            with np.load(self.path / f"{epoch:05}.npz", allow_pickle=False) as frame:
                return Probes(epoch, frame["mean"], frame["log_var"], *_fixed(self.path / LABELS))
        except _UNREADABLE as error:
            raise self._missing(epoch) from error

    def decoder_path(self, epoch: int) -> Path:
        """The ONNX decoder of `epoch`: z[, y] -> x in data units. Raises `NotFound`."""
        return self._file(epoch, "onnx")

    def weights_path(self, epoch: int) -> Path:
        """All weights after `epoch` as safetensors. Raises `NotFound`."""
        return self._file(epoch, "safetensors")

    def _file(self, epoch: int, ending: str) -> Path:
        path = self.path / f"{epoch:05}.{ending}"
        if not path.is_file():
            raise self._missing(epoch)
        return path

    def _missing(self, epoch: int) -> NotFound:
        return NotFound(
            f"Expected an epoch of the film: {', '.join(map(str, self.epochs)) or 'none yet'}. "
            f"Received: epoch={epoch}"
        )


@lru_cache(maxsize=64)
def _fixed(path: Path) -> tuple[Int64Array, Int64Array]:
    """Labels and rows of a film's probes, the same in each frame."""
    with np.load(path, allow_pickle=False) as fixed:
        return fixed["label"], fixed["index"]


def frame_limit(frame_bytes: int) -> int:
    """How many frames of that size a film keeps: `FRAMES`, fewer when they are large."""
    return max(FEWEST_FRAMES, min(FRAMES, FILM_BYTES // max(frame_bytes, 1)))


def stride(epochs: int, limit: int) -> int:
    """Step between the evenly kept epochs after `epochs` of them: a power of two.

    With the first epoch, the best and the newest beside them no more than `limit` are kept.
    """
    step = 1
    while -(-epochs // step) > limit - 2:
        step *= 2
    return step


def kept(written: Iterable[int], *, best: int, limit: int) -> set[int]:
    """Which of the `written` epochs stay: the first, the best, the newest and an even grid."""
    written = set(written)
    if not written:
        return set()
    newest = max(written)
    step = stride(newest, limit)
    return {e for e in written if (e - 1) % step == 0 or e in (best, newest)}
