"""Settings that suit a table of mixed columns, from its size alone."""

from collections.abc import Mapping
from math import ceil
from typing import Any

STEPS = 3000
"""Training steps that the tables which these settings were chosen on needed."""


def mixed_defaults(rows: int, columns: int, *, latent_dim: int | None = None) -> Mapping[str, Any]:
    """Settings of a specification for `rows` training rows of `columns` columns.

    Without `latent_dim`, as many dimensions as fill gaps well: 10, or 20 from 24 columns on.
    """
    batch = 256 if rows >= 2048 else max(16, min(64, rows // 8))
    epochs = max(10, min(1000, ceil(STEPS * batch / max(rows, 1))))
    return {
        "architecture": "table",
        "likelihood": "mixed",
        "hidden": (256, 256),
        "activation": "silu",
        "latent_dim": latent_dim or (20 if columns >= 24 else 10),
        "beta": 0.5,
        "kl_warmup_epochs": epochs // 4,
        "learning_rate": 2e-3,
        "batch_size": batch,
        "epochs": epochs,
        "hide_cells": 0.2,
    }
