"""Datasets by name, built-in or somebody's own, and the training specification that suits each."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry
from vae_core.datasets.images import DIGITS, FASHION_MNIST, MNIST
from vae_core.datasets.own import found, store
from vae_core.datasets.own.defaults import defaults_for
from vae_core.datasets.own.partition import TRAIN
from vae_core.datasets.own.store import OwnDataset
from vae_core.datasets.penguins import PENGUINS
from vae_core.datasets.tables import BREAST_CANCER, IRIS, WINE
from vae_core.errors import NotFound, SpecInvalid
from vae_core.spec.training_spec import TrainingSpec

ARCHITECTURES = {"table": ("table", "dense"), "image": ("dense", "conv")}
"""What serves which kind of data; mixed tables are served by the first alone."""

CATALOGUE: Mapping[str, Entry] = {
    entry.description.name: entry
    for entry in (IRIS, WINE, BREAST_CANCER, PENGUINS, DIGITS, MNIST, FASHION_MNIST)
}


def entry(name: str) -> Entry:
    """The entry of that name: of the catalogue, or of somebody's own dataset.

    An own dataset is named by its key, or by its bare name if the newest is meant; a table in a
    `data/` folder is taken in first. Raises `NotFound`, and `DataInvalid` for a table that can't
    be taken in.
    """
    known = find(name)
    if known is None:
        raise NotFound(
            f"Expected one of {', '.join(CATALOGUE)}, or a dataset of your own. "
            f"Received: dataset={name!r}"
        )
    return known


def find(name: str) -> Entry | None:
    """As `entry`, None where there is no dataset of that name."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    found.find(name)
    own = store.find(name)
    return None if own is None else _own_entry(own)


@lru_cache(maxsize=64)
def _own_entry(own: OwnDataset) -> Entry:
    training = int((own.split == TRAIN).sum())
    description = own.manifest.description
    return Entry(
        description,
        examples=own.manifest.rows,
        held_out=(own.manifest.rows - training) / 2 / own.manifest.rows,
        defaults=defaults_for(training, description.size),
        own=own,
    )


def description_of(name: str) -> Description | None:
    """What the dataset of that name is, None where there is none."""
    known = find(name)
    return None if known is None else known.description


def place_of(name: str) -> tuple[int, str]:
    """Sorts datasets as the catalogue does; those that it does not have come last, by name."""
    order = list(CATALOGUE)
    return (order.index(name) if name in order else len(order)), name


def default_spec(name: str, **overrides: Any) -> TrainingSpec:
    """A specification with the dataset's own defaults; `overrides` win, None means not given.

    Widths chosen for one architecture do not follow to another. Raises `NotFound` or
    `SpecInvalid`.
    """
    known = entry(name)
    given = {key: value for key, value in overrides.items() if value is not None}
    defaults = dict(known.defaults)
    if given.get("architecture", defaults["architecture"]) != defaults["architecture"]:
        defaults.pop("hidden", None)
        defaults.pop("filters", None)
    spec = TrainingSpec.create(dataset=known.description.name, **{**defaults, **given})
    check_fits(spec, known.description)
    return spec


def architectures_for(description: Description) -> tuple[str, ...]:
    """The architectures that can serve these data, the usual one first."""
    return ("table",) if description.is_mixed else ARCHITECTURES[description.kind]


def check_fits(spec: TrainingSpec, description: Description) -> None:
    """Raise `SpecInvalid` when the architecture or likelihood cannot serve this kind of data."""
    allowed = architectures_for(description)
    if spec.architecture not in allowed:
        raise SpecInvalid(
            f"Expected `architecture` of {description.kind} data to be {' or '.join(allowed)}. "
            f"Received: architecture={spec.architecture!r}, dataset={description.name!r}"
        )
    if spec.conditional and not description.labels:
        raise SpecInvalid(
            "Expected data with labels for a conditional model. "
            f"Received: conditional=True, dataset={description.name!r} without labels"
        )
    _check_without(spec, description)
    _check_likelihood(spec, description)


def _check_likelihood(spec: TrainingSpec, description: Description) -> None:
    if description.kind == "table" and spec.likelihood not in ("gaussian", "mixed"):
        raise SpecInvalid(
            "Expected `likelihood` of a table to be gaussian or mixed: its columns are no grey "
            f"values. Received: likelihood={spec.likelihood!r}, dataset={description.name!r}"
        )
    if description.is_mixed and spec.likelihood != "mixed":
        raise SpecInvalid(
            "Expected `likelihood` of a table with columns of several kinds to be mixed. "
            f"Received: likelihood={spec.likelihood!r}, dataset={description.name!r}"
        )


def _check_without(spec: TrainingSpec, description: Description) -> None:
    if spec.without is None:
        return
    if spec.without not in description.labels or len(description.labels) < 2:
        known = ", ".join(description.labels) or "none"
        raise SpecInvalid(
            f"Expected `without` to be a label of {description.name} ({known}). "
            f"Received: without={spec.without!r}"
        )
    if spec.conditional:
        raise SpecInvalid(
            "Expected `conditional` or `without`, not both: a conditional model can't be given a "
            "label that it never saw. "
            f"Received: conditional=True, without={spec.without!r}"
        )
