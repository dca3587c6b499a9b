"""Settings of a model that is to fill gaps well, where a plane to walk on is not what counts.

They differ from `own.defaults`, which are for a plane that somebody waits to walk on. Large tables
get more dimensions and up to twice the steps at a higher rate, as half as many left the published
ones short of what they can give. Small ones get fewer steps and more hidden cells: they overfit.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

SMALL, LARGE = 1_000, 5_000
"""Rows below which a model overfits at once, and from which it hardly does: half the weight of the
KL term costs 700 rows a tenth more error, and saves 1,600 as much."""
FEW, STEPS = 1_000, (3_000, 6_000)
"""Training steps of a small table; of others at least and at most, and between them half a step for
each row. 700 rows were filled worse after 2,000 steps than after 1,000; to 6,500, 3,200 instead of
6,000 cost nothing with a fifth of the cells hidden and 2 % with a half."""


def gap_settings(rows: int, columns: int) -> Mapping[str, Any]:
    """Settings for a mixed table of `rows` training rows, chosen on four published tables.

    A plane is too narrow to fill gaps: it costs a tenth of what ten dimensions give.
    """
    small = rows < SMALL
    batch = max(16, min(64, rows // 8)) if small else 128
    steps = FEW if small else min(max(rows // 2, STEPS[0]), STEPS[1])
    epochs = max(1, min(300, ceil(steps * batch / max(rows, 1))))
    return {
        "architecture": "table",
        "likelihood": "mixed",
        "hidden": (64, 64) if small else (256, 256),
        "activation": "silu",
        "latent_dim": 20 if columns >= 24 else 10,
        "beta": 1.0 if small else 0.5,
        "kl_warmup_epochs": epochs // 4,
        "learning_rate": 5e-3,
        "batch_size": batch,
        "epochs": epochs,
        "hide_cells": 0.4 if small else 0.3 if rows < LARGE else 0.1,
    }
