"""Settings of a model that is to fill gaps well, where a plane to walk on is not what counts.

They differ from `own.defaults`, which are for a plane that somebody waits to walk on. Large tables
get more dimensions and up to twice the steps at a higher rate, as half as many left the published
ones short of what they can give. Small ones get fewer steps and more hidden cells: they overfit.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from vae_core.datasets.own.defaults import LARGE

STEPS = (1_000, 6_000)
"""Fewest and most training steps, between them half a step for each row: 700 rows were filled worse
after 2,000 steps than after 1,000, and 6,500 as well after 3,200 as after 6,000."""


def gap_settings(rows: int, columns: int) -> Mapping[str, Any]:
    """Settings for a mixed table of `rows` training rows, chosen on four published tables.

    A plane is too narrow to fill gaps: it costs a tenth of what ten dimensions give.
    """
    large = rows >= LARGE
    batch = 128 if large else max(16, min(64, rows // 8))
    steps = min(max(rows // 2, STEPS[0]), STEPS[1])
    epochs = max(1, min(300, ceil(steps * batch / max(rows, 1))))
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
