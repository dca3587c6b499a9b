"""What held-out examples are compared with: another dataset, shuffled examples, or one class."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.shared.example.scores import held_out_rows
from pages.shared.models import ServedModel
from vae_core.arrays import Int64Array
from vae_core.datasets import CATALOGUE, entry, has_test, load, originals
from vae_core.evaluation import learned

ADDRESS = "against"
"""What the page's address calls the outliers."""


@dataclass(frozen=True)
class Outliers:
    """What is to be told from the held-out examples: a dataset of that `name`, or a `label`.

    A label is `new` when the model's training was without it.
    """

    kind: Literal["dataset", "shuffled", "class"]
    name: str = ""
    label: int = -1
    new: bool = False

    @property
    def code(self) -> str:
        """What stands for them in the page's address."""
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


SHUFFLED = Outliers("shuffled")
EXPLAINED = {
    "dataset": "The outliers are held-out examples of another dataset, which this model has never "
    "seen.",
    "class": "The outliers are the held-out examples of one label, compared with all the others. "
    "The model was trained on this label too, so this shows how unusual it finds the label, not "
    "whether it detects something new.",
    "new": "The outliers are held-out examples of a class that was left out of this model's "
    "training, compared with those of the classes that it learned: does it notice what it has "
    "never seen?",
    "image": "The outliers are the held-out pictures, each with its own pixels in random order: "
    "the same ink, but no shape.",
    "table": "The outliers are the held-out rows with each column in random order: every single "
    "value is plausible, but the values of a row no longer belong together.",
}


def choose_outliers(model: ServedModel) -> Outliers:
    """A box with all that there are."""
    offered = outliers_of(model)
    asked = st.query_params.get(ADDRESS)
    chosen: Outliers = st.selectbox(
        "Against",
        offered,
        index=next((i for i, outliers in enumerate(offered) if outliers.code == asked), 0),
        format_func=lambda outliers: outliers.title(model),
        key=f"outliers of {model.model_id}",
        width=290,
        help="The outliers: what the score should tell from the held-out examples.",
    )
    st.query_params[ADDRESS] = chosen.code
    return chosen


def explained(model: ServedModel, outliers: Outliers) -> str:
    """What they are, and what one has to know about them."""
    if outliers.kind == "shuffled":
        return EXPLAINED[model.manifest.description.kind]
    given = ""
    if model.classes and outliers.kind == "dataset":
        given = " This model is conditional, so each of them is given a label at random."
    return EXPLAINED["new" if outliers.new else outliers.kind] + given


def outliers_of(model: ServedModel) -> list[Outliers]:
    """A class never learned; other datasets of the same shape; shuffled examples; each label."""
    description = model.manifest.description
    alike = [
        Outliers("dataset", name)
        for name, other in CATALOGUE.items()
        if name != description.name
        and other.description.kind == description.kind == "image"
        and other.description.shape == description.shape
        and has_test(name)
    ]
    present = np.unique(model.artifact.latents.label[held_out_rows(model)])
    seen = learned(model.manifest, present)
    classes = [
        Outliers("class", label=int(label), new=not was_seen)
        for label, was_seen in zip(present, seen, strict=True)
        if label >= 0
    ]
    new = [outliers for outliers in classes if outliers.new]
    rest = [outliers for outliers in classes if not outliers.new] if len(classes) > 1 else []
    return [*new, *alike, SHUFFLED, *rest]


def stored(model: ServedModel, outliers: Outliers | None) -> tuple[NDArray[Any], Int64Array | None]:
    """Stored examples (n, *shape) and the labels (n,) that a conditional model is given.

    None stands for the model's own held-out examples. Of one class there are none of its own: its
    scores are among those. Raises `DataUnavailable`.
    """
    rng = np.random.default_rng(0)
    if outliers is not None and outliers.kind == "dataset":
        x = np.asarray(load(outliers.name).test.x)
        return x, rng.integers(len(model.classes), size=len(x)) if model.classes else None
    rows, latents = held_out_rows(model), model.artifact.latents
    x = originals(model.manifest.description.name, latents.index[rows])
    if outliers == SHUFFLED:
        x = _shuffled(x, rng, table=model.manifest.description.kind == "table")
    return x, latents.label[rows] if model.classes else None


def _shuffled(x: NDArray[Any], rng: np.random.Generator, *, table: bool) -> NDArray[Any]:
    """Columns of a table, each over its rows; pixels of a picture, each within it."""
    if table:
        return rng.permuted(x, axis=0)
    return rng.permuted(x.reshape(len(x), -1), axis=1).reshape(x.shape)
