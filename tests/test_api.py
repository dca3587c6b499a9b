"""`import vae_core`: light, honest about what it is given, and the same as the command line."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import vae_core
from tests.conftest import DIGITS_SPEC, IRIS_SPEC, ROOT
from tests.test_supervisor import LONG, diverging
from tests.waiting import wait_for
from vae_core import paths
from vae_core.errors import (
    DataInvalid,
    DataUnavailable,
    InvalidInput,
    LatentError,
    NotFound,
    SpecInvalid,
    TrainingDiverged,
)
from vae_core.figures import PALETTE, TEMPLATE
from vae_core.jobs.process import is_alive
from vae_core.jobs.run_directory import all_runs
from vae_core.jobs.state import State
from vae_core.spec.training_spec import TrainingSpec

IRIS, DIGITS = IRIS_SPEC.model_id, DIGITS_SPEC.model_id
HEAVY = ("tensorflow", "keras", "pandas", "sklearn", "scipy", "streamlit", "plotly", "numpy")


def settings(spec: TrainingSpec) -> dict[str, Any]:
    """The settings of a specification, as `train` takes them beside the dataset."""
    return {name: value for name, value in spec if name != "dataset"}


def printed(code: str, **environment: str) -> str:
    """What a fresh Python prints that runs `code`."""
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_importing_brings_nothing() -> None:
    code = (
        "import sys, vae_core; names = dir(vae_core)\n"
        f"print([name for name in {HEAVY} if name in sys.modules], 'open_model' in names)"
    )
    assert printed(code).strip() == "[] True"


def test_every_name_is_there_and_no_other() -> None:
    for name in vae_core.__all__:
        assert callable(getattr(vae_core, name)), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = vae_core.nothing


def test_the_datasets_can_be_asked_for_before_and_after_their_package() -> None:
    before = "import vae_core; print(*vae_core.datasets())"
    after = "import vae_core.datasets; print(*vae_core.datasets())"
    assert printed(before) == printed(after)
    assert vae_core.datasets()["iris"].labels == ("setosa", "versicolor", "virginica")
    assert vae_core.load("iris").description == vae_core.datasets()["iris"]


def test_a_model_is_found_by_a_prefix_and_says_what_it_is(own_models: Path) -> None:
    model = vae_core.open_model("iris")
    assert re.fullmatch(
        rf"<Model {IRIS}: Iris, 2 latent dimensions, held-out ELBO −?[\d.]+ nats>", repr(model)
    )
    assert "conditional" in repr(vae_core.open_model(DIGITS))
    assert (model.path, model.manifest.spec) == (own_models / IRIS, IRIS_SPEC)
    assert [m.manifest.model_id for m in vae_core.models()] == sorted([IRIS, DIGITS])
    with pytest.raises(NotFound):
        vae_core.open_model("mnist")


def test_a_broken_model_is_left_out(own_models: Path) -> None:
    (own_models / DIGITS / "manifest.json").write_text("{", encoding="utf-8")
    assert [model.manifest.model_id for model in vae_core.models()] == [IRIS]


def test_rows_of_a_table(own_models: Path) -> None:
    model, data = vae_core.open_model(IRIS), vae_core.load("iris").test
    mean, log_var = model.encode(data.x)
    assert mean.shape == log_var.shape == (len(data), 2)
    assert (model.reconstruct(data.x) == model.decode(mean)).all()
    first, again, other = (model.sample(5, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (5, 4)
    assert (first == again).all()
    assert not np.allclose(first, other)
    assert (first == model.decode(model.draw(5, seed=1))).all()


def test_pictures_may_be_as_stored_or_in_the_unit_interval(own_models: Path) -> None:
    model, data = vae_core.open_model(DIGITS), vae_core.load("digits").test
    stored, shown = data.x[:20], data.x[:20] / 16
    for one, other in zip(
        model.encode(stored, data.label[:20]), model.encode(shown, data.label[:20]), strict=True
    ):
        assert one == pytest.approx(other, abs=1e-6)
    for wrong in (data.x.astype(np.float32), 17 + stored, -shown):
        with pytest.raises(DataInvalid, match="whole numbers up to 16"):
            model.encode(wrong, 3)
    for bad in (stored[0], "text", np.full_like(shown, np.nan)):
        with pytest.raises(DataInvalid):
            model.encode(bad, 3)


def test_a_label_is_for_conditional_models_alone(own_models: Path) -> None:
    iris, digits = vae_core.open_model(IRIS), vae_core.open_model(DIGITS)
    assert digits.sample(3, label=7).shape == digits.sample(3, label=[1, 2, 3]).shape
    for label in (None, 10, [1, 2]):
        with pytest.raises(DataInvalid):
            digits.sample(3, label=label)
    for call in (iris.encode, iris.reconstruct):
        with pytest.raises(InvalidInput, match="not conditional"):
            call(vae_core.load("iris").test.x, 1)
    with pytest.raises(InvalidInput):
        iris.sample(0)


def test_the_numbers_are_those_of_the_manifest(own_models: Path) -> None:
    model = vae_core.open_model(IRIS)
    quick = {m.name: m.value for m in model.evaluate(quick=True, progress=False)}
    stored = {m.name: m.value for m in model.manifest.metrics}
    assert quick == pytest.approx(stored, abs=1e-4)
    whole = model.evaluate(importance_samples=10, importance_examples=10, progress=False)
    assert {"importance_bound", "aggregated_kl", "knn_5_accuracy"} <= {m.name for m in whole}


@pytest.mark.parametrize("prefix", [IRIS, DIGITS])
def test_the_plane_is_a_figure_in_our_colours(own_models: Path, prefix: str) -> None:
    from plotly.graph_objects import Figure

    model = vae_core.open_model(prefix)
    figure = model.plane()
    assert isinstance(figure, Figure)
    points = [trace for trace in figure.data if trace.meta["overlay"] == "points"]
    assert sum(len(trace.x) for trace in points) == model.manifest.run.examples["test"]
    assert [trace.marker.color for trace in points] == list(PALETTE[: len(points)])
    assert figure.layout.template.layout.colorway == TEMPLATE["layout"]["colorway"]
    names = ("z1", "z2") if prefix == IRIS else ("PC 1", "PC 2")
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == names
    assert model.plane(split="train", axes=(1, 0)).layout.xaxis.title.text == "z2"
    for wrong in ({"split": "all"}, {"axes": (0, 9)}):
        with pytest.raises(InvalidInput):
            model.plane(**wrong)


@pytest.mark.slow
def test_one_latent_dimension_is_a_line(home: Path) -> None:
    model = vae_core.train("iris", **{**settings(IRIS_SPEC), "latent_dim": 1}, in_process=True)
    figure = model.plane()
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("z1", "")


@pytest.mark.slow
def test_training_happens_in_a_child_and_is_seen(home: Path, trained_root: Path) -> None:
    """The same bytes as in this process, no TensorFlow here, and a run that the app shows."""
    code = (
        "import sys, vae_core\n"
        f"model = vae_core.train('iris', **{settings(IRIS_SPEC)!r})\n"
        "print(model.path, 'tensorflow' in sys.modules)"
    )
    assert printed(code) == f"{home / 'models' / IRIS} False\n"
    stored = vae_core.open_model(IRIS)
    for name in ("encoder.onnx", "decoder.onnx", "weights.safetensors", "latents.npz"):
        assert (stored.path / name).read_bytes() == (trained_root / IRIS / name).read_bytes(), name
    assert stored.manifest.run.command.startswith("python -c ")
    ((run, record),) = all_runs()
    assert (record.state, record.model_id, record.visitor) == (State.DONE, IRIS, "python")
    assert run.film.epochs == (1, 2)
    again = vae_core.train("iris", **settings(IRIS_SPEC))
    assert again.path == stored.path
    assert len(all_runs()) == 1, "what is stored is not trained again"


@pytest.mark.slow
def test_the_progress_names_each_epoch(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    vae_core.train("iris", **settings(IRIS_SPEC), progress=False)
    assert not "".join(capfd.readouterr())
    vae_core.train("iris", **{**settings(IRIS_SPEC), "seed": 1})
    assert "2/2" in capfd.readouterr().err


@pytest.mark.slow
def test_every_wrong_end_is_an_error_of_ours(home: Path, no_project_data: None) -> None:
    for wrong, error in (
        ({"dataset": "nothing"}, NotFound),
        ({"dataset": "iris", "beta": -1}, SpecInvalid),
        ({"dataset": "iris", "colour": "red"}, SpecInvalid),
        ({"dataset": "mnist"}, DataUnavailable),
        ({"dataset": "wine", **settings(diverging())}, TrainingDiverged),
    ):
        with pytest.raises(error):
            vae_core.train(**wrong, progress=False)
    assert not list((home / "models").glob("*")), "nothing unfinished is kept"
    assert {record.state for _, record in all_runs()} == {State.FAILED}


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Ctrl-C raises `KeyboardInterrupt`, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("heard_interrupts")
def test_a_training_that_is_cancelled_or_interrupted_leaves_no_process(home: Path) -> None:
    def cancel() -> None:
        ((run, _),) = wait_for(lambda: [r for r in all_runs() if r[0].feed().poll().history])
        run.ask_to_cancel()

    def interrupt() -> None:
        wait_for(lambda: [r for r in all_runs()[1:] if r[0].feed().poll().history])
        os.kill(os.getpid(), signal.SIGINT)

    for end, error in ((cancel, LatentError), (interrupt, KeyboardInterrupt)):
        thread = threading.Thread(target=end)
        thread.start()
        with pytest.raises(error):
            vae_core.train("iris", **settings(LONG), progress=False)
        thread.join()
    for _, record in all_runs():
        assert record.state is State.CANCELLED
        assert record.worker is not None
        assert not is_alive(record.worker)
    assert not list((home / "models").glob("*"))


def block_of(section: str) -> str:
    """The one piece of Python in a section of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```python\n(.*?)^```", found, re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.mark.slow
def test_the_readme_learns_a_table_in_three_lines() -> None:
    block = block_of("Your own table")
    assert len([line for line in block.splitlines() if line]) == 3
    frame = pd.read_csv(paths.tables() / "penguins.csv")
    names: dict[str, Any] = {"frame": frame}
    exec(block, names)
    assert frame.isna().any().any()
    assert not names["completed"].isna().any().any()
    assert names["codes"].shape == (len(frame), 2)
    assert list(names["rows"].columns) == list(frame.columns)


@pytest.mark.slow
def test_the_readme_shows_what_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = block_of("From Python")
    lines = [line for line in block.splitlines() if line]
    assert lines[0] == "import vae_core"
    assert len(lines) == 10
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(block, names)
    assert type(names["figure"]).__module__.startswith("plotly")
