"""Scores of many examples at once are those of each alone; errors in colours; rows as pictures."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latent_plane.contact_sheet import read_gesture
from tests.conftest import ROOT
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec
from vae_core.datasets import originals
from vae_core.errors import DataInvalid
from vae_core.figures import difference, profiles
from vae_core.metrics import elbo_parts, psnr, ssim
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import BATCH, scores

values = st.floats(-1, 1)


def stored(dataset: str) -> str:
    found = (e for e in registry.models(within=[ROOT / "pretrained"]) if e.manifest)
    return next(e.model_id for e in found if e.manifest.spec.dataset == dataset)  # type: ignore[union-attr]


def test_scores_are_the_metrics_of_each_picture_across_batches() -> None:
    artifact = registry.open_model(stored("digits"))
    codec, observation = OnnxCodec(artifact), observation_model(artifact.manifest)
    latents, maximum = artifact.latents, artifact.manifest.description.maximum
    x, label = originals("digits", latents.index[: BATCH + 3]), latents.label[: BATCH + 3]
    told = label if codec.classes else None
    found = scores(codec, x, told, observation, samples=2, seed=3, scale=maximum)
    parts = elbo_parts(codec, x, told, observation, samples=2, seed=3, scale=maximum)
    np.testing.assert_allclose(found.elbo, parts.elbo, rtol=1e-6)
    grey = x / np.float32(maximum)
    made = codec.decode(codec.encode(grey, told)[0], told)
    assert found.psnr is not None and found.ssim is not None
    np.testing.assert_allclose(found.psnr, psnr(grey, made), rtol=1e-4)
    np.testing.assert_allclose(found.ssim, ssim(grey, made), rtol=1e-3, atol=1e-4)


def test_rows_of_a_table_have_no_likeness_of_pictures() -> None:
    artifact = registry.open_model(stored("iris"))
    x = originals("iris", artifact.latents.index)
    found = scores(OnnxCodec(artifact), x, None, observation_model(artifact.manifest))
    assert found.elbo.shape == (len(x),)
    assert found.psnr is None and found.ssim is None


def test_the_pad_in_the_browser_has_the_same_colours_of_errors() -> None:
    script = (ROOT / "latent_plane" / "frontend" / "pad" / "pictures.js").read_text(
        encoding="utf-8"
    )
    stops = re.search(r"STOPS = \[(.*?)\];", script, re.DOTALL)
    assert stops is not None
    found = re.findall(r"\[(\d+), (\d+), (\d+)\]", stops.group(1))
    assert tuple(tuple(map(int, stop)) for stop in found) == difference.STOPS


@given(values, values)
def test_a_larger_error_of_one_sign_is_never_lighter(first: float, second: float) -> None:
    small, large = sorted((abs(first), abs(second)))
    for sign in (-1, 1):
        near, far = (
            difference.in_colours(sign * size).astype(int).sum() for size in (small, large)
        )
        assert far <= near + 1  # rounding


def test_too_little_is_blue_too_much_is_red_and_nothing_is_neutral() -> None:
    black, white = np.zeros((2, 3, 1)), np.ones((2, 3, 1))
    assert (difference.difference_picture(white, black) == difference.STOPS[0]).all()
    assert (difference.difference_picture(black, white) == difference.STOPS[-1]).all()
    assert (difference.difference_picture(white, white) == difference.STOPS[2]).all()
    with pytest.raises(DataInvalid, match="one shape"):
        difference.difference_picture(black, white[:1])


@given(st.floats(0, 1), st.integers(1, 40))
def test_bars_of_a_row_are_as_high_as_its_numbers(share: float, features: int) -> None:
    low, high = np.full(features, -2.0), np.full(features, 6.0)
    row = np.full((1, features), -2 + 8 * share)
    picture = profiles.profiles(row, np.full_like(row, -9), low, high)[0]
    dark = (picture == profiles.ORIGINAL).all(axis=-1).any(axis=1).sum()
    assert abs(dark - profiles.HEIGHT * share) <= 1
    assert picture.shape[0] == profiles.HEIGHT


@given(st.one_of(st.none(), st.integers(), st.text(), st.floats(), st.booleans()))
def test_a_message_opens_only_what_is_on_the_sheet(number: object) -> None:
    opened = read_gesture({"number": number}, (3, 5))
    assert opened == (number if number in (3, 5) and isinstance(number, int) else None)
