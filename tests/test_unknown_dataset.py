"""A model or a run whose dataset no catalogue here names: a colleague's, or one that is gone."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from pages.shared.navigation import PAGES
from tests.colleagues import renamed
from tests.conftest import Cli
from tests.visits import captions, html_of, shipped, visit
from vae_core import api, paths
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import DECODER, WEIGHTS
from vae_core.datasets.description import Description
from vae_core.errors import DataUnavailable
from vae_core.jobs import Record, State, Supervisor, estimate
from vae_core.jobs.film import LABELS
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import new_job_id

NAME, TITLE = "herbarium", "A colleague's herbarium"
MODELS = [shipped("iris"), shipped("digits"), shipped("mnist", conditional=True)]
NOT_HERE = f"The examples of {TITLE} are not on this machine"


def herbarium_of(model_id: str) -> Artifact:
    return renamed(model_id, NAME, title=TITLE)


def run_of(artifact: Artifact, *, description: Description | None) -> RunDirectory:
    """A finished run of that model with a film of one epoch."""
    manifest, train = artifact.manifest, artifact.latents.of("train")
    record = Record(
        job_id=new_job_id(),
        visitor="somebody",
        spec=manifest.spec,
        description=description,
        state=State.DONE,
        epoch_seconds=1.0,
    )
    run = RunDirectory.create(record)
    film = run.film.path
    film.mkdir()
    shutil.copy(artifact.file(DECODER), film / "00001.onnx")
    shutil.copy(artifact.file(WEIGHTS), film / "00001.safetensors")
    np.savez(film / "00001.npz", mean=train.mean[:50], log_var=train.log_var[:50])
    np.savez(film / LABELS, label=train.label[:50], index=train.index[:50])
    return run


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_shelf")
@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        ("explore", {}, f"{NOT_HERE}, so these are reconstructions."),
        ("reconstruct", {}, NOT_HERE),
        ("morph", {}, ""),
        ("generate", {}, ""),
        ("generate", {"way": "Near an example"}, NOT_HERE),
        ("gaps", {}, "nothing to fill"),
        ("anomalies", {}, NOT_HERE),
        ("card", {}, f"{NOT_HERE}, so they can't be shown."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_page_shows_what_is_decoded_and_says_what_is_missing(
    model_id: str, page: str, query: dict[str, str], said: str
) -> None:
    artifact = herbarium_of(model_id)
    app = visit(page, model=artifact.manifest.model_id, **query)
    assert not app.error and not app.warning
    assert app.selectbox(key="dataset").value == NAME
    told = captions(app) + " ".join(info.value for info in app.info)
    assert said in told
    assert "Fetch" not in [button.label.split()[0] for button in app.button]
    if page in ("explore", "reconstruct", "anomalies", "card"):
        assert any(tag in html_of(app) for tag in ("<img", 'role="img"', "<table"))


@pytest.mark.usefixtures("fresh_shelf")
@pytest.mark.parametrize("model_id", MODELS)
def test_it_is_compared_by_the_numbers_that_came_with_it(model_id: str) -> None:
    app = visit("compare", models=f"{herbarium_of(model_id).manifest.model_id},{model_id}")
    assert not app.error, app.error
    assert not app.warning, [one.value for one in app.warning]
    assert "these are the numbers that came with the models" in captions(app)


def test_its_card_is_written_from_the_manifest(cli: Cli) -> None:
    name = herbarium_of(shipped("iris")).manifest.model_id
    written = cli("card", name, "--quick", "--json").json()["files"]
    text = Path(written[0]).read_text(encoding="utf-8")
    assert TITLE in text and "held out for the test" in text
    assert json.loads(Path(written[1]).read_text(encoding="utf-8"))["description"]["name"] == NAME
    assert cli("sample", name, "--output", "rows.csv").code == 0
    assert NAME in cli("models").out
    for command in (("evaluate", name, "--quick"), ("card", name)):
        refused = cli(*command)
        assert refused.code == 3
        assert TITLE in refused.err and "Traceback" not in refused.err


def test_its_data_are_not_here_in_python_either() -> None:
    model = api.open_model(herbarium_of(shipped("iris")).manifest.model_id)
    assert model.sample(3).shape == (3, 4)
    with pytest.raises(DataUnavailable, match=NAME):
        model.dataset()
    with pytest.raises(DataUnavailable, match=NAME):
        model.evaluate(quick=True, progress=False)


@pytest.mark.parametrize("told", [True, False], ids=["described", "from an earlier version"])
@pytest.mark.parametrize("model_id", MODELS)
def test_its_run_is_listed_and_watched(
    model_id: str, told: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = herbarium_of(model_id)
    run = run_of(artifact, description=artifact.manifest.description if told else None)
    supervisor = Supervisor(warm=False, root=run.path.parent)
    monkeypatch.setattr(sys.modules[Supervisor.__module__], "_only", supervisor)
    try:
        assert len(supervisor.jobs()) == 1
        title = TITLE if told else NAME
        jobs = visit("jobs")
        assert title in " ".join(element.value for element in jobs.markdown)
        watched = visit("train", job=run.job_id)
        assert title in " ".join(element.value for element in watched.markdown)
        assert ("nothing here says what this run learned from" in captions(watched)) != told
        assert "Start a new run" not in captions(watched), "there is nothing to train on"
    finally:
        supervisor.close()
    known = Artifact.open(paths.pretrained() / model_id).manifest.spec
    assert estimate(known, [run.record()]).runs == 0


def test_every_page_is_tried() -> None:
    with_a_model = {"explore", "reconstruct", "morph", "generate", "gaps", "anomalies", "card"}
    assert set(PAGES) == {*with_a_model, "compare", "data", "train", "sweep", "jobs"}
