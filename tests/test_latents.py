"""Stored codes: fine enough for the sharpest posterior, and light."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Cli
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact, Latents, record_of, save_latents
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import LATENTS
from vae_core.datasets import load
from vae_core.evaluation import encode_dataset
from vae_core.evaluation.encoding import largest_offset


def posteriors(seed: int, log_var: float, spread: float) -> Latents:
    """Codes that lie `spread` apart, with posteriors of all widths around `log_var`."""
    rng, count = np.random.default_rng(seed), 30
    return Latents(
        mean=(spread * rng.normal(size=(count, 3))).astype(np.float32),
        log_var=(log_var + rng.normal(size=(count, 3))).astype(np.float32),
        label=np.arange(count),
        index=np.arange(count),
        split=np.zeros(count, np.uint8),
    )


def stored(latents: Latents, folder: Path) -> Latents:
    save_latents(folder / LATENTS, latents)
    with np.load(folder / LATENTS) as arrays:
        assert {arrays[name].dtype for name in ("mean", "log_var")} <= {
            np.dtype(np.float16),
            np.dtype(np.float32),
        }
        return Latents(**arrays)


@given(st.integers(0, 2**32 - 1), st.floats(-200, 100), st.sampled_from([1e-3, 1, 36, 1e5]))
def test_no_code_is_off_by_a_hundredth_of_its_deviation(
    tmp_path_factory: pytest.TempPathFactory, seed: int, log_var: float, spread: float
) -> None:
    latents = posteriors(seed, log_var, spread)
    found = stored(latents, tmp_path_factory.mktemp("codes"))
    assert largest_offset(found, latents) <= 0.01
    np.testing.assert_allclose(found.mean, latents.mean, rtol=0, atol=2**-11)
    np.testing.assert_allclose(found.log_var, latents.log_var, rtol=0, atol=2**-7)


def test_codes_of_wide_posteriors_take_half_the_room(tmp_path: Path) -> None:
    latents = posteriors(0, 0.0, 0.5)
    assert stored(latents, tmp_path).mean.dtype == np.float16


def coarsen(artifact: Artifact) -> None:
    """Store codes as they were once stored, far coarser than the posteriors are wide."""
    latents = artifact.latents
    arrays = {name: getattr(latents, name) for name in Latents.__dataclass_fields__}
    np.savez(artifact.path / LATENTS, **{**arrays, "mean": np.round(arrays["mean"], 1)})
    record = {LATENTS: record_of(artifact.path / LATENTS)}
    files = {n: r.model_dump() for n, r in (artifact.manifest.files | record).items()}
    registry._changed(artifact, files=files)


@pytest.mark.slow
def test_numbers_that_are_kept_come_from_fine_codes(iris_model: Artifact, cli: Cli) -> None:
    path, encoded = iris_model.path, encode_dataset(OnnxCodec(iris_model), load("iris"))
    before = (path / LATENTS).read_bytes()
    command = ("evaluate", path.name, "--write", "--num-samples", "0", "--importance-samples", "2")
    assert cli(*command).code == 0
    assert (path / LATENTS).read_bytes() == before, "fine codes stay as they are"
    coarsen(iris_model)
    assert largest_offset(Artifact.open(path).verify().latents, encoded) > 0.05
    assert cli(*command).code == 0
    assert largest_offset(registry.open_model(path.name).latents, encoded) <= 0.01
