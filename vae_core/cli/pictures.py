"""Files that the command line writes: reconstructions and samples, as PNG, CSV or NPZ."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.cli.targets import check_file, check_kind
from vae_core.datasets import Dataset
from vae_core.datasets.description import Description
from vae_core.errors import InvalidInput
from vae_core.figures.raster import contact_sheet, originals_over_reconstructions, png_bytes

SCALE = 3
SUFFIXES = {"image": ".png", "table": ".csv"}


def reconstructions_target(artifact: Artifact, given: Path | None) -> Path:
    """The file for originals over reconstructions; refused before anything is computed."""
    return _target(artifact, "reconstructions", given)


def samples_target(artifact: Artifact, given: Path | None) -> Path:
    """The file for samples, which may also be NPZ; refused before anything is computed."""
    return _target(artifact, "samples", given, ".npz")


def write_reconstructions(
    codec: OnnxCodec, dataset: Dataset, count: int, seed: int, target: Path
) -> None:
    """Write `count` held-out examples over their reconstructions at the encoder's mean."""
    description = dataset.description
    rows = np.random.default_rng(seed).permutation(len(dataset.test.label))[:count]
    x = dataset.test.x[rows] / np.float32(description.maximum)
    label = dataset.test.label[rows]
    decoded = codec.decode(codec.encode(x, label)[0], label)
    if description.kind == "image":
        target.write_bytes(png_bytes(originals_over_reconstructions(x, decoded), scale=SCALE))
    else:
        both = np.concatenate([x, decoded], axis=1)
        names = _columns(description)
        _write_csv(target, [*names, *(f"{name} decoded" for name in names)], both)


def write_samples(
    artifact: Artifact,
    count: int,
    label: int | None,
    temperature: float,
    seed: int,
    target: Path,
) -> None:
    """Write `count` decoded draws from N(0, temperature**2)."""
    description = artifact.manifest.description
    if label is not None and not artifact.manifest.spec.conditional:
        raise InvalidInput(
            f"Expected no label: {artifact.manifest.model_id} is not conditional. "
            f"Received: label={label}"
        )
    codec = OnnxCodec(artifact)
    rng = np.random.default_rng(seed)
    z = temperature * rng.standard_normal((count, codec.latent_dim), np.float32)
    x = codec.decode(z, label)
    if target.suffix == ".npz":
        np.savez_compressed(target, x=x, z=z)
    elif description.kind == "image":
        columns = int(np.ceil(np.sqrt(count)))
        target.write_bytes(png_bytes(contact_sheet(x, columns), scale=SCALE))
    else:
        _write_csv(target, _columns(description), x)


def _target(artifact: Artifact, what: str, given: Path | None, *also: str) -> Path:
    kind = artifact.manifest.description.kind
    target = given or Path(f"{artifact.manifest.model_id}-{what}{SUFFIXES[kind]}")
    check_kind(target, (SUFFIXES[kind], *also), f"{kind} data")
    check_file(target)
    return target


def _columns(description: Description) -> list[str]:
    return [f"{f.name} ({f.unit})" if f.unit else f.name for f in description.features]


def _write_csv(path: Path, columns: list[str], rows: NDArray[Any]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([[f"{value:.6g}" for value in row] for row in rows])
