"""IDX files and the cache: what is whole is read, what is damaged is named."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.lib import format as npy

import vae_core.datasets as datasets
from tests.conftest import idx_bytes
from vae_core import paths
from vae_core.datasets import store
from vae_core.datasets.idx import read_idx
from vae_core.errors import DataInvalid, DataUnavailable, DownloadFailed

IMAGES = ("mnist", "fashion_mnist")
WHOLE = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))


# IDX files


@given(
    arrays.arrays(np.uint8, arrays.array_shapes(max_dims=4, max_side=6, min_side=0)), st.booleans()
)
def test_an_idx_file_reads_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, array: np.ndarray, zipped: bool
) -> None:
    path = tmp_path_factory.mktemp("idx") / ("a.gz" if zipped else "a")
    path.write_bytes(gzip.compress(idx_bytes(array)) if zipped else idx_bytes(array))
    np.testing.assert_array_equal(read_idx(path), array)


def refuse(path: Path, content: bytes, message: str, **options: int) -> None:
    path.write_bytes(content)
    with pytest.raises(DataInvalid, match=message) as caught:
        read_idx(path, **options)
    assert path.name in str(caught.value)


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_a_cut_idx_file_is_refused(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    refuse(tmp_path_factory.mktemp("idx") / "cut", WHOLE[:cut], "Expected .* Received")


@given(cut=st.integers(0, len(gzip.compress(WHOLE)) - 1))
def test_a_cut_gzip_stream_is_refused(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    content = gzip.compress(WHOLE)[:cut]
    refuse(tmp_path_factory.mktemp("idx") / "cut.gz", content, "Expected .* Received")


@given(position=st.integers(0, 15), bit=st.integers(0, 7))
def test_a_flipped_header_bit_is_refused(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    content = bytearray(WHOLE)
    content[position] ^= 1 << bit
    refuse(tmp_path_factory.mktemp("idx") / "flipped", bytes(content), "Expected .* Received")


def test_trailing_bytes_are_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "long", WHOLE + b"\0", "24 bytes of data. Received: more")


def test_a_flipped_byte_of_gzipped_data_is_refused(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(WHOLE, compresslevel=0))
    content[-12] ^= 1
    refuse(tmp_path / "flipped.gz", bytes(content), "whole gzip stream")


def test_what_would_inflate_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "bomb.gz", gzip.compress(WHOLE), "at most 23 bytes", limit=23)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match=r"gone.*readable file"):
        read_idx(tmp_path / "gone")


# Files on disk


def test_images_load_from_idx_files(tiny_mnist: datasets.Entry, tmp_path: Path) -> None:
    dataset = datasets.load("mnist", seed=2)
    assert tiny_mnist.remote is not None
    learned, shipped = tmp_path / "data" / "mnist", tmp_path / "shipped" / "mnist"
    raw = [read_idx(learned / file.name) for file in tiny_mnist.remote.training]
    raw += [read_idx(shipped / file.name) for file in tiny_mnist.remote.test]
    whole = np.concatenate([raw[0], raw[2]])[..., None]
    label = np.concatenate([raw[1], raw[3]])
    parts = (dataset.train, dataset.validation, dataset.test)
    for part in parts:
        assert part.x.dtype == np.uint8
        np.testing.assert_array_equal(part.x, whole[part.index])
        np.testing.assert_array_equal(part.label, label[part.index])
    np.testing.assert_array_equal(dataset.test.index, np.arange(600, 700))
    index = np.concatenate([part.index for part in parts])
    np.testing.assert_array_equal(np.sort(index), np.arange(700))


def test_originals_cross_the_border_of_the_files(tiny_mnist: object) -> None:
    dataset = datasets.load("mnist")
    rows = np.array([699, 0, 600, 599, 650, 0])
    np.testing.assert_array_equal(
        datasets.originals("mnist", rows[[0, 2, 4]]), dataset.test.x[rows[[0, 2, 4]] - 600]
    )
    shuffled = datasets.originals("mnist", rows)
    np.testing.assert_array_equal(shuffled, datasets.originals("mnist", np.arange(700))[rows])


def test_the_cache_serves_after_the_source_is_gone(
    tiny_mnist: object, tmp_path: Path, no_project_data: None
) -> None:
    before = datasets.originals("mnist", [3, 650])
    datasets.load("mnist").read()
    for folder in ("data", "shipped"):
        for file in (tmp_path / folder / "mnist").iterdir():
            file.unlink()
    assert datasets.is_available("mnist") and datasets.has_test("mnist")
    np.testing.assert_array_equal(datasets.originals("mnist", [3, 650]), before)


def test_a_damaged_cache_is_made_again(tiny_mnist: object, home: Path) -> None:
    before = datasets.originals("mnist", [3, 650])
    for cached in (home / "cache").iterdir():
        cached.write_bytes(cached.read_bytes()[:1000])
    np.testing.assert_array_equal(datasets.originals("mnist", [3, 650]), before)
    assert not list((home / "cache").glob("*.partial"))


def test_without_a_writable_cache_images_stay_in_memory(
    tiny_mnist: object, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home.mkdir()
    (home / "cache").write_text("a file where the folder should be", encoding="utf-8")
    first = datasets.originals("mnist", [3, 650])
    assert "in memory" in caplog.text
    (home / "cache").unlink()
    np.testing.assert_array_equal(datasets.originals("mnist", [3, 650]), first)


def test_a_full_disk_leaves_no_partial_file(
    tiny_mnist: object, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(npy, "write_array_header_1_0", full)
    assert len(datasets.originals("mnist", [3])) == 1
    assert list((home / "cache").iterdir()) == []


def test_an_altered_file_is_refused(tiny_mnist: object, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "data" / "mnist" / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataInvalid, match=r"train-images-idx3-ubyte.gz.*Expected sha256"):
        datasets.load("mnist").read()
    assert not list((home / "cache").glob("*train*"))


@pytest.mark.parametrize("name", IMAGES)
def test_absent_images_say_what_to_put_where(name: str, no_project_data: None, home: Path) -> None:
    assert not datasets.is_available(name)
    with pytest.raises(DataUnavailable) as caught:
        datasets.originals(name, [0])
    assert not isinstance(caught.value, DownloadFailed)
    assert not home.exists()
    remote = datasets.entry(name).remote
    assert remote is not None
    message = str(caught.value)
    assert str(home / "data" / remote.folders[0]) in message
    for file in remote.training:
        assert file.name in message and file.sha256 in message and f"{file.bytes:,}" in message


def test_home_is_the_platforms_own_unless_one_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.home() == home
    monkeypatch.delenv("LATENT_HOME")
    assert paths.home().name == "latent-explorer" and paths.home().is_absolute()
    monkeypatch.setenv("LATENT_HOME", "~/models")
    assert paths.home() == Path.home() / "models"
    assert (paths.project() / "vae_core" / "paths.py").is_file()


def test_search_order(tiny_mnist: datasets.Entry, tmp_path: Path, no_project_data: None) -> None:
    remote = tiny_mnist.remote
    assert remote is not None
    given = tmp_path / "data" / "mnist"
    for later in (paths.home() / "data" / "mnist", paths.project() / "data" / "mnist"):
        later.mkdir(parents=True)
        for file in remote.training:
            (later / file.name).write_bytes((given / file.name).read_bytes())
        for copied in given.iterdir():
            copied.unlink()
        assert store.locate(remote) == later
        given = later


@pytest.mark.parametrize("folder", ["fashion-mnist", "fashion_mnist", ""])
def test_a_folder_without_a_name_counts_only_for_its_own_dataset(
    folder: str, tiny_mnist: datasets.Entry, tmp_path: Path, no_project_data: None
) -> None:
    mnist = tiny_mnist.remote
    assert mnist is not None
    place = tmp_path / "data" / folder
    if folder:
        (tmp_path / "data" / "mnist").rename(place)
    else:
        for file in (tmp_path / "data" / "mnist").iterdir():
            file.rename(place / file.name)
    twin = replace(mnist, folders=("fashion-mnist", "fashion_mnist"))
    assert store.locate(twin) == place
    assert store.locate(mnist) == (None if folder else place)
    other = replace(mnist, files=(replace(mnist.files[0], bytes=1), *mnist.files[1:]))
    assert store.locate(other) is None
