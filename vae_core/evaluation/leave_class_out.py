"""What was measured when each class in turn was left out of training and then to be detected.

`python benchmarks/held_out_class.py` writes it, beside the shipped models; pages read it.
"""

from pathlib import Path

import numpy as np
from pydantic import ValidationError

from vae_core import paths
from vae_core.errors import DataInvalid
from vae_core.frozen import Frozen
from vae_core.metrics import deviation, mean_and_error

FILE = "held_out_class.json"


class Areas(Frozen):
    """AUROC of one score in `latent_dim` dimensions: `auroc` (n,), one a class left out."""

    latent_dim: int
    score: str
    auroc: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the classes."""
        return float(np.mean(self.auroc))

    @property
    def spread(self) -> float:
        """Standard deviation over the classes; NaN of a single one."""
        return deviation(self.auroc)


class Experiment(Frozen):
    """Somebody's protocol in words, where it is published or how to repeat it, and what came out.

    `labels` are the classes, in the order of each `auroc`.
    """

    dataset: str
    labels: tuple[str, ...]
    protocol: str
    source: str
    areas: tuple[Areas, ...]

    def of(self, score: str, latent_dim: int) -> Areas | None:
        """The areas of that score in so many dimensions, None where they were not measured."""
        same = (a for a in self.areas if (a.score, a.latent_dim) == (score, latent_dim))
        return next(same, None)

    def gain(self, score: str) -> tuple[float, float] | None:
        """How much the fewest dimensions gain over the most: mean over classes, standard error.

        Of the differences class by class; None where one of the two was not measured. The error
        of a single class is NaN.
        """
        few, many = (self.of(score, dim) for dim in (self.dimensions[0], self.dimensions[-1]))
        if few is None or many is None:
            return None
        return mean_and_error(np.subtract(few.auroc, many.auroc))

    @property
    def best(self) -> Areas:
        """The areas with the largest mean."""
        return max(self.areas, key=lambda areas: areas.mean)

    @property
    def dimensions(self) -> list[int]:
        """Latent dimensions that were tried, ascending."""
        return sorted({areas.latent_dim for areas in self.areas})


class LeaveClassOut(Frozen):
    """The experiment as it was published, and as it was repeated here."""

    published: Experiment
    ours: Experiment

    def write(self, path: Path) -> None:
        """Keep it for the pages."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def shipped_file() -> Path:
    """Where the outcome lies."""
    return paths.pretrained() / FILE


def read(path: Path) -> LeaveClassOut:
    """What was measured. Raises `DataInvalid` naming the file."""
    try:
        return LeaveClassOut.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataInvalid(
            f"{path}: expected the outcome of `python benchmarks/held_out_class.py`, which writes "
            f"it anew. Received: {error}"
        ) from error
