"""Which settings suit a table that nobody has tried: by how many rows and columns it has.

They are for a map; `vae_core.datasets.gap_settings` are for filling gaps, and say why they differ.
"""

from collections.abc import Mapping
from typing import Any

STEPS = 3_000
"""So many steps were enough for four published tables of 700 to 30,000 rows."""
LARGE = 2_000
"""Training rows from which the full weight of the KL term costs more than it protects."""


def defaults_for(rows: int, features: int) -> Mapping[str, Any]:
    """Settings of a mixed table with `rows` training rows.

    Small tables overfit: narrower layers and the full weight of the KL term.
    """
    large = rows >= LARGE
    batch = _batch(rows)
    epochs = max(1, min(10_000, round(STEPS * batch / rows)))
    return {
        "architecture": "table",
        "likelihood": "mixed",
        "hidden": (256, 256) if large else (128, 128) if rows >= 500 else (64, 64),
        "activation": "silu",
        "batch_size": batch,
        "epochs": epochs,
        "learning_rate": 2e-3 if features <= 200 else 1e-3,
        "beta": 0.5 if large else 1.0,
        "kl_warmup_epochs": min(1000, epochs // 4),
        "hide_cells": 0.1,
    }


def _batch(rows: int) -> int:
    """A power of two from 16 to 512, a sixteenth of the rows or less."""
    batch = 16
    while batch < 512 and batch * 32 <= rows:
        batch *= 2
    return batch
