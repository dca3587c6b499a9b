"""A stored model as an object: encode, decode, sample and measure without Keras."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.api.progress import evaluation_progress, stage_progress
from vae_core.arrays import Float32Array
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import Manifest, Metric, SplitName
from vae_core.datasets import CATALOGUE, Dataset, load
from vae_core.datasets.catalogue import find
from vae_core.errors import DataInvalid, DataUnavailable, InvalidInput
from vae_core.latent.sampling import prior
from vae_core.text import number, plural

if TYPE_CHECKING:
    from vae_core.artifacts.codec import OnnxCodec
    from vae_core.metrics.imputation import Filled


@dataclass(frozen=True, repr=False)
class Model:
    """A stored model; its graphs are loaded when they are first needed.

    Data `x` (n, *shape) are in their own units. Pictures are numbers in [0, 1], or whole numbers
    as datasets store them, from 0 to `manifest.description.maximum`. A conditional model takes a
    `label`, one integer or (n,); any other takes none. Raises `DataInvalid` for arrays of another
    shape, type or range, `InvalidInput` for a label too many.
    """

    artifact: Artifact

    def __repr__(self) -> str:
        spec, elbo = self.manifest.spec, self.manifest.metric("elbo")
        parts = [
            self.manifest.description.title,
            plural(spec.latent_dim, "latent dimension"),
            "conditional" if spec.conditional else "",
            f"held-out ELBO {number(elbo.value, '.1f', unit='nats')}" if elbo else "",
        ]
        return f"<Model {self.manifest.model_id}: {', '.join(filter(None, parts))}>"

    @property
    def manifest(self) -> Manifest:
        """What the model is, how it was made and what was measured."""
        return self.artifact.manifest

    @property
    def path(self) -> Path:
        """The model's directory."""
        return self.artifact.path

    def encode(
        self, x: ArrayLike, label: ArrayLike | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """Mean and log variance (n, d) of the posterior q(z|x) of each example."""
        return self._codec.encode(self._in_units(x), self._checked_label(label))

    def decode(self, z: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        """Data (n, *shape) at points `z` (n, d) of the latent space."""
        return self._codec.decode(z, self._checked_label(label))

    def reconstruct(self, x: ArrayLike, label: ArrayLike | None = None) -> Float32Array:
        """Data (n, *shape) decoded at the posterior mean of each example."""
        mean, _ = self.encode(x, label)
        return self.decode(mean, label)

    def sample(
        self, n: int, *, seed: int = 0, label: ArrayLike | None = None, temperature: float = 1.0
    ) -> Float32Array:
        """Data (n, *shape) decoded at draws of N(0, temperature^2 I), repeatable from `seed`."""
        return self.decode(self.draw(n, seed=seed, temperature=temperature), label)

    def draw(self, n: int, *, seed: int = 0, temperature: float = 1.0) -> Float32Array:
        """The points z (n, d) that `sample` decodes."""
        if seed < 0:
            raise InvalidInput(f"Expected `seed` of at least 0. Received: seed={seed}")
        return prior(n, self.manifest.spec.latent_dim, seed=seed, temperature=temperature)

    def impute(
        self, x: ArrayLike, label: ArrayLike | None = None, *, level: float = 0.9, seed: int = 0
    ) -> "Filled":
        """The rows `x` (n, features) of a mixed table with their NaN filled, and how sure that is.

        See `vae_core.metrics.imputation.impute`, whose `Filled` this returns.
        """
        from vae_core.metrics.imputation import impute
        from vae_core.metrics.likelihood import observation_model

        return impute(
            self._codec,
            self._in_units(x),
            observation_model(self.manifest),
            label=self._checked_label(label),
            level=level,
            seed=seed,
        )

    def dataset(self, *, download: bool = False) -> Dataset:
        """The data it was trained on, split as they were then.

        Raises what `load` raises, and `DataUnavailable` for data that no catalogue here names.
        """
        spec = self.manifest.spec
        if find(spec.dataset) is None:
            raise DataUnavailable(
                f"Expected the data of {self.manifest.description.title!r}, from which "
                f"{self.manifest.model_id} was made. Received: dataset={spec.dataset!r}, which is "
                f"none of {', '.join(CATALOGUE)}. Decoding and sampling need no data."
            )
        return load(spec.dataset, seed=spec.split_seed, without=spec.without, download=download)

    def evaluate(
        self,
        *,
        quick: bool = False,
        samples: int = 1,
        importance_samples: int = 500,
        importance_examples: int = 1000,
        seed: int = 0,
        download: bool = False,
        progress: bool = True,
    ) -> tuple[Metric, ...]:
        """Measure everything on the held-out split, or only the ELBO and its parts if `quick`.

        `samples` draws of z for each example's ELBO; `importance_samples` for each
        importance-weighted bound, of `importance_examples` examples. Needs the test examples, and
        only for the comparison with PCA the training examples, see `load`.
        """
        dataset = self.dataset(download=download)
        if quick:
            return self._elbo(dataset, samples=samples, seed=seed, progress=progress)
        from vae_core.evaluation.complete import Effort, all_metrics

        effort = Effort(samples, importance_samples, importance_examples)
        with stage_progress(shown=progress) as told:
            return all_metrics(
                self.artifact, self._codec, dataset, effort=effort, seed=seed, progress=told
            )

    def plane(self, *, split: SplitName = "test", axes: tuple[int, int] | None = None) -> Any:
        """The latent plane as a `plotly.graph_objects.Figure`: each example at its posterior mean.

        `axes` are two latent dimensions, counted from 0; without them the first two or, where
        there are more, the two principal axes.
        """
        from vae_core.api.plane import plane_figure

        return plane_figure(self.artifact, split=split, axes=axes)

    @cached_property
    def _codec(self) -> "OnnxCodec":
        from vae_core.artifacts.codec import OnnxCodec

        return OnnxCodec(self.artifact.verify(), threads=0)

    def _elbo(
        self, dataset: Dataset, *, samples: int, seed: int, progress: bool
    ) -> tuple[Metric, ...]:
        from vae_core.evaluation import held_out_metrics

        with evaluation_progress(len(dataset.test), shown=progress) as told:
            return held_out_metrics(
                self.manifest, self._codec, dataset, samples=samples, seed=seed, progress=told
            )

    def _in_units(self, x: ArrayLike) -> NDArray[Any]:
        """`x` as the encoder takes it: stored whole numbers of pictures become [0, 1]."""
        values, description = np.asarray(x), self.manifest.description
        if description.kind != "image" or values.dtype.kind not in "iuf":
            return values
        if values.dtype.kind in "iu":
            values = values / np.float32(description.maximum)
        if values.size and (values.min() < 0 or values.max() > 1):
            raise DataInvalid(
                f"Expected pictures in [0, 1], or whole numbers up to {description.maximum:g}. "
                f"Received: {np.min(x):g} to {np.max(x):g}, dtype={np.asarray(x).dtype}"
            )
        return values

    def _checked_label(self, label: ArrayLike | None) -> ArrayLike | None:
        if label is not None and not self.manifest.spec.conditional:
            raise InvalidInput(
                f"Expected no label: {self.manifest.model_id} is not conditional. "
                f"Received: label={label}"
            )
        return label


def models() -> list[Model]:
    """All stored models that can be used, by name; `open_model` says what is wrong with another."""
    return [
        Model(Artifact(entry.path, entry.manifest)) for entry in registry.models() if entry.manifest
    ]


def open_model(prefix: str) -> Model:
    """The verified model of that name, or of a prefix that no other name shares.

    Raises `NotFound`, `ArtifactCorrupt` or `ArtifactTooNew`.
    """
    return Model(registry.open_model(prefix))
