"""The registry: names are whole models, damage is named, and one bad model spoils no other."""

import json
import pickle
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import DIGITS_SPEC, IRIS_SPEC, tiny_spec
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import LOG_VAR_STEPS, Artifact, record_of
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import (
    FILES,
    HISTORY,
    LATENTS,
    MANIFEST,
    SCHEMA_VERSION,
    SPLITS,
    WEIGHTS,
    Epoch,
)
from vae_core.datasets import load
from vae_core.errors import ArtifactCorrupt, ArtifactError, ArtifactTooNew, NotFound, SpecInvalid
from vae_core.spec.training_spec import TrainingSpec
from vae_core.worker.pipeline import train_model

IRIS, DIGITS = IRIS_SPEC.model_id, DIGITS_SPEC.model_id


def flip_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def edit_manifest(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    edit(values)
    (folder / MANIFEST).write_text(json.dumps(values), encoding="utf-8")


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Put other bytes in a file and make the manifest agree: only the reader is left to notice."""
    (folder / name).write_bytes(content)
    record = record_of(folder / name).model_dump()
    edit_manifest(folder, lambda values: values["files"].update({name: record}))


def assert_only_iris_is_broken(error: type[ArtifactError], name: str) -> None:
    """Opening names the file; the other model opens; the list holds both."""
    with pytest.raises(error, match=name):
        registry.open_model(IRIS)
    assert registry.open_model(DIGITS).manifest.model_id == DIGITS
    assert {entry.model_id for entry in registry.models()} == {IRIS, DIGITS}


def test_a_stored_model_opens_whole(own_models: Path) -> None:
    artifact = registry.open_model(IRIS)
    assert artifact.path == own_models / IRIS
    assert artifact.manifest.spec == IRIS_SPEC
    assert {path.name for path in artifact.path.iterdir()} == {*FILES, MANIFEST}
    assert [entry.error for entry in registry.models()] == [None, None]


def test_latents_are_the_encoded_dataset(iris_model: Artifact) -> None:
    dataset, latents, codec = load("iris"), iris_model.latents, OnnxCodec(iris_model)
    for name in SPLITS:
        split, rows = getattr(dataset, name), latents.of(name)
        mean, log_var = codec.encode(split.x)
        assert (abs(rows.mean - mean) <= np.exp(0.5 * log_var) / 100).all()
        np.testing.assert_allclose(rows.log_var, log_var, rtol=0, atol=0.501 / LOG_VAR_STEPS)
        assert rows.mean.dtype == rows.log_var.dtype == np.float32
        assert rows.label.tolist() == split.label.tolist()
        assert rows.index.tolist() == split.index.tolist()
    assert len(latents.index) == 150


def test_the_manifest_says_how_it_was_measured(iris_model: Artifact) -> None:
    manifest = iris_model.manifest
    elbo, parts = manifest.metric("elbo"), ("reconstruction", "kl")
    assert elbo is not None
    assert (elbo.split, elbo.unit, elbo.examples) == ("test", "nats per example", 30)
    others = [metric for name in parts if (metric := manifest.metric(name))]
    assert elbo.value == pytest.approx(-sum(metric.value for metric in others))
    assert manifest.metric("elbo", "train") is None
    assert manifest.run.examples == {"train": 90, "validation": 30, "test": 30}
    assert manifest.run.epochs == len(iris_model.history) == IRIS_SPEC.epochs
    assert all(isinstance(epoch, Epoch) for epoch in iris_model.history)
    assert manifest.parity.largest <= manifest.parity.allowed <= 1e-5


@pytest.mark.parametrize("damage", [flip_byte, truncate, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(
    own_models: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(own_models / IRIS / name)
    assert_only_iris_is_broken(ArtifactCorrupt, name)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b"{}",
        b'{"schema_version": 1}',
        b'{"schema_version": true}',
    ],
)
def test_a_manifest_that_is_none_is_named(own_models: Path, content: bytes | None) -> None:
    path = own_models / IRIS / MANIFEST
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert_only_iris_is_broken(ArtifactCorrupt, MANIFEST)


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 10**9, "2"])
def test_a_later_schema_asks_for_an_update(own_models: Path, version: Any) -> None:
    edit_manifest(own_models / IRIS, lambda values: values.update(schema_version=version, new=1))
    assert_only_iris_is_broken(ArtifactTooNew, f"{MANIFEST}.*Update")


@pytest.mark.parametrize(
    "change",
    [{"beta": 0.5}, {"dataset": "wine"}, {"latent_dim": 3}, {"latent_dim": 0}, {"unknown": 1}],
)
def test_a_tampered_specification_is_noticed(own_models: Path, change: dict[str, Any]) -> None:
    edit_manifest(own_models / IRIS, lambda values: values["spec"].update(change))
    assert_only_iris_is_broken(ArtifactCorrupt, MANIFEST)


@pytest.mark.parametrize(
    "edit",
    [
        lambda values: values.update(model_id="iris-table-z2-00000000"),
        lambda values: values.update(digest="0" * 64),
        lambda values: values["files"].pop(WEIGHTS),
        lambda values: values["files"].update({"../../secret": values["files"][WEIGHTS]}),
        lambda values: values["metrics"][0].update(value=None),
        lambda values: values.update(extra=1),
    ],
)
def test_a_manifest_that_contradicts_itself(
    own_models: Path, edit: Callable[[dict[str, Any]], None]
) -> None:
    edit_manifest(own_models / IRIS, edit)
    assert_only_iris_is_broken(ArtifactCorrupt, MANIFEST)


def test_a_directory_with_another_models_name(own_models: Path) -> None:
    other = "iris-table-z2-00000000"
    (own_models / IRIS).rename(own_models / other)
    with pytest.raises(ArtifactCorrupt, match=f"{other}.*{IRIS}"):
        registry.open_model(other)
    assert registry.status(IRIS_SPEC) is None
    assert registry.open_model(DIGITS)


class Trap:
    """Leaves a file behind if anybody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_pickled_arrays_are_refused_and_never_run(own_models: Path, tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "run")], dtype=object)
    arrays = {**np.load(own_models / IRIS / LATENTS), "mean": trap}
    np.savez(tmp_path / LATENTS, **arrays)
    replace_file(own_models / IRIS, LATENTS, (tmp_path / LATENTS).read_bytes())
    with pytest.raises(ArtifactCorrupt, match=LATENTS):
        _ = registry.open_model(IRIS).latents
    assert not (tmp_path / "run").exists()
    pickle.loads(pickle.dumps(Trap(tmp_path / "run")))
    assert (tmp_path / "run").exists(), "the trap must work, or the test shows nothing"


def npy_bytes(folder: Path) -> bytes:
    np.save(folder / "x.npy", np.zeros(3))
    return (folder / "x.npy").read_bytes()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no arrays", "npy", "cut"])
def test_latents_that_are_none(iris_model: Artifact, tmp_path: Path, content: bytes | str) -> None:
    path = iris_model.path / LATENTS
    if content == "npy":
        content = npy_bytes(tmp_path)
    elif content == "cut":
        content = path.read_bytes()[:200] + bytes(50) + path.read_bytes()[250:]
    assert isinstance(content, bytes)
    path.write_bytes(content)
    with pytest.raises(ArtifactCorrupt, match=LATENTS):
        _ = iris_model.latents


@pytest.mark.parametrize(
    "change",
    [
        {"mean": np.zeros((150, 3), np.float32)},
        {"mean": np.zeros((149, 2), np.float32)},
        {"label": np.zeros((150, 1), np.int64)},
        {"split": np.zeros(3, np.uint8)},
        {"index": np.array(0)},
    ],
)
def test_latents_of_the_wrong_shape(iris_model: Artifact, change: dict[str, Any]) -> None:
    path = iris_model.path / LATENTS
    np.savez(path, **{**np.load(path), **change})
    with pytest.raises(ArtifactCorrupt, match=LATENTS):
        _ = iris_model.latents


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[1]", b'[{"epoch": "1"}]'])
def test_a_history_that_is_none(iris_model: Artifact, content: bytes) -> None:
    (iris_model.path / HISTORY).write_bytes(content)
    with pytest.raises(ArtifactCorrupt, match=HISTORY):
        _ = iris_model.history


def test_status_looks_and_touches_nothing(home: Path) -> None:
    assert registry.status(IRIS_SPEC) is None
    assert registry.models() is not None
    with pytest.raises(NotFound):
        registry.open_model("no-such-model")
    assert not home.exists()


def test_status_knows_what_is_stored(own_models: Path) -> None:
    assert registry.status(IRIS_SPEC) == own_models / IRIS
    assert registry.status(tiny_spec("iris", seed=1)) is None


def test_an_unambiguous_beginning_is_a_name(own_models: Path) -> None:
    assert registry.open_model("ir").manifest.model_id == IRIS
    shutil.copytree(own_models / IRIS, own_models / "iris-copy")
    with pytest.raises(NotFound, match=rf"{IRIS}.*several"):
        registry.open_model("iris")
    assert registry.open_model(IRIS).manifest.model_id == IRIS


@pytest.mark.parametrize("name", ["", "wine", "IRIS", " iris", "\0", "x" * 10_000])
def test_a_name_that_nobody_has(own_models: Path, name: str) -> None:
    with pytest.raises(NotFound, match=IRIS):
        registry.open_model(name)


def outside(own_models: Path) -> list[str]:
    """Ways to spell the path of a whole model that is not in the registry."""
    elsewhere = own_models.parent / "elsewhere"
    shutil.copytree(own_models / IRIS, elsewhere / IRIS)
    return [f"../elsewhere/{IRIS}", str(elsewhere / IRIS), f"./{IRIS}", f"{IRIS}/", ".", ".."]


def test_a_path_is_no_name(own_models: Path) -> None:
    for name in outside(own_models):
        with pytest.raises(NotFound):
            registry.open_model(name)
        with pytest.raises(NotFound):
            registry.remove(name)
    assert (own_models.parent / "elsewhere" / IRIS / MANIFEST).is_file()


def test_removing_a_model(own_models: Path) -> None:
    registry.remove(IRIS)
    assert [path.name for path in own_models.iterdir()] == [DIGITS]
    with pytest.raises(NotFound, match=IRIS):
        registry.remove(IRIS)


def test_a_broken_model_can_be_removed(own_models: Path) -> None:
    (own_models / IRIS / MANIFEST).unlink()
    registry.remove(IRIS)
    assert [path.name for path in own_models.iterdir()] == [DIGITS]


def test_a_shipped_model_is_not_removed_and_comes_first(own_models: Path, tmp_path: Path) -> None:
    shipped = tmp_path / "clone" / "pretrained"
    shutil.copytree(own_models / IRIS, shipped / IRIS)
    assert registry.open_model(IRIS).path == shipped / IRIS
    assert [entry.path for entry in registry.models() if entry.model_id == IRIS] == [shipped / IRIS]
    registry.remove(IRIS)
    with pytest.raises(NotFound):
        registry.remove(IRIS)
    assert registry.open_model(IRIS).path == shipped / IRIS


def test_what_is_no_model_is_not_listed(own_models: Path) -> None:
    (own_models / "README.md").write_text("# Models", encoding="utf-8")
    shutil.copytree(own_models / IRIS, own_models / f"{registry.STAGING_PREFIX}abc")
    assert {entry.model_id for entry in registry.models()} == {IRIS, DIGITS}


def stage(source: Path, root: Path) -> Path:
    """A whole staged copy of a model, ready to publish."""
    staged = root / f"{registry.STAGING_PREFIX}{threading.get_ident()}"
    return Path(shutil.copytree(source, staged))


def test_publishing_twice_at_once_leaves_one_whole_model(trained_root: Path, home: Path) -> None:
    together, published = threading.Barrier(4), []

    def publish() -> None:
        with registry.staging(home / "models") as staged:
            shutil.copytree(trained_root / IRIS, staged, dirs_exist_ok=True)
            together.wait()
            published.append(registry.publish(staged))

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {artifact.path for artifact in published} == {home / "models" / IRIS}
    assert len(published) == 4
    assert [path.name for path in (home / "models").iterdir()] == [IRIS]
    assert published[0].verify()


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_what_is_not_whole_is_not_published(trained_root: Path, home: Path, name: str) -> None:
    with (
        pytest.raises(ArtifactCorrupt, match=name),
        registry.staging(home / "models") as staged,
    ):
        shutil.copytree(trained_root / IRIS, staged, dirs_exist_ok=True)
        (staged / name).unlink()
        registry.publish(staged)
    assert not list((home / "models").iterdir())


def test_a_published_model_is_for_everybody_to_read(own_models: Path) -> None:
    staged = own_models / f"{registry.STAGING_PREFIX}x"
    staged.mkdir(mode=0o700)
    shutil.copytree(own_models / IRIS, staged, dirs_exist_ok=True)
    registry.remove(IRIS)
    assert registry.publish(staged).path.stat().st_mode & 0o777 == 0o755


def test_what_is_staged_can_be_discarded_from_outside(tmp_path: Path) -> None:
    with registry.staging(tmp_path) as staged:
        (staged / WEIGHTS).touch()
        registry.discard_staged()
        assert not staged.exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_training_leaves_nothing(
    home: Path, interruption: type[BaseException]
) -> None:
    def interrupt(epoch: Epoch) -> None:
        assert [path.name[:9] for path in (home / "models").iterdir()] == [registry.STAGING_PREFIX]
        raise interruption

    with pytest.raises(interruption):
        train_model(tiny_spec("iris", seed=2), on_epoch=interrupt)
    assert not list((home / "models").iterdir())


def test_the_same_specification_is_not_trained_again(own_models: Path) -> None:
    def refuse(epoch: Epoch) -> None:
        raise AssertionError("trained again")

    assert train_model(IRIS_SPEC, on_epoch=refuse).path == own_models / IRIS


def test_a_folder_that_is_named_gets_the_model(own_models: Path, tmp_path: Path) -> None:
    """What is stored elsewhere is trained once more there, and found there the next time."""
    epochs: list[Epoch] = []
    for _ in range(2):
        model = train_model(IRIS_SPEC, root=tmp_path / "named", on_epoch=epochs.append)
        assert model.path == tmp_path / "named" / IRIS
    assert len(epochs) == IRIS_SPEC.epochs
    assert model.file(WEIGHTS).read_bytes() == (own_models / IRIS / WEIGHTS).read_bytes()


def test_a_broken_model_is_not_trained_over(own_models: Path) -> None:
    flip_byte(own_models / IRIS / WEIGHTS)
    with pytest.raises(ArtifactCorrupt, match=f"{WEIGHTS}.*Delete"):
        train_model(IRIS_SPEC)


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"start_from": "no-such-model"}, NotFound, "no-such-model"),
        ({"start_from": "iris"}, SpecInvalid, "whole name"),
        ({"start_from": IRIS, "split_seed": 1}, SpecInvalid, "split_seed=1"),
        ({"start_from": IRIS, "without": "setosa"}, SpecInvalid, "has seen that class"),
        ({"start_from": IRIS, "hidden": (9,)}, ArtifactCorrupt, "same architecture"),
        ({"start_from": IRIS, "latent_dim": 3}, ArtifactCorrupt, "same architecture"),
        ({"start_from": DIGITS}, ArtifactCorrupt, "same architecture"),
    ],
)
def test_what_a_training_cannot_continue(
    own_models: Path, values: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        train_model(tiny_spec("iris", **values))
    assert {path.name for path in own_models.iterdir()} == {IRIS, DIGITS}


def test_a_training_continues_where_the_output_lies(
    own_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`start_from` is looked up in the folder that is written to, too."""
    output = tmp_path / "output"
    own_models.rename(output)
    spec: TrainingSpec = tiny_spec("iris", start_from=IRIS, epochs=1)
    assert train_model(spec, root=output).path == output / spec.model_id
