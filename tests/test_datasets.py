"""The catalogue is true and splits obey their laws."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import vae_core.datasets as datasets
from tests.conftest import ROOT
from vae_core.datasets.split import Split, choose, subset, three_way
from vae_core.errors import DataUnavailable, InvalidInput, NotFound, SpecInvalid

SHIPPED = ("iris", "wine", "breast_cancer", "digits")
IMAGES = ("mnist", "fashion_mnist")
labels = arrays.arrays(np.int64, st.integers(1, 300), elements=st.integers(0, 6))
seeds = st.integers(0, 2**31 - 1)


# The catalogue


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_data_is_what_scikit_learn_loads(name: str) -> None:
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")()
    description = datasets.entry(name).description
    x = datasets.originals(name, np.arange(len(bunch.target)))
    assert len(x) == datasets.entry(name).examples
    assert x.dtype == (np.uint8 if name == "digits" else np.float32)
    np.testing.assert_array_equal(x.reshape(len(x), -1), bunch.data.astype(x.dtype))
    if description.kind == "table":
        shown = [feature.name.replace(" (cm)", "") for feature in description.features]
        assert shown == [n.replace("_", " ").replace(" (cm)", "") for n in bunch.feature_names]


@pytest.mark.parametrize("name", SHIPPED)
def test_labels_are_those_of_scikit_learn(name: str) -> None:
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")()
    dataset = datasets.load(name)
    for part in (dataset.train, dataset.validation, dataset.test):
        np.testing.assert_array_equal(part.label, bunch.target[part.index])
    if name in ("iris", "breast_cancer"):
        assert dataset.description.labels == tuple(bunch.target_names)


@pytest.mark.parametrize("name", datasets.CATALOGUE)
def test_every_entry_describes_itself_and_has_a_valid_specification(name: str) -> None:
    entry = datasets.entry(name)
    description = entry.description
    assert description.name == name
    assert description.labels and description.licence and description.source
    assert (description.kind == "table") == bool(description.features)
    assert len(description.features) in (0, description.size)
    assert bool(entry.csv) != bool(entry.remote)
    spec = datasets.default_spec(name)
    assert spec.dataset == name
    assert all(getattr(spec, key) == value for key, value in entry.defaults.items())


def test_images_fill_their_stated_range() -> None:
    digits = datasets.load("digits")
    assert digits.train.x.max() == digits.description.maximum


def test_nucleus_lengths_and_areas_share_the_pixel() -> None:
    columns = {
        feature.name: values
        for feature, values in zip(
            datasets.entry("breast_cancer").description.features,
            datasets.originals("breast_cancer", np.arange(569)).T,
            strict=True,
        )
    }
    disc = np.pi * columns["mean radius"] ** 2
    assert np.median(columns["mean area"] / disc) == pytest.approx(1, abs=0.05)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"iris.*fashion_mnist.*Received: dataset='mnsit'"):
        datasets.load("mnsit")


# Specifications


def test_overrides_win_and_none_means_not_given() -> None:
    spec = datasets.default_spec("mnist", latent_dim=8, epochs=None)
    assert (spec.latent_dim, spec.epochs) == (8, datasets.entry("mnist").defaults["epochs"])


def test_widths_of_one_architecture_do_not_follow_to_another() -> None:
    spec = datasets.default_spec("digits", architecture="conv")
    assert (spec.filters, spec.hidden) == ((32, 64), (16,))
    assert datasets.default_spec("iris", architecture="dense").likelihood == "gaussian"


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("iris", {"architecture": "conv"}),
        ("mnist", {"architecture": "table"}),
        ("iris", {"architecture": "dense", "likelihood": "bernoulli"}),
        ("iris", {"latent_dim": 129}),
    ],
)
def test_what_does_not_fit_the_data_is_refused(name: str, overrides: dict[str, object]) -> None:
    with pytest.raises(SpecInvalid, match="Received"):
        datasets.default_spec(name, **overrides)


# Splits


@given(labels, st.floats(0, 0.5), seeds)
def test_three_parts_are_disjoint_cover_and_are_stratified(
    label: np.ndarray, held_out: float, seed: int
) -> None:
    parts = three_way(label, held_out, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(label)))
    shares = (1 - 2 * held_out, held_out, held_out)
    for rows, share in zip(parts, shares, strict=True):
        for value, count in Counter(label.tolist()).items():
            assert abs(np.sum(label[rows] == value) - share * count) <= 1 + 1e-9


@given(labels, seeds, st.data())
def test_a_choice_has_the_exact_size_and_is_stratified(
    label: np.ndarray, seed: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(label)))
    rows = choose(label, size, seed)
    assert len(np.unique(rows)) == len(rows) == size
    for value, count in Counter(label.tolist()).items():
        assert abs(np.sum(label[rows] == value) - size * count / len(label)) <= 1


@given(labels, seeds)
def test_a_seed_repeats_its_split(label: np.ndarray, seed: int) -> None:
    for first, second in zip(three_way(label, 0.2, seed), three_way(label, 0.2, seed), strict=True):
        np.testing.assert_array_equal(first, second)
    count = len(label) // 2
    np.testing.assert_array_equal(choose(label, count, seed), choose(label, count, seed))


def test_another_seed_is_another_split() -> None:
    first, second = datasets.load("digits", seed=0), datasets.load("digits", seed=1)
    assert not np.array_equal(first.test.index, second.test.index)


@pytest.mark.parametrize("name", SHIPPED)
def test_parts_hold_the_rows_that_their_index_names(name: str) -> None:
    dataset = datasets.load(name, seed=3)
    parts = (dataset.train, dataset.validation, dataset.test)
    index = np.concatenate([part.index for part in parts])
    np.testing.assert_array_equal(np.sort(index), np.arange(datasets.entry(name).examples))
    for part in parts:
        np.testing.assert_array_equal(part.x, datasets.originals(name, part.index))
        assert part.x.shape[1:] == dataset.description.shape
        assert len(part) == len(part.label)


def test_a_subset_is_stratified_and_keeps_its_rows() -> None:
    train = datasets.load("digits").train
    part = subset(train, 100, seed=5)
    assert len(part) == 100
    assert min(Counter(part.label.tolist()).values()) >= 9
    np.testing.assert_array_equal(part.x, datasets.originals("digits", part.index))
    assert subset(train, 10**6, seed=5) is train


def test_a_class_left_out_stays_in_the_test_split_alone() -> None:
    whole, without = datasets.load("iris", seed=2), datasets.load("iris", seed=2, without="setosa")
    number = whole.description.labels.index("setosa")
    for name in ("train", "validation"):
        before, after = getattr(whole, name), getattr(without, name)
        kept = before.index[before.label != number]
        assert 0 < len(kept) < len(before)
        np.testing.assert_array_equal(after.index, kept)
        np.testing.assert_array_equal(after.x, datasets.originals("iris", kept))
    assert number in without.test.label
    np.testing.assert_array_equal(without.test.index, whole.test.index)
    with pytest.raises(NotFound, match=r"setosa, versicolor.*Received: label='rose'"):
        datasets.load("iris", without="rose")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"without": "rose"}, r"setosa.*Received: without='rose'"),
        ({"without": "setosa", "conditional": True}, "label that it never saw"),
    ],
)
def test_a_class_that_cannot_be_left_out_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecInvalid, match=words):
        datasets.default_spec("iris", **values)


@pytest.mark.parametrize("count", [0, -1])
def test_an_empty_subset_is_refused(count: int) -> None:
    nothing = np.zeros(3, np.int64)
    with pytest.raises(InvalidInput, match=f"Received: count={count}"):
        subset(Split(nothing, nothing, nothing), count, seed=0)


@pytest.mark.parametrize("rows", [[-1], [150], [0, 10**6]])
def test_rows_that_do_not_exist_are_refused(rows: list[int]) -> None:
    with pytest.raises(InvalidInput, match="from 0 to 149"):
        datasets.originals("iris", rows)


@pytest.mark.parametrize("name", ["iris", "mnist"])
def test_no_rows_give_no_examples(name: str, tiny_mnist: object) -> None:
    shape = datasets.entry(name).description.shape
    assert datasets.originals(name, []).shape == (0, *shape)


def test_a_missing_scikit_learn_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.datasets.bundled.find_spec", lambda _: None)
    assert not datasets.is_available("iris")
    with pytest.raises(DataUnavailable, match="Install scikit-learn"):
        datasets.load("iris")


# The real images


@pytest.mark.parametrize("name", IMAGES)
def test_the_test_sets_come_with_the_program(name: str, no_project_data: None) -> None:
    """Byte for byte as published, at the rows that they have in the whole dataset."""
    assert not datasets.is_available(name)
    assert datasets.has_test(name)
    remote, test = datasets.entry(name).remote, datasets.load(name).test
    assert remote is not None
    np.testing.assert_array_equal(test.index, np.arange(60_000, 70_000))
    assert set(Counter(test.label.tolist())) == set(range(10))
    assert test.x.shape == (10_000, 28, 28, 1)
    np.testing.assert_array_equal(datasets.originals(name, [69_999, 60_000]), test.x[[-1, 0]])
    assert datasets.are_here(name, [59_999, 60_000]).tolist() == [False, True]
    with pytest.raises(DataUnavailable, match="training files"):
        datasets.originals(name, [60_000, 59_999])


def test_data_that_no_catalogue_names_are_not_here() -> None:
    assert not datasets.is_available("colleagues_own") and not datasets.has_test("colleagues_own")
    assert datasets.are_here("colleagues_own", [0, 1]).tolist() == [False, False]


@pytest.mark.data
@pytest.mark.parametrize("name", IMAGES)
def test_the_published_files_load(name: str, real_images: Path) -> None:
    dataset = datasets.load(name)
    sizes = (len(dataset.train), len(dataset.validation), len(dataset.test))
    assert sizes == (55_000, 5_000, 10_000)
    counts = Counter(np.concatenate([dataset.train.label, dataset.validation.label]).tolist())
    expected = 5923 if name == "mnist" else 6000
    assert counts[0] == expected
    np.testing.assert_array_equal(dataset.test.index, np.arange(60_000, 70_000))
    rows = [0, 59_999, 60_000, 69_999]
    assert datasets.originals(name, rows).shape == (4, 28, 28, 1)
    assert dataset.train.x.max() == dataset.description.maximum


def test_the_first_mnist_labels_are_the_known_ones() -> None:
    test = datasets.load("mnist").test
    assert test.label[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_loading_imports_neither_scikit_learn_nor_pandas() -> None:
    code = (
        "import sys; from vae_core import datasets; datasets.load('digits'); "
        "datasets.originals('wine', [0]); datasets.is_available('mnist'); "
        "print({'sklearn', 'pandas', 'scipy', 'pooch', 'requests'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert shown.stdout.strip() == "set()"


def test_a_conditional_model_needs_labels() -> None:
    description = datasets.entry("iris").description.model_copy(update={"labels": ()})
    spec = datasets.default_spec("iris", conditional=True)
    with pytest.raises(SpecInvalid, match="with labels"):
        datasets.check_fits(spec, description)
