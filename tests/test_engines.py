"""Engines without a process: the setting, what is sent to a worker, and what comes back."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import IRIS_SPEC
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import DECODER
from vae_core.errors import ArtifactCorrupt, DataUnavailable, InvalidInput
from vae_core.jobs.engines import transfer
from vae_core.jobs.engines.engine import address_of, chosen
from vae_core.jobs.engines.local import LocalEngine
from vae_core.jobs.engines.transfer import Known, News, belongings, check_arrival, news, take
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, new_job_id

NAMES = st.sampled_from(
    ["events.jsonl", "worker.log", "error.json", "film/probes.npz"]
    + [f"film/{n:05}.{ending}" for n in (1, 2) for ending in ("onnx", "safetensors", "npz")]
)


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("", None),
        ("local", None),
        ("dask://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("dask+tls://head.cluster:1", "tls://head.cluster:1"),
        ("dask://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_a_setting_names_an_engine(setting: str, address: str | None) -> None:
    assert address_of(setting) == address


@pytest.mark.parametrize("setting", ["dask", "dask://host", "tcp://host:1", "dask://host:70000"])
def test_another_setting_is_refused_in_words(setting: str) -> None:
    with pytest.raises(InvalidInput, match=r"LATENT_ENGINE.*dask://127.0.0.1:8786.*Received"):
        address_of(setting)


def test_the_engine_is_chosen_by_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENT_ENGINE", raising=False)
    assert isinstance(chosen(slots=3), LocalEngine)
    assert chosen(slots=3).slots == 3
    monkeypatch.setenv("LATENT_ENGINE", "dask://127.0.0.1:8786")
    monkeypatch.setattr("vae_core.jobs.engines.engine.find_spec", lambda _: None)
    with pytest.raises(InvalidInput, match=r"requirements-dask\.txt"):
        chosen()


@given(st.data())
def test_what_a_worker_writes_arrives_whatever_is_lost(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Files grow, are replaced and go; answers are lost and come in parts; in the end both sides
    hold the same."""
    there, here = (RunDirectory(tmp_path_factory.mktemp(name)) for name in ("there", "here"))
    known: Known = {}
    drafts: dict[str, bytes] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "PIECE", data.draw(st.integers(1, 40)))
        for _ in range(data.draw(st.integers(1, 8))):
            _write(there.path / data.draw(NAMES), data.draw(st.binary(max_size=30)), data)
            told = news(there.path, known)
            if data.draw(st.booleans()):  # else the answer is lost
                take(here, told, known, drafts)
        for _ in range(1000):
            take(here, told := news(there.path, known), known, drafts)
            if told.complete:
                break
    assert _files(here.path) == _files(there.path)


def _write(path: Path, content: bytes, data: st.DataObject) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.suffix in (".jsonl", ".log"):
        with path.open("ab") as stream:
            stream.write(content)
    elif data.draw(st.booleans()):
        draft = path.with_name(".draft")
        draft.write_bytes(content)
        draft.replace(path)
    else:
        path.unlink(missing_ok=True)


def _files(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", ["../escaped", "run.json", "control.jsonl", "film/../../x"])
def test_what_no_worker_writes_is_refused(tmp_path: Path, name: str) -> None:
    run = RunDirectory(tmp_path / "run")
    run.path.mkdir()
    with pytest.raises(ArtifactCorrupt):
        take(run, News(((name, 0, b"x", 1, 1),), (), complete=True), {}, {})
    assert not _files(tmp_path)


def test_a_model_that_was_changed_on_the_way_is_not_published(
    trained_root: Path, home: Path
) -> None:
    root = registry.user_root()
    for damage in (True, False):
        with registry.staging(root) as staged:
            shutil.copytree(trained_root / IRIS_SPEC.model_id, staged, dirs_exist_ok=True)
            if damage:
                (staged / DECODER).write_bytes((staged / DECODER).read_bytes()[:-1] + b"x")
                with pytest.raises(ArtifactCorrupt, match=DECODER):
                    check_arrival(staged, IRIS_SPEC.model_id)
            else:
                with pytest.raises(ArtifactCorrupt, match="Expected the model another"):
                    check_arrival(staged, "another")
                check_arrival(staged, IRIS_SPEC.model_id)
    assert [entry.model_id for entry in registry.models(within=[root])] == [IRIS_SPEC.model_id]


def test_a_job_brings_along_what_it_starts_from(own_models: Path, home: Path) -> None:
    spec = IRIS_SPEC.continued(IRIS_SPEC.model_id)
    run = RunDirectory.create(record := Record(job_id=new_job_id(), visitor="a", spec=spec))
    sent = belongings(run, record)
    assert json.loads(sent[f"runs/{run.job_id}/run.json"])["job_id"] == run.job_id
    folder = f"models/{IRIS_SPEC.model_id}"
    model = {place: content for place, content in sent.items() if place.startswith(folder)}
    assert model == {f"{folder}/{n}": c for n, c in _files(own_models / IRIS_SPEC.model_id).items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "MOST", 1000)
        with pytest.raises(DataUnavailable, match="share the folder LATENT_HOME"):
            belongings(run, record)
