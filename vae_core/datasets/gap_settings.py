"""Settings of a model that is to fill gaps well, where a plane to walk on is not what counts."""

from collections.abc import Mapping
from math import ceil
from typing import Any

STEPS = 6_000
"""Training steps; half as many left the four published tables short of what they can give."""
LARGE = 2_000
"""Training rows from which the full weight of the KL term costs more than it protects."""


def gap_settings(rows: int, columns: int) -> Mapping[str, Any]:
    """Settings for a mixed table of `rows` training rows, chosen on four published tables.

    A plane is too narrow to fill gaps: it costs a tenth of what ten dimensions give.
    """
    large = rows >= LARGE
    batch = 128 if large else max(16, min(64, rows // 8))
    epochs = max(1, min(300, ceil(STEPS * batch / max(rows, 1))))
    return {
        "architecture": "table",
        "likelihood": "mixed",
        "hidden": (256, 256) if large else (64, 64),
        "activation": "silu",
        "latent_dim": 20 if columns >= 24 else 10,
        "beta": 0.5 if large else 1.0,
        "kl_warmup_epochs": epochs // 4,
        "learning_rate": 5e-3,
        "batch_size": batch,
        "epochs": epochs,
        "hide_cells": 0.1 if large else 0.4,
    }
