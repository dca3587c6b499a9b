"""The Train and Jobs pages without a browser: the form, what it refuses, and the list of runs."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import presets, run_summary
from pages.train.network import in_words, network_of
from tests.conftest import tiny_spec
from tests.visits import captions, html_of, visit
from tests.waiting import wait_for
from vae_core.datasets import CATALOGUE, default_spec, entry, is_available
from vae_core.jobs import Record, State, Supervisor
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import new_job_id
from vae_core.spec.intervention import Intervention
from vae_core.spec.training_spec import TrainingSpec

pytestmark = pytest.mark.slow


def markdown(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def with_dataset(dataset: str, **query: str) -> AppTest:
    app = visit("train", **query)
    app.selectbox(key="train dataset").set_value(dataset).run()
    assert not app.exception, app.exception
    return app


def primary(app: AppTest) -> Any:
    """The form's primary button; a run that ended offers others of its own beside it."""
    (button,) = (button for button in app.button if str(button.key).startswith("train button"))
    assert button.proto.type == "primary"
    return button


def named(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize(
    ("dataset", "elsewhere"), [("digits", {"hide_cells"}), ("penguins", {"drawn_input", "filters"})]
)
def test_the_form_has_every_setting_with_the_specifications_words(
    dataset: str, elsewhere: set[str]
) -> None:
    app = with_dataset(dataset)
    if dataset == "digits":
        app.selectbox(key="train digits architecture").set_value("conv").run()
    kinds = ("selectbox", "select_slider", "number_input", "text_input", "toggle", "button_group")
    found: list[Any] = [element for kind in kinds for element in app.get(kind)]
    shown = {element.label: element.help for element in found}
    left_out = {"start_from", "changes", "stop_after", "subset", *elsewhere}
    for name, field in TrainingSpec.model_fields.items():
        if name not in left_out and name != "dataset":
            assert shown[field.title] == f"{field.description}."
    assert "Train on a part of the data" in shown


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize("dataset", CATALOGUE)
def test_a_first_visit_has_one_button_and_a_living_stage(dataset: str) -> None:
    app = with_dataset(dataset)
    button = primary(app)
    here = is_available(dataset)
    assert button.label == ("Train" if here else "Download and train")
    assert not button.disabled
    assert ("downloaded first" in captions(app)) is not here
    assert app.button_group(key=f"train {dataset} preset").value == "1 min"
    spec = default_spec(dataset)
    assert in_words(network_of(spec, entry(spec.dataset).description)) in html_of(app)
    assert ("thumbnails" if spec.likelihood == "bernoulli" else "example-table") in html_of(app)


@pytest.mark.usefixtures("supervisor")
def test_the_network_is_drawn_as_the_settings_say() -> None:
    app = with_dataset("digits")
    app.select_slider(key="train digits latent_dim").set_value(8).run()
    app.toggle(key="train digits conditional").set_value(True).run()
    network = network_of(
        default_spec("digits", latent_dim=8, conditional=True), entry("digits").description
    )
    assert in_words(network) in html_of(app)
    assert f"{network.parameters:,} parameters" in markdown(app)
    assert "also given the label" in captions(app)


@pytest.mark.parametrize("dataset", ["iris", "digits"])
def test_a_stored_model_is_opened_or_trained_again_from_the_next_seed(
    dataset: str, supervisor: Supervisor
) -> None:
    app = with_dataset(dataset)
    app.button_group(key=f"train {dataset} preset").set_value("Best").run()
    for seed, taken in ((1, "seed 0 is taken"), (2, "seeds 0 and 1 are taken")):
        assert f"seed {seed}, as {taken}" in captions(app)
        assert primary(app).label == "Train it again"
        primary(app).click().run()
        assert supervisor.jobs()[0].record.spec == default_spec(dataset, seed=seed)
    for job in supervisor.jobs():
        supervisor.cancel(job.job_id)
    named(app, "Open it").click().run()
    assert not app.exception
    assert app.query_params["model"] == default_spec(dataset).model_id


def test_what_is_being_trained_is_watched_and_not_trained_twice(supervisor: Supervisor) -> None:
    job = supervisor.submit(default_spec("digits", epochs=3000), visitor="somebody else")
    app = with_dataset("digits")
    app.number_input(key="train digits epochs").set_value(3000).run()
    assert primary(app).label == "Watch it"
    primary(app).click().run()
    assert app.query_params["job"] == job.job_id
    assert primary(app).disabled
    assert "You are watching this training" in captions(app)
    supervisor.cancel(job.job_id)
    wait_for(lambda: not supervisor.job(job.job_id).state.active)
    app.run()
    assert primary(app).label == "Train"
    assert not primary(app).disabled


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "digits", "mnist"])
def test_each_preset_trains_for_its_time_and_best_as_long_as_suits_the_data(dataset: str) -> None:
    app = with_dataset(dataset)
    epochs = {}
    for preset in ("10 s", "1 min", "Best"):
        app.button_group(key=f"train {dataset} preset").set_value(preset).run()
        epochs[preset] = int(app.number_input(key=f"train {dataset} epochs").value or 0)
    assert epochs["10 s"] < epochs["1 min"]
    assert epochs["Best"] == default_spec(dataset).epochs not in (epochs["10 s"], epochs["1 min"])
    seconds = presets.expected(default_spec(dataset, epochs=epochs["1 min"])).seconds
    assert 50 < seconds <= 60


@pytest.mark.usefixtures("supervisor")
def test_a_preset_follows_the_settings_until_epochs_are_set_by_hand() -> None:
    app = with_dataset("digits")
    epochs = "train digits epochs"
    before = int(app.number_input(key=epochs).value or 0)
    app.text_input(key="train digits hidden dense").set_value("2048, 2048").run()
    slower = int(app.number_input(key=epochs).value or 0)
    assert 1 <= slower < before / 2
    app.number_input(key=epochs).set_value(7).run()
    (preset,) = (group for group in app.button_group if group.label == "Time to spend")
    assert preset.value is None
    app.text_input(key="train digits hidden dense").set_value("16").run()
    assert app.number_input(key=epochs).value == 7
    assert "7 epochs" in captions(app)


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize("widths", ["", "12, x", "0", "1e3", "5000", "1,1,1,1,1,1,1,1,1"])
def test_impossible_widths_are_refused_in_words(widths: str) -> None:
    app = with_dataset("digits")
    app.text_input(key="train digits hidden dense").set_value(widths).run()
    assert not app.exception
    assert "Received" in app.error[0].value
    assert primary(app).label == "Train"
    assert primary(app).disabled


@pytest.mark.usefixtures("supervisor")
def test_a_link_to_a_run_that_is_gone_shows_the_form() -> None:
    app = visit("train", job="../../etc")
    assert app.selectbox(key="train dataset").value


def test_pressing_train_ends_in_a_model_that_can_be_continued(supervisor: Supervisor) -> None:
    app = with_dataset("iris")
    app.number_input(key="train iris epochs").set_value(2).run()
    named(app, "Train").click().run()
    assert not app.exception
    (job,) = supervisor.jobs()
    assert job.record.spec.epochs == 2
    limit = time.monotonic() + 90
    while supervisor.job(job.job_id).state.active and time.monotonic() < limit:
        time.sleep(0.2)
    assert supervisor.job(job.job_id).state is State.DONE, supervisor.job(job.job_id)
    app.run()
    assert ":gray-badge[Done]" in markdown(app)
    assert "2 epochs" in markdown(app)
    assert run_summary.summary(job.record.spec) in captions(app)
    model_id = supervisor.job(job.job_id).record.model_id
    form = f"continue {job.job_id}"
    betas = [box for box in app.number_input if (box.form_id, box.label) == (form, "Beta")]
    betas[0].set_value(3.0)
    next(button for button in app.button if button.form_id == form).click().run()
    assert not app.exception
    more = supervisor.jobs()[0]
    settings_of_more = {"beta": 3.0, "kl_warmup_epochs": 0}
    assert more.record.spec == job.record.spec.continued(str(model_id), **settings_of_more)
    assert f"Continues {model_id} with beta 3 instead of {job.record.spec.beta:g}." in captions(app)
    supervisor.cancel(more.job_id)


def test_a_story_tells_what_was_changed_when_and_what_a_fork_does_otherwise(home: Path) -> None:
    parent = tiny_spec("iris", epochs=9).changed(Intervention(epoch=3, beta=2.0))
    run = RunDirectory.create(
        Record(job_id=new_job_id(), visitor="a", spec=parent, state=State.DONE)
    )
    (run.path / "film").mkdir()
    for ending in ("npz", "safetensors"):
        (run.path / "film" / f"00005.{ending}").touch()
    assert run_summary.summary(parent) == "Started from random weights. Beta 2 from epoch 3 on."
    assert run_summary.summary(parent.stopped(6)).endswith("Stopped after epoch 6.")
    assert run_summary.in_force(parent, 2)["beta"] == parent.beta != 2
    assert run_summary.in_force(parent, 3)["beta"] == 2.0
    start = parent.state_after(5)
    fork = parent.continued(start, beta=4.0, learning_rate=parent.learning_rate)
    name = start.partition("@")[0]
    assert run_summary.summary(fork) == f"Fork of {name} after epoch 5 with beta 4 instead of 2."
    same = parent.continued(start, beta=2.0)
    assert run_summary.summary(same) == f"Fork of {name} after epoch 5 with the same settings."
    gone = parent.continued("iris-table-z2-ffffffff", beta=8.0)
    assert run_summary.summary(gone) == "Continues iris-table-z2-ffffffff."


def test_all_runs_are_listed_and_can_be_cancelled(supervisor: Supervisor) -> None:
    first = supervisor.submit(tiny_spec("digits", epochs=3000), visitor="a")
    second = supervisor.submit(tiny_spec("digits", epochs=3000, seed=1), visitor="b")
    app = visit("jobs")
    assert markdown(app).count("3,000 epochs") == 2
    app.button(key=f"cancel {second.job_id}").click().run()
    app.button(key=f"cancel {first.job_id}").click().run()
    limit = time.monotonic() + 10
    while any(job.state.active for job in supervisor.jobs()) and time.monotonic() < limit:
        time.sleep(0.1)
    assert {job.state for job in supervisor.jobs()} == {State.CANCELLED}


def test_a_visitors_third_job_is_refused_in_words(supervisor: Supervisor) -> None:
    app = with_dataset("digits")
    for seed in (1, 2, 3):
        app.number_input(key="train digits seed").set_value(seed).run()
        named(app, "Train").click().run()
    assert "at most one running and one waiting" in app.error[0].value
    for job in supervisor.jobs():
        supervisor.cancel(job.job_id)
