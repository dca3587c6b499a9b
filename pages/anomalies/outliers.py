"""Who is to be told from held-out examples: another dataset, shuffled ones, one class."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.shared.dataset_download import offer_originals
from pages.shared.example.scores import held_out_rows
from pages.shared.models import ServedModel, served
from vae_core.arrays import Int64Array
from vae_core.datasets import CATALOGUE, entry, is_available, load, originals
from vae_core.evaluation import learned

ADDRESS = "against"
"""What the page's address calls the intruder."""


@dataclass(frozen=True)
class Intruder:
    """Who is to be told from the held-out examples: a dataset's `name`, or a `label`.

    A label is `new` when the model's training was without it.
    """

    kind: Literal["dataset", "shuffled", "class"]
    name: str = ""
    label: int = -1
    new: bool = False

    @property
    def code(self) -> str:
        """What stands for it in the page's address."""
        return self.name or (f"class-{self.label}" if self.kind == "class" else self.kind)

    def title(self, model: ServedModel) -> str:
        """What the box and the legend call them."""
        description = model.manifest.description
        if self.kind == "dataset":
            return entry(self.name).description.title
        if self.kind == "class":
            name = f"{description.title}, only {description.labels[self.label]}"
            return f"{name} (never learned)" if self.new else name
        what = "pixels" if description.kind == "image" else "columns"
        return f"{description.title} with shuffled {what}"


SHUFFLED = Intruder("shuffled")
EXPLAINED = {
    "dataset": "Held-out examples of another dataset, which this model has never seen.",
    "class": "Held-out examples of one label against all the others. The model was trained on this "
    "label too, so this asks which label it finds strange, not whether it detects a new one.",
    "new": "Held-out examples of a class that was left out of this model's training, against those "
    "of the classes that it learned: does it notice what it has never seen?",
}


def choose_intruder(model: ServedModel) -> Intruder | None:
    """A box with all intruders; None where their files are not on this machine."""
    model_id, offered = model.manifest.model_id, intruders_of(model)
    asked = st.query_params.get(ADDRESS)
    chosen: Intruder = st.selectbox(
        "Against",
        offered,
        index=next((i for i, intruder in enumerate(offered) if intruder.code == asked), 0),
        format_func=lambda intruder: intruder.title(model),
        key=f"intruder of {model_id}",
        width=290,
        help="Who is to be told from the held-out examples.",
    )
    st.query_params[ADDRESS] = chosen.code
    if chosen.kind == "dataset" and not is_available(chosen.name):
        offer_originals(entry(chosen.name).description, "intruders")
        return None
    return chosen


def explained(model: ServedModel, intruder: Intruder) -> str:
    """Who they are, and what of it one has to know."""
    if intruder.kind == "shuffled":
        image = model.manifest.description.kind == "image"
        return (
            "Each held-out picture with its own pixels in a random order: the same ink, no shape."
            if image
            else "Each column of the held-out rows in a random order: every value is a usual one, "
            "but the values no longer belong together."
        )
    told = ""
    if model.classes and intruder.kind == "dataset":
        told = " This model wants to be told a label: it is told one at random."
    return EXPLAINED["new" if intruder.new else intruder.kind] + told


def intruders_of(model: ServedModel) -> list[Intruder]:
    """A class never learned; datasets of the same shape, those on this machine first; shuffled
    examples; each label."""
    description = model.manifest.description
    alike = [
        name
        for name, other in CATALOGUE.items()
        if name != description.name
        and other.description.kind == description.kind == "image"
        and other.description.shape == description.shape
    ]
    here = [Intruder("dataset", name) for name in alike if is_available(name)]
    away = [Intruder("dataset", name) for name in alike if not is_available(name)]
    present = np.unique(model.artifact.latents.label[held_out_rows(model.manifest.model_id)])
    known = learned(model.manifest, present)
    classes = [
        Intruder("class", label=int(label), new=not seen)
        for label, seen in zip(present, known, strict=True)
        if label >= 0
    ]
    new = [intruder for intruder in classes if intruder.new]
    rest = [intruder for intruder in classes if not intruder.new] if len(classes) > 1 else []
    return [*new, *here, SHUFFLED, *rest, *away]


def stored(model_id: str, intruder: Intruder | None) -> tuple[NDArray[Any], Int64Array | None]:
    """Stored examples (n, *shape) and what a conditional model is told of them (n,).

    None stands for the model's own held-out examples. Of one class there are none of its own: its
    scores are among those. Raises `DataUnavailable`.
    """
    model, rng = served(model_id), np.random.default_rng(0)
    if intruder is not None and intruder.kind == "dataset":
        x = np.asarray(load(intruder.name).test.x)
        return x, rng.integers(len(model.classes), size=len(x)) if model.classes else None
    rows, latents = held_out_rows(model_id), model.artifact.latents
    x = originals(model.manifest.description.name, latents.index[rows])
    if intruder == SHUFFLED:
        x = _shuffled(x, rng, table=model.manifest.description.kind == "table")
    return x, latents.label[rows] if model.classes else None


def _shuffled(x: NDArray[Any], rng: np.random.Generator, *, table: bool) -> NDArray[Any]:
    """Columns of a table, each over its rows; pixels of a picture, each within it."""
    if table:
        return rng.permuted(x, axis=0)
    return rng.permuted(x.reshape(len(x), -1), axis=1).reshape(x.shape)
