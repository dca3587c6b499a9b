"""Settings for filling gaps suit a table's size and are valid specifications."""

import pytest

from vae_core.datasets.gap_settings import STEPS, gap_settings
from vae_core.spec.training_spec import TrainingSpec


@pytest.mark.parametrize("rows", [2, 50, 699, 1999, 2000, 32_561, 1_000_000])
def test_settings_are_valid_and_training_ends(rows: int) -> None:
    spec = TrainingSpec.create(dataset="own", **gap_settings(rows, 12))
    steps = spec.epochs * max(1, round(rows / spec.batch_size))
    assert steps <= max(1.2 * STEPS[1], 1.01 * rows / spec.batch_size)
    assert spec.likelihood == "mixed"
    assert gap_settings(rows, 30)["latent_dim"] > spec.latent_dim
