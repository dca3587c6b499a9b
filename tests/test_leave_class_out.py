"""The experiment that leaves a class out: its numbers, its file, and what the page says of it."""

import math
from pathlib import Path

import pytest

from pages.anomalies import leave_class_out
from tests.visits import html_of, shipped, visit
from vae_core.datasets import CATALOGUE
from vae_core.errors import DataInvalid
from vae_core.evaluation.leave_class_out import Areas, Experiment, LeaveClassOut, read, shipped_file

pytestmark = pytest.mark.slow


def made(few: tuple[float, ...], many: tuple[float, ...]) -> Experiment:
    return Experiment(
        dataset="mnist",
        labels=("0", "1", "2"),
        protocol="p",
        source="s",
        areas=(
            Areas(latent_dim=2, score="negative_elbo", auroc=few),
            Areas(latent_dim=32, score="negative_elbo", auroc=many),
        ),
    )


def test_a_gain_is_paired_by_class() -> None:
    gain = made((0.9, 0.5, 0.7), (0.8, 0.4, 0.6)).gain("negative_elbo")
    assert gain is not None
    assert gain == pytest.approx((0.1, 0), abs=1e-12)
    assert made((0.9, 0.5, 0.7), (0.8, 0.4, 0.6)).gain("kl") is None


def test_a_single_class_has_no_spread_and_no_winner() -> None:
    experiment = made((0.9,), (0.6,))
    assert math.isnan(experiment.areas[0].spread)
    gain, error = experiment.gain("negative_elbo") or (0, 0)
    assert gain == pytest.approx(0.3)
    assert math.isnan(error)
    assert "no clear difference" in leave_class_out._compared(experiment, "negative_elbo")


@pytest.mark.parametrize(
    ("few", "many", "said"),
    [
        ((0.9, 0.8, 0.9), (0.6, 0.5, 0.7), "fewer are better"),
        ((0.6, 0.5, 0.7), (0.9, 0.8, 0.9), "more are better"),
        ((0.9, 0.1, 0.5), (0.1, 0.9, 0.5), "no clear difference"),
    ],
)
def test_the_verdict_follows_the_numbers(
    few: tuple[float, ...], many: tuple[float, ...], said: str
) -> None:
    ours, published = made(few, many), made((0.95, 0.9, 0.95), (0.7, 0.6, 0.7))
    words = leave_class_out._verdict(LeaveClassOut(published=published, ours=ours))
    published_words, _, rest = words.partition("Here: ")
    assert "fewer are better" in published_words
    assert said in rest
    assert "does not beat" in rest
    assert "beats" in leave_class_out._verdict(LeaveClassOut(published=ours, ours=published))


def test_a_file_comes_back_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    found = LeaveClassOut(published=made((0.9,) * 3, (0.8,) * 3), ours=made((0.7,) * 3, (1.0,) * 3))
    path = tmp_path / "x.json"
    found.write(path)
    assert read(path) == found
    assert found.ours.best.latent_dim == 32
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(DataInvalid, match=r"x\.json.*benchmarks/held_out_class.py"):
        read(path)


def test_what_ships_is_whole() -> None:
    found = read(shipped_file())
    for tried in (found.published, found.ours):
        assert tried.labels == CATALOGUE[tried.dataset].description.labels
        for areas in tried.areas:
            assert len(areas.auroc) == len(tried.labels)
            assert all(0 <= area <= 1 for area in areas.auroc)
    assert found.published.of("negative_elbo", 2).mean == pytest.approx(0.855)  # type: ignore[union-attr]
    assert found.published.of("negative_elbo", 32).mean == pytest.approx(0.718)  # type: ignore[union-attr]


@pytest.mark.slow
def test_the_page_shows_the_outcome_of_its_dataset() -> None:
    best = read(shipped_file()).ours.best
    assert f"<b>{best.mean:.3f} ± {best.spread:.2f}</b>" in html_of(
        visit("anomalies", model=shipped("mnist"))
    )


def test_other_datasets_have_no_outcome() -> None:
    assert "left-out" not in html_of(visit("anomalies", model=shipped("digits")))
