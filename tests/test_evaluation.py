"""All numbers of stored models: complete, consistent with one another, repeatable."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import DIGITS_SPEC, tiny_spec
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.card import split_words
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import Metric
from vae_core.datasets import Dataset, load
from vae_core.evaluation import held_out_metrics
from vae_core.evaluation.complete import Effort, all_metrics
from vae_core.worker.pipeline import train_model

pytestmark = pytest.mark.slow

LIGHT = Effort(samples=2, importance_samples=20, importance_examples=25)
Numbers = dict[str, Metric]


def numbers(artifact: Artifact, *, dataset: Dataset | None = None, **options: object) -> Numbers:
    dataset = dataset or load(artifact.manifest.spec.dataset)
    found = all_metrics(artifact, OnnxCodec(artifact), dataset, effort=LIGHT, **options)  # type: ignore[arg-type]
    assert len({metric.name for metric in found}) == len(found), "a name stands for one number"
    return {metric.name: metric for metric in found}


@pytest.fixture(scope="module")
def digits(trained_root: Path) -> Numbers:
    return numbers(Artifact.open(trained_root / DIGITS_SPEC.model_id))


def test_every_number_says_what_it_is(digits: Numbers, iris_model: Artifact) -> None:
    for metric in [*digits.values(), *numbers(iris_model).values()]:
        assert metric.unit
        assert metric.estimator
        assert metric.split == "test"
        assert metric.examples > 1
        assert np.isfinite(metric.value)
        assert metric.standard_error is None or metric.standard_error >= 0


def test_numbers_agree_with_one_another(digits: Numbers) -> None:
    value = {name: metric.value for name, metric in digits.items()}
    assert value["elbo"] == pytest.approx(-value["reconstruction"] - value["kl"])
    assert sum(value[f"kl_z{i}"] for i in (1, 2, 3)) == pytest.approx(value["kl"], rel=1e-5)
    both = value["aggregated_kl"] + value["mutual_information"]
    error = sum(digits[n].standard_error or 0 for n in ("aggregated_kl", "mutual_information"))
    assert both == pytest.approx(value["kl"], abs=4 * error)
    assert 1 <= value["effective_draws"] <= 20
    assert 0 <= value["active_units"] <= 3


def test_numbers_know_their_draws_and_examples(digits: Numbers) -> None:
    assert (digits["elbo"].samples, digits["elbo"].examples) == (2, 269)
    assert (digits["importance_bound"].samples, digits["importance_bound"].examples) == (20, 25)
    assert digits["knn_5_accuracy"].samples == 0
    assert not digits["knn_5_accuracy"].likelihood
    assert digits["kmeans_ari"].standard_error is None
    assert "1,259 training examples" in digits["pca_knn_5_accuracy"].estimator


def test_the_manifests_numbers_come_first(digits_model: Artifact, digits: Numbers) -> None:
    codec, dataset = OnnxCodec(digits_model), load("digits")
    short = held_out_metrics(digits_model.manifest, codec, dataset, samples=2)
    assert list(digits.values())[:3] == list(short)


def test_tables_have_no_pictures_and_grey_values_no_bits(
    digits: Numbers, iris_model: Artifact
) -> None:
    iris = numbers(iris_model)
    assert {"psnr", "ssim"} <= set(digits) - set(iris)
    assert "bits_per_dimension" not in {**digits, **iris}


def test_bits_are_those_of_binary_pictures(digits_model: Artifact) -> None:
    """A likelihood of data: nats over 64 pixels and ln 2."""
    manifest = digits_model.manifest
    spec = manifest.spec.model_copy(update={"likelihood": "bernoulli_static"})
    binary = Artifact(digits_model.path, manifest.model_copy(update={"spec": spec}))
    found = numbers(binary)
    bits = -found["importance_bound"].value / 64 / np.log(2)
    assert found["bits_per_dimension"].value == pytest.approx(bits)
    assert found["bits_per_dimension"].value > 0


def test_another_split_and_a_seed(iris_model: Artifact) -> None:
    first, again, other = (
        numbers(iris_model, split=split, seed=seed)
        for split, seed in (("validation", 1), ("validation", 1), ("train", 1))
    )
    assert first == again
    assert {metric.split for metric in other.values()} == {"train"}
    assert (first["elbo"].examples, other["elbo"].examples) == (30, 90)
    assert first["elbo"].value != numbers(iris_model, split="validation", seed=2)["elbo"].value


def test_without_labels_nothing_is_said_of_them(iris_model: Artifact) -> None:
    latents, dataset = iris_model.latents, load("iris")
    unlabelled = np.full_like(latents.label, -1)
    iris_model.__dict__["latents"] = replace(latents, label=unlabelled)
    parts = {
        name: replace(getattr(dataset, name), label=np.full_like(getattr(dataset, name).label, -1))
        for name in ("train", "validation", "test")
    }
    found = numbers(iris_model, dataset=Dataset.of(dataset.description, **parts))
    assert "pca_mse" in found
    assert not [name for name in found if "accuracy" in name or "ari" in name]


def test_progress_names_stages_and_reaches_their_ends(iris_model: Artifact) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    tell: Callable[[str, int, int], None] = lambda stage, done, total: told.setdefault(  # noqa: E731
        stage, []
    ).append((done, total))
    numbers(iris_model, progress=tell)
    for stage in ("ELBO", "importance-weighted bound", "reconstructions"):
        done, total = told[stage][-1]
        assert done == total > 0


def test_a_class_that_was_not_learned_is_in_no_number(tmp_path: Path) -> None:
    """Though it is in the test split, where a detector has to find it."""
    artifact = train_model(tiny_spec("iris", without="setosa"), root=tmp_path)
    manifest, whole = artifact.manifest, load("iris")
    other = int((whole.test.label != 0).sum())
    assert manifest.run.examples == {"train": 60, "validation": 20, "test": 30}
    assert sorted(set(artifact.latents.of("train").label)) == [1, 2]
    assert sorted(set(artifact.latents.of("test").label)) == [0, 1, 2]
    found = numbers(artifact, dataset=load("iris", without="setosa"))
    stored = manifest.metric("elbo")
    assert stored is not None
    counted = {found[name].examples for name in ("elbo", "mse", "knn_5_accuracy", "pca_mse")}
    assert counted == {stored.examples} == {other}
    assert "“setosa” was left out" in split_words(manifest)
