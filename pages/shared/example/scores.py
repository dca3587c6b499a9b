"""How well a model reconstructs each held-out example; worked out once for all visitors."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.shared.models import BY_NAME, ServedModel
from vae_core.arrays import Float64Array, IndexArray
from vae_core.artifacts.manifest import SPLITS
from vae_core.datasets import has_test, originals
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import ExampleScores, scores
from vae_core.text import number


@dataclass(frozen=True)
class Quantity:
    """One number of an example: its name, unit and how to write it, whether more is better."""

    name: str
    unit: str
    digits: int
    more_is_better: bool
    help: str

    @property
    def in_text(self) -> str:
        """Its name within a sentence: 'negative ELBO', but 'KL'."""
        first = self.name.split()[0]
        return self.name if first.isupper() else self.name[0].lower() + self.name[1:]

    def write(self, value: float) -> str:
        """The number with a true minus sign and its unit."""
        return number(value, f".{self.digits}f", unit=self.unit)


QUANTITIES = {
    "elbo": Quantity(
        "ELBO",
        "nats",
        1,
        True,
        "Evidence lower bound: −(reconstruction + KL). Higher is better.",
    ),
    "reconstruction": Quantity(
        "Reconstruction",
        "nats",
        1,
        False,
        "Reconstruction error, −log p(x|z), averaged over draws of z from the posterior. Lower is "
        "better.",
    ),
    "kl": Quantity(
        "KL",
        "nats",
        2,
        False,
        "How far the posterior is from the prior, in closed form: the information that z carries "
        "about the example.",
    ),
    "psnr": Quantity(
        "PSNR",
        "dB",
        1,
        True,
        "Peak signal-to-noise ratio of the picture decoded at the posterior's mean. Higher is "
        "better: 10 dB more mean a tenth of the squared error.",
    ),
    "ssim": Quantity(
        "SSIM",
        "",
        3,
        True,
        "Structural similarity of the picture decoded at the posterior's mean: 1 for identical "
        "pictures, about 0 for pictures that have nothing in common. It has no unit.",
    ),
}


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The scores of the held-out examples in `rows` (n,) of a model's latents."""

    rows: IndexArray
    scores: ExampleScores

    @property
    def quantities(self) -> dict[str, Float64Array]:
        """What was measured, by its name in `QUANTITIES`."""
        return quantities_of(self.scores)


def quantities_of(measured: ExampleScores) -> dict[str, Float64Array]:
    """The numbers of `QUANTITIES` that data of this kind have, (n,) each."""
    found = {name: getattr(measured, name) for name in QUANTITIES}
    return {name: values for name, values in found.items() if values is not None}


def held_out_rows(model: ServedModel) -> IndexArray:
    """Rows of the model's latents that no training saw."""
    return np.flatnonzero(model.artifact.latents.split == SPLITS.index("test"))


def held_out_scores(model: ServedModel) -> HeldOut | None:
    """The scores of all held-out examples; None where the data are not on this machine."""
    dataset = model.manifest.description.name
    return _measured(model) if has_test(dataset) else None


@st.cache_resource(
    hash_funcs=BY_NAME, max_entries=16, show_spinner="Scoring all held-out examples, once …"
)
def _measured(model: ServedModel) -> HeldOut:
    latents, manifest = model.artifact.latents, model.manifest
    rows = held_out_rows(model)
    x = originals(manifest.description.name, latents.index[rows])
    label = latents.label[rows] if model.classes else None
    scale = manifest.description.maximum
    return HeldOut(rows, scores(model.codec, x, label, observation_model(manifest), scale=scale))
