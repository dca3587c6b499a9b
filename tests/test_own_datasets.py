"""Own datasets: taken in by a child process, kept by their content, split so that it is fair."""

import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import vae_core.datasets as datasets
from tests.conftest import IRIS_SPEC, ROOT, Cli
from tests.tables import lines, numbers, words
from vae_core.artifacts.registry import models_of
from vae_core.datasets.own import store
from vae_core.datasets.own.adding import add, add_file, preview_file
from vae_core.datasets.own.choices import Choices, sanitised
from vae_core.datasets.own.found import take_in_all
from vae_core.datasets.own.manifest import MATRIX
from vae_core.datasets.own.partition import TEST, TRAIN, VALIDATION, partition, renewed
from vae_core.errors import DataInvalid, LatentError, NotFound

N = numbers()
CASES = ROOT.parent / "shared" / "cases" / "tables"
labels = arrays.arrays(np.int64, st.integers(10, 300), elements=st.integers(-1, 6))
seeds = st.integers(0, 2**31 - 1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with gaps, a constant and labels."""
    path = tmp_path / "My Flowers (2).csv"
    gaps = words("", *[str(row) for row in range(0, 90, 11)])
    content = lines(["length", "count", "place", "kind"], N, gaps, words("x"), words("b", "a"))
    path.write_text(content, encoding="utf-8")
    return path


# The split


@given(labels, seeds)
def test_each_label_has_its_share_in_each_part(label: np.ndarray, seed: int) -> None:
    split = partition(label, seed=seed)
    count = max(1, round(len(label) * 0.2))
    assert [(split == part).sum() for part in (VALIDATION, TEST)] == [count, count]
    for value in np.unique(label):
        of_value = label == value
        for part in (VALIDATION, TEST):
            share = of_value.sum() * count / len(label)
            assert abs((split[of_value] == part).sum() - share) <= 2
    np.testing.assert_array_equal(split, partition(label, seed=seed))


def test_a_label_on_each_row_splits_all_the_same() -> None:
    split = partition(np.arange(40))
    assert np.bincount(split).tolist() == [24, 8, 8]


@given(arrays.arrays(np.int64, st.integers(10, 300), elements=st.integers(0, 40)), seeds)
def test_no_group_is_in_two_parts(group: np.ndarray, seed: int) -> None:
    label = np.zeros(len(group), np.int64)
    if len(np.unique(group)) < 3:
        with pytest.raises(DataInvalid, match="at least 3 groups"):
            partition(label, group=group, seed=seed)
        return
    split = partition(label, group=group, seed=seed)
    assert set(split) == {TRAIN, VALIDATION, TEST}
    for again in (split, renewed(split, label, group, seed)):
        assert all(len(set(again[group == one])) == 1 for one in np.unique(group))
        np.testing.assert_array_equal(again == TEST, split == TEST)


@given(
    arrays.arrays(np.float64, st.integers(10, 300), elements=st.integers(0, 50) | st.just(np.nan))
)
def test_training_never_sees_the_future(time: np.ndarray) -> None:
    label = np.zeros(len(time), np.int64)
    if len(np.unique(time[~np.isnan(time)])) < 3:
        with pytest.raises(DataInvalid, match="at least 3 different times"):
            partition(label, time=time)
        return
    split = partition(label, time=time)
    first, middle, last = (time[(split == p) & ~np.isnan(time)] for p in (TRAIN, VALIDATION, TEST))
    assert first.max() < middle.min() and middle.max() < last.min()
    assert not np.isnan(time[split != TEST]).any()


# Taking in and keeping


def test_a_file_becomes_a_dataset_that_works_like_any_other(table: Path, home: Path) -> None:
    own = add_file(table)
    assert own.path.parent == home / "datasets" and own.path.name == own.key
    assert own.name == "my_flowers_2" and own.key.endswith(own.manifest.digest[:8])
    for name in (own.key, own.name):
        dataset = datasets.load(name)
        assert [len(p) for p in (dataset.train, dataset.validation, dataset.test)] == [24, 8, 8]
        assert dataset.description.labels == ("a", "b")
        assert dataset.description.constants[0].value == "x"
        assert datasets.default_spec(name).dataset == own.key
        assert datasets.is_available(name) and datasets.has_test(name)
        assert datasets.are_here(name, [0, 39]).all()
    assert isinstance(dataset.train.x, np.memmap)
    assert np.isnan(dataset.train.x[:, 1]).sum() + np.isnan(dataset.test.x[:, 1]).sum() > 0
    whole = pd.read_csv(table)
    index = np.random.default_rng(0).permutation(40)
    np.testing.assert_array_equal(
        datasets.originals(own.name, index), whole[["length", "count"]].to_numpy(np.float32)[index]
    )
    for part in (dataset.train, dataset.validation, dataset.test):
        np.testing.assert_array_equal(part.x, datasets.originals(own.key, part.index))
        np.testing.assert_array_equal(part.label, (whole["kind"] == "b")[part.index])
    assert sorted(
        np.concatenate([p.index for p in (dataset.train, dataset.validation, dataset.test)])
    ) == list(range(40))


def test_another_seed_draws_other_rows_to_validate_and_the_same_to_test(table: Path) -> None:
    own = add_file(table)
    first, other = datasets.load(own.key), datasets.load(own.key, seed=5)
    np.testing.assert_array_equal(first.test.index, other.test.index)
    assert set(first.validation.index) != set(other.validation.index)
    np.testing.assert_array_equal(other.train.x, datasets.originals(own.key, other.train.index))


def test_content_is_identity(table: Path) -> None:
    first = add_file(table)
    assert add_file(table).key == first.key
    renamed = table.with_name("other.csv")
    renamed.write_bytes(table.read_bytes())
    assert add_file(renamed, Choices(name="my flowers 2")).key == first.key
    assert add_file(table, Choices.create(kinds={"count": "ordinal"})).key != first.key
    table.write_text(table.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    newest = add_file(table)
    assert newest.key != first.key and newest.name == first.name
    assert datasets.load(first.name).description.name == newest.key
    assert datasets.load(first.key).description.name == first.key


def test_what_was_ignored_counts_too(tmp_path: Path) -> None:
    """Originals show it, so two files that differ there are two datasets."""
    keys = set()
    path = tmp_path / "t.csv"
    for name in ("Anna", "Bertha"):
        path.write_text(lines(["who", "a", "b"], words(name, "x"), N, N), encoding="utf-8")
        keys.add(add_file(path, Choices.create(roles={"who": "ignored"})).key)
    assert len(keys) == 2


def test_the_parquet_file_holds_the_table_as_it_was(table: Path) -> None:
    import pyarrow.parquet as pq

    own = add_file(table)
    pd.testing.assert_frame_equal(
        pq.read_table(own.table).to_pandas(), pd.read_csv(table), check_dtype=False
    )


def test_a_dataset_is_seen_by_who_added_it_until_it_is_shared(table: Path) -> None:
    own = add_file(table, owner="anna")
    assert [one.key for one in store.visible("anna")] == [own.key]
    assert store.visible("bert") == []
    assert [one.key for one in store.visible(None)] == [own.key]
    store.share(own.key)
    assert [one.key for one in store.visible("bert")] == [own.key]
    store.share(own.key, shared=False)
    add_file(table, owner="bert")
    store.remove(own.key, owner="anna")
    assert store.visible("anna") == [] and len(store.visible("bert")) == 1
    store.remove(own.key, owner="bert")
    assert store.all_own() == []
    with pytest.raises(NotFound):
        store.remove(own.key)


def test_a_damaged_dataset_is_named_and_replaced(table: Path) -> None:
    own = add_file(table)
    matrix = own.path / MATRIX
    matrix.write_bytes(matrix.read_bytes()[:-4])
    with pytest.raises(DataInvalid, match=r"x\.npy: expected .* bytes"):
        _ = own.x
    (own.path / "manifest.json").write_text("{}", encoding="utf-8")
    assert store.find(own.key) is None
    assert add_file(table).x.shape == (40, 2)
    matrix.write_bytes(b"")
    assert add_file(table).x.shape == (40, 2)


@pytest.mark.parametrize("name", ["../../etc/passwd", "Ünï cödé", "", "...", "a" * 300, "CON"])
def test_a_name_is_never_a_path(name: str, table: Path) -> None:
    own = add_file(table, Choices(name=name))
    assert own.path.parent == store.root() and store.KEY.fullmatch(own.key)
    assert sanitised("Größe & Gewicht.v2") == "grosse_gewicht_v2"


# Frames and arrays


def test_frames_and_arrays_are_taken_like_files(table: Path) -> None:
    frame = pd.read_csv(table)
    expected = add_file(table, Choices(name="t"))
    for data in (frame, pa.Table.from_pandas(frame)):
        own = add(data, name="t")
        assert own.manifest.description.features == expected.manifest.description.features
        np.testing.assert_array_equal(own.x, expected.x)
    array = np.random.default_rng(0).normal(size=(30, 3)).astype(">f4")
    own = add(array, name="array")
    np.testing.assert_array_equal(own.rows(np.arange(30)), array.astype(np.float32))
    indexed = add(frame.set_index("kind"), name="indexed", label="kind")
    assert indexed.manifest.description.labels == ("a", "b")
    twice = pd.DataFrame(np.ones((30, 3)).cumsum(0) * [0.5, 0.7, 0.9], columns=["a", "a", "b"])
    own = add(twice, name="../../twice")
    assert [column.name for column in own.manifest.columns] == ["a", "a (2)", "b"]
    assert own.path.parent == store.root()
    for wrong in (np.zeros(3), {"a": 1}, np.zeros((2, 2, 2)), np.zeros((20, 2), complex)):
        with pytest.raises(DataInvalid, match="Expected"):
            add(wrong)


# data/


def test_a_table_in_a_data_folder_is_found_by_itself(
    table: Path, home: Path, no_project_data: None
) -> None:
    folder = home / "data"
    folder.mkdir(parents=True)
    (folder / "flowers.csv").write_bytes(table.read_bytes())
    (folder / "flowers.json").write_text(
        json.dumps({"label": "count", "title": "My flowers", "licence": "CC0 1.0"}),
        encoding="utf-8",
    )
    first = datasets.entry("flowers")
    assert first.description.title == "My flowers" and len(first.description.labels) == 9
    assert datasets.entry("flowers") is first
    assert [own.key for own in store.visible("anybody")] == [first.description.name]
    (folder / "flowers.json").write_text('{"label": "kind"}', encoding="utf-8")
    assert datasets.entry("flowers").description.labels == ("a", "b")
    (folder / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert list(take_in_all()) == [folder / "bad.csv"]
    (folder / "flowers.json").write_text('{"lable": "kind"}', encoding="utf-8")
    with pytest.raises(DataInvalid, match="Received: 'lable'"):
        datasets.entry("flowers")


# Faults: words, and nothing left behind


def left_behind(home: Path) -> list[str]:
    return [path.name for path in (home / "datasets").glob("*")]


def test_what_is_refused_leaves_nothing(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataInvalid, match="at least 2 columns and 10 rows"):
        add_file(path)
    with pytest.raises(NotFound, match="which is not there"):
        add_file(tmp_path / "none.csv")
    with pytest.raises(DataInvalid, match="which is a folder"):
        add_file(tmp_path)
    path.write_text(lines(["a", "b"], words("-3e38", "3e38"), N), encoding="utf-8")
    with pytest.raises(DataInvalid, match=r"a: -3e\+38 in rows 1, 3, 5"):
        add_file(path)
    assert len(preview_file(path).problems) == 1
    assert left_behind(home) == []


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "wide.parquet"
    import pyarrow.parquet as pq

    column = pa.array(np.zeros(3_000_000))
    pq.write_table(pa.table({f"c{place}": column for place in range(50)}), path)
    with pytest.raises(DataInvalid, match=r"at most 100,000,000 cells"):
        add_file(path)
    text = tmp_path / "words.csv"
    with text.open("w", encoding="utf-8") as stream:
        for row in range(800_000):
            stream.write(",".join(f"{row * 7919 + place:x}" for place in range(24)) + "\n")
    with pytest.raises(DataInvalid, match="1 GB of memory"):
        add_file(text)
    assert left_behind(home) == []


def test_a_killed_reader_is_said(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(lines(["a", "b"], N, N, rows=600_000), encoding="utf-8")

    def kill() -> None:
        me = psutil.Process()
        for _ in range(400):
            for child in me.children():
                if "vae_core.intake" in " ".join(child.cmdline()):
                    time.sleep(0.3)
                    child.send_signal(signal.SIGKILL)
                    return
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(LatentError, match=r"ended by signal 9.*Nothing was kept"):
        add_file(path)
    killer.join()
    assert left_behind(home) == []


def test_a_staging_directory_of_a_process_that_is_gone_is_cleared(table: Path, home: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    (home / "datasets" / f"{store.STAGING_PREFIX}{int(gone.stdout)}-x").mkdir(parents=True)
    own = add_file(table)
    assert left_behind(home) == [own.key]


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A `LATENT_HOME` of 300 kB."""
    path = tmp_path / "small"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"needs leave to mount a tmpfs: {mounted.stderr.strip()}")
    monkeypatch.setenv("LATENT_HOME", str(path))
    yield path
    subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_a_full_disk_is_said(tmp_path: Path, small_disk: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(lines(["a", "b", "c"], N, N, N, rows=50_000), encoding="utf-8")
    with pytest.raises(OSError, match="The disk is full"):
        add_file(path)
    assert left_behind(small_disk) == []


# The command line


def test_the_command_says_what_each_column_was_taken_for(table: Path, cli: Cli) -> None:
    said = cli("dataset", "add", str(table), "--json").json()
    assert (said["name"], said["rows"]) == ("my_flowers_2", 40)
    assert said["key"] == f"my_flowers_2-{said['digest'][:8]}"
    found = {c["name"]: (c["kind"], c["role"], c["missing"]) for c in said["columns"]}
    assert found == {
        "length": ("positive", "feature", 0),
        "count": ("count", "feature", 4),
        "place": ("categorical", "ignored", 0),
        "kind": ("binary", "label", 0),
    }
    assert all(column["reason"] for column in said["columns"])
    assert cli("dataset", "show", said["key"], "--json").json() == said
    shown = cli("dataset", "show", "my_flowers_2").out
    assert max(map(len, shown.splitlines())) <= 80
    assert said["key"] in cli("datasets").out


def test_options_correct_what_was_guessed(table: Path, cli: Cli) -> None:
    options = [
        "--name",
        "mine",
        "--label",
        "place",
        "--kind",
        "count=real",
        "--role",
        "kind=ignored",
    ]
    said = cli("dataset", "add", str(table), *options, "--missing", "b", "--json").json()
    found = {c["name"]: (c["kind"], c["role"], c["missing"]) for c in said["columns"]}
    assert said["name"] == "mine"
    assert found["count"] == ("real", "feature", 4)
    assert found["kind"][1:] == ("ignored", 20) and found["place"][1] == "label"


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "none.csv"],
        ["add", "{table}", "--kind", "count"],
        ["add", "{table}", "--kind", "count=silly"],
        ["add", "{table}", "--label", "nope"],
        ["add", "{table}", "--decimal", "x"],
        ["show", "none"],
        ["show", "iris"],
        ["remove", "none", "--yes"],
        ["share", "none"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_leaves_with_2_and_a_sentence(
    table: Path, cli: Cli, arguments: list[str]
) -> None:
    result = cli("dataset", *[argument.format(table=table) for argument in arguments])
    assert result.code == 2
    assert ("Traceback" not in result.err and "Expected" in result.err + result.out) or result.err


def test_a_name_that_is_built_in_is_told_apart(table: Path, cli: Cli) -> None:
    said = cli("dataset", "add", str(table), "--name", "iris", "--json").json()
    assert (
        said["notes"][-1] == f"'iris' alone is a built-in dataset: call this one '{said['key']}'."
    )
    assert cli("dataset", "show", "iris", "--json").json() == said
    assert datasets.entry("iris").own is None and datasets.entry(said["key"]).own


def test_removing_asks_first(table: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cli("dataset", "add", str(table), "--json").json()["key"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert cli("dataset", "remove", key).code != 0
    assert store.find(key)
    assert cli("dataset", "remove", key, "--yes", "--json").json() == {"removed": key, "models": []}
    assert not store.find(key)


def test_removing_names_the_models_that_learned_from_it(own_models: Path) -> None:
    assert models_of("iris") == [IRIS_SPEC.model_id]
    assert models_of("wine") == []


# The shared cases


def preview_of(name: str) -> Any:
    path = CASES / f"{name}.csv"
    if not path.is_file():
        pytest.skip("needs ../shared/cases beside the repository")
    return preview_file(path)


@pytest.mark.parametrize("name", ["one_column", "one_row", "two_rows", "empty"])
def test_a_table_too_small_says_what_is_needed(name: str) -> None:
    with pytest.raises(DataInvalid, match="at least 2 columns and 10 rows"):
        preview_of(name)


@pytest.mark.parametrize("name", ["bom", "latin1", "decimal_comma", "thousands"])
def test_numbers_and_names_are_those_of_the_plain_file(name: str) -> None:
    found = preview_of(name)
    assert all(c.column.kind == "positive" for c in found.columns)
    lengths = [row[1 if name == "thousands" else 0] for row in found.head]
    assert lengths == [row[0] for row in preview_of("plain").head]
    if name == "thousands":
        assert [row[0] for row in found.head[:2]] == ["1000.5", "1001.5"]


def test_two_thousand_columns_stay_usable() -> None:
    found = preview_of("wide_2000")
    assert len(found.columns) == 2000 and found.rows == 30
