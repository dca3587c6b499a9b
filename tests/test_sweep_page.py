"""The Sweep page without a browser: its form, what it refuses, and a sweep that has ended."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from latent_plane.live_figures import read_pick
from latent_plane.steps import step_slider
from tests.visits import captions, html_of, rerun, visit
from vae_core import add_dataset, paths
from vae_core.errors import DataInvalid
from vae_core.jobs import Supervisor
from vae_core.sweeps import SweepDirectory, SweepPlan, SweepRunner, all_sweeps
from vae_core.sweeps.reading import plan_of
from vae_core.worker.pipeline import train_model

pytestmark = pytest.mark.slow
BRIEF = {"epochs": 2, "kl_warmup_epochs": 0, "hidden": "8"}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two models of `ended`, trained once."""
    root, plan = tmp_path_factory.mktemp("swept"), swept()
    for values in plan.grid():
        train_model(plan.spec(values, 0), root=root)
    return root


@pytest.fixture
def runner(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Iterator[SweepRunner]:
    """The app's runner, with sweeps of this test only."""
    runner = SweepRunner(supervisor)
    monkeypatch.setattr(sys.modules[SweepRunner.__module__], "_only", runner)
    yield runner
    runner.close()


@pytest.fixture
def ended(runner: SweepRunner, home: Path, models: Path, no_project_data: None) -> str:
    """The name of a sweep of iris over two values of beta whose models are both here."""
    home.mkdir(exist_ok=True)
    (home / "models").symlink_to(models)
    return runner.start(swept())


def swept() -> SweepPlan:
    return plan_of("iris", {"beta": "0.5,2", **BRIEF})


def form_of(dataset: str) -> AppTest:
    app = visit("sweep")
    app.selectbox(key="sweep dataset").set_value(dataset)
    return rerun(app)


def button(app: AppTest) -> Any:
    """The form's one primary button."""
    (found,) = (one for one in app.button if str(one.key).startswith("sweep button"))
    assert found.proto.type == "primary"
    return found


def written(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def set_text(app: AppTest, field: str, text: str) -> AppTest:
    app.text_input(key=f"sweep iris values of {field}").set_value(text)
    return rerun(app)


@pytest.mark.usefixtures("runner")
def test_the_form_says_what_it_costs_and_what_it_does_not_understand() -> None:
    app = form_of("iris")
    assert button(app).label == "Start the sweep"
    assert "10 trainings" in captions(app)
    assert "on this machine" in captions(app)
    for text, problem in (("1, x", "numbers"), ("1, 1", "different"), ("-1, 2", "beta")):
        app = set_text(app, "beta", text)
        assert button(app).disabled
        assert problem in app.error[0].value
        assert app.number_input(key="sweep iris epochs").value, "the form keeps its fields"
    app = set_text(app, "beta", "0.1..10")
    assert "range" in app.error[0].value
    app.button_group(key="sweep iris search").set_value("tpe")
    app = rerun(app)
    assert not app.error
    assert "20 trainings" in captions(app)
    app = set_text(app, "beta", "0.5, 1")
    app.button_group(key="sweep iris search").set_value("grid")
    app.multiselect(key="sweep iris varied").set_value(["beta", "hidden"])
    app = rerun(app)
    assert "8 trainings" in captions(app)
    assert "16" in html_of(app)
    assert not all_sweeps(), "nothing was begun"


def test_a_sweep_is_started_stopped_and_continued(runner: SweepRunner) -> None:
    app = set_text(form_of("iris"), "beta", "1, 4")
    app.number_input(key="sweep iris epochs").set_value(10_000)
    rerun(app)
    button(app).click()
    rerun(app)
    (sweep,) = all_sweeps()
    assert app.query_params["sweep"] == sweep.sweep_id
    assert runner.is_driving(sweep.sweep_id)
    assert [axis.values for axis in sweep.read().plan.axes] == [(1.0, 4.0)]
    assert "of 4 trainings done" in json.dumps([bar.proto.text for bar in app.get("progress")])
    assert button(app).disabled
    app.button(key="sweep order stop").click()
    rerun(app)
    assert sweep.is_stopped
    app.button(key="sweep order continue").click()
    rerun(app)
    assert not sweep.is_stopped
    runner.stop(sweep.sweep_id)


def test_whoever_opens_an_ended_sweep_sees_its_best_its_figures_and_its_settings(
    ended: str, runner: SweepRunner
) -> None:
    app = visit("sweep", sweep=ended)
    results = runner.results(ended)
    assert results.is_finished
    assert results.best is not None
    assert "Finished" in written(app)
    assert f"Best: **beta {results.best.spec.beta:g}**" in written(app)
    assert app.text_input(key="sweep iris values of beta").value == "0.5, 2"
    assert app.number_input(key="sweep iris epochs").value == 2
    assert app.selectbox(key=f"model of {ended}").value == results.best.model_id
    shown = {str(one.proto.component_name).split(".")[-1]: one for one in app.get("bidi_component")}
    assert {"live_figures", "steps"} <= set(shown)
    table = html_of(app)
    assert table.count("1 of 1") == 2
    assert "decides nothing" in captions(app)
    assert "one seed each" in captions(app)


def test_a_click_picks_a_model_and_anything_else_does_not(ended: str, runner: SweepRunner) -> None:
    results = runner.results(ended)
    assert results.best is not None
    (other,) = (trial for trial in results.done if trial is not results.best)
    app = visit("sweep", sweep=ended)
    app.session_state[f"model of {ended}"] = other.model_id
    app = rerun(app)
    assert app.selectbox(key=f"model of {ended}").value == other.model_id
    links = [link.proto.query_string for link in app.get("page_link")]
    assert any(other.model_id in link for link in links)
    assert read_pick({"name": 3}) is None
    assert read_pick({"name": other.model_id}) == other.model_id


def test_what_is_not_here_and_what_is_of_somebody_elses_data_is_not_shown(ended: str) -> None:
    key = add_dataset(paths.tables() / "penguins.csv", owner="somebody else").key
    hidden = SweepDirectory.of(plan_of(key, {"beta": "1,2"})).sweep_id
    for name in ("iris-nothing", hidden):
        app = visit("sweep", sweep=name)
        assert "not here" in app.info[0].value
        links = " ".join(link.proto.query_string for link in app.get("page_link"))
        assert ended in links
        assert hidden not in links


def test_steps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataInvalid, match="as many notes"):
        step_slider(key="x", label="beta", steps=["1"], notes=[], rows=[])
