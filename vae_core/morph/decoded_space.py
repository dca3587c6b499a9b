"""What paths are measured on: the decoder's pictures or rows, and the density of the examples."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float64Array
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import Codec
from vae_core.latent.aggregated_posterior import AggregatedPosterior
from vae_core.metrics import ObservationModel
from vae_core.metrics.likelihood import observation_model


@dataclass(frozen=True)
class DecodedSpace:
    """A decoder, at `label` if it is conditional, and the `density` of the examples it learned."""

    codec: Codec
    observation: ObservationModel
    density: AggregatedPosterior
    label: int | None = None

    @classmethod
    def of(cls, artifact: Artifact, codec: Codec, *, label: int | None = None) -> Self:
        """That of a stored model, with the density of its training examples."""
        latents = artifact.latents.of("train")
        density = AggregatedPosterior.of(latents.mean, latents.log_var)
        return cls(codec, observation_model(artifact.manifest), density, label)

    def output(self, z: ArrayLike) -> Float64Array:
        """What is decoded at `z` (n, d), flat (n, size), each feature scaled to [0, 1].

        Categories of a mixed table are there by their probabilities.
        """
        z = np.asarray(z, np.float32)
        label = None if self.label is None else np.full(len(z), self.label)
        return self.observation.said(self.codec.parameters(z, label))
