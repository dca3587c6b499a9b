"""Training: it learns, it repeats, it stops and continues where it says."""

from dataclasses import replace
from math import cos, isfinite, pi
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tiny_spec
from vae_core.artifacts.manifest import Epoch
from vae_core.datasets import Dataset, load
from vae_core.errors import ArtifactCorrupt, TrainingDiverged
from vae_core.latent import posterior
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.backend import keras
from vae_core.training.callback import as_asked
from vae_core.training.fit import Scaling, Trained, train
from vae_core.training.vae import VAE, build
from vae_core.training.weights import load_weights, save_weights
from vae_core.worker import pipeline

pytestmark = pytest.mark.slow

RATE = 0.01


def run(spec: TrainingSpec, dataset: Dataset | None = None, **options: Any) -> Trained:
    """Train without listening."""
    return train(spec, dataset or load(spec.dataset), on_epoch=lambda _: None, **options)


def weights_of(vae: VAE, folder: Path) -> bytes:
    save_weights(vae, folder / "weights")
    return (folder / "weights").read_bytes()


def validation_kl(trained: Trained, dataset: Dataset) -> float:
    """Mean KL of the validation split at the present weights; needs no sampling."""
    scaling = trained.scaling
    x = (dataset.validation.x - scaling.low) / (scaling.high - scaling.low)
    mean, log_var = (np.asarray(values) for values in trained.vae.encoder([x]))
    return float(posterior.kl_divergence(mean, log_var).sum(axis=1).mean())


@pytest.fixture(scope="module")
def iris() -> Dataset:
    return load("iris")


@pytest.fixture(scope="module")
def learned(iris: Dataset) -> Trained:
    """A run in which everything changes with the epochs; its events are its history."""
    events: list[Epoch] = []
    spec = tiny_spec(
        "iris", epochs=12, learning_rate=RATE, beta=2.2, kl_warmup_epochs=4, warmup_epochs=3
    )
    trained = train(spec, iris, on_epoch=events.append)
    assert tuple(events) == trained.history
    return trained


def test_it_learns(learned: Trained) -> None:
    first, last = learned.history[0], learned.history[-1]
    assert last.validation.elbo > first.validation.elbo + 0.5
    assert last.train.elbo > first.train.elbo + 0.5


def test_events_hold_together(learned: Trained) -> None:
    assert [epoch.epoch for epoch in learned.history] == list(range(1, 13))
    for epoch in learned.history:
        for losses in (epoch.train, epoch.validation):
            assert losses.elbo == pytest.approx(-losses.reconstruction - losses.kl, abs=1e-4)
            assert losses.kl >= 0
        assert epoch.seconds > 0
        assert epoch.images_per_second > 0
    assert learned.seconds >= sum(epoch.seconds for epoch in learned.history) * 0.9


def test_beta_grows_over_the_warm_up(learned: Trained) -> None:
    betas = [epoch.beta for epoch in learned.history]
    assert betas == [0.55, 1.1, 1.65] + [2.2] * 9, "as they were asked for, without noise"


@given(
    digits=st.integers(1, 999_999),
    power=st.integers(-10, -4),
)
def test_settings_are_recorded_as_they_were_asked_for(digits: int, power: int) -> None:
    asked = float(f"{digits}e{power}")
    assert as_asked(np.float32(asked)) == asked


def test_the_learning_rate_rises_and_falls_to_zero(learned: Trained) -> None:
    rates = [epoch.learning_rate for epoch in learned.history]
    rise = [RATE * epoch / 3 for epoch in (1, 2, 3)]
    fall = [RATE * (1 + cos(pi * epoch / 9)) / 2 for epoch in range(1, 10)]
    assert rates == pytest.approx([*rise, *fall], abs=1e-8)


def test_validation_is_measured_on_the_whole_split(learned: Trained, iris: Dataset) -> None:
    assert validation_kl(learned, iris) == pytest.approx(
        learned.history[-1].validation.kl, rel=1e-4
    )


def test_without_patience_the_last_epoch_is_kept(learned: Trained) -> None:
    assert learned.best_epoch == 12


def test_a_seed_repeats_the_weights(iris: Dataset, tmp_path: Path) -> None:
    spec = tiny_spec("iris", seed=3, epochs=1, subset=60)
    first, again = run(spec, iris), run(spec, iris)
    other = run(tiny_spec("iris", seed=4, epochs=1, subset=60), iris)
    assert weights_of(first.vae, tmp_path) == weights_of(again.vae, tmp_path)
    assert weights_of(first.vae, tmp_path) != weights_of(other.vae, tmp_path)
    assert (first.examples, other.examples) == (60, 60)
    assert [epoch.validation for epoch in first.history] == [e.validation for e in again.history]


def test_early_stopping_keeps_the_best_weights(iris: Dataset) -> None:
    spec = tiny_spec(
        "iris", epochs=60, patience=2, kl_warmup_epochs=3, schedule="constant", learning_rate=0.1
    )
    trained = run(spec, iris)
    losses = [epoch.validation.reconstruction + epoch.validation.kl for epoch in trained.history]
    best = trained.best_epoch
    assert len(losses) == best + 2, "it ran on or stopped too soon"
    assert best > 3, "during the KL warm-up nothing is watched"
    assert losses[best - 1] == pytest.approx(min(losses[3:]))
    assert validation_kl(trained, iris) == pytest.approx(
        trained.history[best - 1].validation.kl, rel=1e-4
    )
    assert validation_kl(trained, iris) != pytest.approx(
        trained.history[-1].validation.kl, rel=1e-4
    )


def test_a_warm_up_to_the_end_keeps_the_last_epoch(iris: Dataset) -> None:
    trained = run(tiny_spec("iris", epochs=2, patience=1, kl_warmup_epochs=10), iris)
    assert trained.best_epoch == len(trained.history) == 2
    assert validation_kl(trained, iris) == pytest.approx(
        trained.history[-1].validation.kl, rel=1e-4
    )


def test_a_run_continues(learned: Trained, iris: Dataset, tmp_path: Path) -> None:
    save_weights(learned.vae, tmp_path / "weights")
    again = run(tiny_spec("iris", epochs=1), iris, weights=tmp_path / "weights")
    assert again.history[0].validation.elbo > learned.history[0].validation.elbo + 0.5
    assert again.history[0].train.elbo > learned.history[0].train.elbo + 0.5


def test_weights_come_back_as_they_were(learned: Trained, iris: Dataset, tmp_path: Path) -> None:
    before = weights_of(learned.vae, tmp_path)
    fresh = build(tiny_spec("iris", seed=9), iris.description)
    assert weights_of(fresh, tmp_path) != before
    (tmp_path / "before").write_bytes(before)
    load_weights(fresh, tmp_path / "before")
    assert weights_of(fresh, tmp_path) == before


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"hidden": (9,)}, "decoder.decoder_dense_0.bias"),
        ({"hidden": (8, 8)}, "decoder.decoder_dense_1.bias"),
        ({"latent_dim": 3}, "decoder.decoder_dense_0.kernel"),
        ({"conditional": True}, "decoder.decoder_dense_0.kernel"),
    ],
)
def test_weights_of_another_architecture_are_refused(
    learned: Trained, iris: Dataset, tmp_path: Path, values: dict[str, Any], named: str
) -> None:
    save_weights(learned.vae, tmp_path / "weights")
    other = build(tiny_spec("iris", **values), iris.description)
    with pytest.raises(ArtifactCorrupt, match=rf"`{named}` with shape"):
        load_weights(other, tmp_path / "weights")


@pytest.mark.parametrize("content", [b"", b"not safetensors", None])
def test_weights_that_are_none(iris: Dataset, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "weights").write_bytes(content)
    with pytest.raises(ArtifactCorrupt, match="weights"):
        load_weights(build(tiny_spec("iris"), iris.description), tmp_path / "weights")


def test_a_loss_that_is_no_number_ends_the_run(
    iris: Dataset, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A held-out value far beyond the training range: its squared error has no float32."""
    x = iris.validation.x.copy()
    x[0, 0] = 1e30
    validation = replace(iris.validation, x=x)
    far = Dataset.of(iris.description, train=iris.train, validation=validation, test=iris.test)
    monkeypatch.setattr(pipeline, "load", Mock(return_value=far))
    with pytest.raises(TrainingDiverged, match=r"val_\w+=(nan|inf) in epoch 1"):
        pipeline.train_model(tiny_spec("iris"))
    assert not list((home / "models").iterdir())


def test_a_huge_learning_rate_ends_the_run(home: Path) -> None:
    spec = tiny_spec(
        "wine", hidden=(512, 512, 512), learning_rate=0.1, schedule="constant", batch_size=1
    )
    with pytest.raises(TrainingDiverged, match="Lower the learning rate"):
        pipeline.train_model(spec)
    assert not list((home / "models").iterdir())


def test_a_subset_is_all_that_is_seen(iris: Dataset) -> None:
    small = run(tiny_spec("iris", epochs=1, subset=16), iris)
    assert small.examples == 16
    assert (small.scaling.low >= iris.train.x.min(axis=0)).all()
    assert (small.scaling.high < iris.train.x.max(axis=0)).any(), "scaling saw the other rows"


def test_a_subset_of_more_than_all_is_all(iris: Dataset) -> None:
    assert run(tiny_spec("iris", epochs=1, subset=10_000), iris).examples == 90


def test_a_table_without_labels_can_be_learned(iris: Dataset) -> None:
    parts = {
        name: replace(split, label=np.full(len(split), -1))
        for name in ("train", "validation", "test")
        for split in (getattr(iris, name),)
    }
    bare = Dataset.of(iris.description.model_copy(update={"labels": ()}), **parts)
    assert isfinite(run(tiny_spec("iris", epochs=1), bare).history[0].validation.elbo)


def test_scaling_maps_the_training_range_to_one(iris: Dataset) -> None:
    scaling = Scaling.of(iris.train.x, iris.description)
    x = (iris.train.x - scaling.low) / (scaling.high - scaling.low)
    assert x.min(axis=0).tolist() == [0] * 4
    assert x.max(axis=0).tolist() == [1] * 4


def test_a_constant_feature_keeps_its_unit(iris: Dataset) -> None:
    x = iris.train.x.copy()
    x[:, 1] = 3
    scaling = Scaling.of(x, iris.description)
    assert (scaling.low[1], scaling.high[1]) == (3, 4)


def test_pictures_under_a_gaussian() -> None:
    spec = tiny_spec("digits", architecture="conv", likelihood="gaussian", epochs=3, subset=300)
    trained = run(spec)
    assert trained.vae.noise_scale().shape == (1,)
    assert trained.vae.noise_scale()[0] != pytest.approx(np.exp(-1.0), abs=1e-4), "not learned"
    batch = {"x": np.random.default_rng(0).random((4, 8, 8, 1), np.float32)}
    output = np.asarray(trained.vae(batch)["output"])
    assert output.min() > 0
    assert output.max() < 1
    assert trained.history[-1].validation.elbo > trained.history[0].validation.elbo


def test_pictures_binarised_anew() -> None:
    likelihood = "bernoulli_dynamic"
    spec = tiny_spec(
        "digits", architecture="dense", likelihood=likelihood, subset=64, learning_rate=RATE
    )
    trained = run(spec)
    assert trained.history[-1].validation.elbo > trained.history[0].validation.elbo
    assert float(trained.vae.log_scale[0]) == -1, "no scale is learned without a Gaussian"


def binarised(likelihood: str, x: np.ndarray, *, training: bool) -> np.ndarray:
    """What the loss of an untrained model compares with."""
    keras.utils.set_random_seed(0)
    spec = tiny_spec("digits", architecture="dense", likelihood=likelihood)
    vae = build(spec, load("digits").description)
    return np.stack([np.asarray(vae({"x": x}, training=training)["x"]) for _ in range(2)])


def test_what_each_likelihood_sees() -> None:
    x = np.random.default_rng(0).random((50, 8, 8, 1), np.float32)
    for likelihood in ("bernoulli", "gaussian"):
        assert (binarised(likelihood, x, training=True) == x).all()
    for training in (True, False):
        assert (binarised("bernoulli_static", x, training=training) == (x >= 0.5)).all()
    first, second = binarised("bernoulli_dynamic", x, training=True)
    assert set(first.ravel().tolist()) == {0.0, 1.0}
    assert (first != second).mean() == pytest.approx((2 * x * (1 - x)).mean(), abs=0.05)
    assert first[x > 0.9].mean() > 0.9
    assert first[x < 0.1].mean() < 0.1
    assert (binarised("bernoulli_dynamic", x, training=False) == x).all()
