"""Files that the command line writes: reconstructions and samples, as PNG, CSV or NPZ."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.api import Model
from vae_core.cli.targets import check_file, check_kind
from vae_core.datasets import Dataset
from vae_core.datasets.cell_text import exact_text
from vae_core.datasets.description import Description, Feature
from vae_core.figures.raster import contact_sheet, originals_over_reconstructions, png_bytes

SCALE = 3
SUFFIXES = {"image": ".png", "table": ".csv"}


def reconstructions_target(model: Model, given: Path | None) -> Path:
    """The file for originals over reconstructions; refused before anything is computed."""
    return _target(model, "reconstructions", given)


def samples_target(model: Model, given: Path | None) -> Path:
    """The file for samples, which may also be NPZ; refused before anything is computed."""
    return _target(model, "samples", given, ".npz")


def write_reconstructions(
    model: Model, dataset: Dataset, count: int, seed: int, target: Path
) -> None:
    """Write `count` held-out examples over their reconstructions at the encoder's mean."""
    description = dataset.description
    rows = np.random.default_rng(seed).permutation(len(dataset.test.label))[:count]
    x = dataset.test.x[rows] / np.float32(description.maximum)
    label = dataset.test.label[rows] if model.manifest.spec.conditional else None
    decoded = model.reconstruct(x, label)
    if description.kind == "image":
        target.write_bytes(png_bytes(originals_over_reconstructions(x, decoded), scale=SCALE))
    else:
        both = np.concatenate([x, decoded], axis=1)
        names = _columns(description)
        columns = [*names, *(f"{name} decoded" for name in names)]
        _write_csv(target, columns, both, description.features * 2)


def write_samples(
    model: Model,
    count: int,
    label: int | None,
    temperature: float,
    seed: int,
    target: Path,
) -> None:
    """Write `count` decoded draws from N(0, temperature**2)."""
    description = model.manifest.description
    z = model.draw(count, seed=seed, temperature=temperature)
    x = model.decode(z, label)
    if target.suffix == ".npz":
        np.savez_compressed(target, x=x, z=z)
    elif description.kind == "image":
        columns = int(np.ceil(np.sqrt(count)))
        target.write_bytes(png_bytes(contact_sheet(x, columns), scale=SCALE))
    else:
        _write_csv(target, _columns(description), x, description.features)


def _target(model: Model, what: str, given: Path | None, *also: str) -> Path:
    kind = model.manifest.description.kind
    target = given or Path(f"{model.manifest.model_id}-{what}{SUFFIXES[kind]}")
    check_kind(target, (SUFFIXES[kind], *also), f"{kind} data")
    check_file(target)
    return target


def _columns(description: Description) -> list[str]:
    return [f"{f.name} ({f.unit})" if f.unit else f.name for f in description.features]


def _write_csv(
    path: Path, columns: list[str], rows: NDArray[Any], features: Sequence[Feature]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(
            [exact_text(value, f) for value, f in zip(row, features, strict=True)]
            for row in rows.tolist()
        )
