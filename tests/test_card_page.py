"""The Model card page without a browser: numbers and units, measuring, files, absent data."""

import json
import time
from html import unescape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from pages.card import measurement, metrics_table
from pages.shared import models
from tests.conftest import DIGITS_SPEC, IRIS_SPEC
from tests.visits import captions, html_of, rerun, shipped, visit
from vae_core.artifacts import registry
from vae_core.artifacts.card import PCA, amount, card_json, split_words, title
from vae_core.datasets import default_spec
from vae_core.errors import DataInvalid
from vae_core.figures.aggregated import aggregated_figure
from vae_core.figures.confusion import confusion_figure
from vae_core.figures.feature_maps import feature_maps
from vae_core.metrics.representation import LabelledCodes, neighbour_labels

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_shelf")]

SECONDS = 120


def words_of(app: AppTest) -> str:
    return " ".join([*(element.value for element in app.markdown), captions(app), html_of(app)])


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "digits"])
def test_each_stored_number_says_what_it_is(dataset: str, conditional: bool) -> None:
    if conditional and dataset != "digits":
        return
    model_id = shipped(dataset, conditional=conditional)
    manifest = registry.open_model(model_id).manifest
    app = visit("card", model=model_id)
    assert not app.error and not app.warning
    html = unescape(html_of(app))
    for metric in manifest.metrics:
        name = metric.name.removeprefix(PCA)
        if name.startswith("kl_z"):  # a figure
            continue
        shown = html.partition(f"<td>{title(name)}<small>")[2].partition("</tr>")[0]
        assert amount(metric) in shown
        if name == metric.name:  # the row's own; that of PCA stands beside it
            for said in (metric.unit, metric.estimator, f"{metric.examples:,}"):
                assert said in shown
    said = words_of(app)
    assert split_words(manifest) in said
    assert manifest.description.licence in said
    assert app.code[0].value == manifest.run.command


@pytest.mark.parametrize(
    ("page", "ways"), [("explore", ["Model card"]), ("card", ["Explore it", "Anomalies"])]
)
def test_pages_of_one_model_lead_to_one_another(page: str, ways: list[str]) -> None:
    model_id = shipped("iris")
    found = {
        link.proto.label: link.proto.query_string for link in visit(page, model=model_id).page_link
    }
    assert {found[way] for way in ways} == {f"model={model_id}"}


def test_neighbours_share_is_that_of_the_metric() -> None:
    model_id = shipped("digits")
    latents = registry.open_model(model_id).latents
    train, held = latents.of("train"), latents.of("test")
    said = neighbour_labels(LabelledCodes.of(train.mean, train.label), held.mean, neighbours=5)
    assert f"**{(said == held.label).mean():.1%}** of {len(said):,}" in captions(
        visit("card", model=model_id)
    )


def test_settings_that_differ_from_the_defaults_are_named_with_them(own_models: Path) -> None:
    html = html_of(visit("card", model=IRIS_SPEC.model_id))
    default = default_spec("iris").epochs
    assert IRIS_SPEC.epochs != default
    assert f"<b>{IRIS_SPEC.epochs}</b>" in html
    assert f"instead of {default}<" in html


def test_a_model_of_three_dimensions_that_is_told_labels_has_a_card(own_models: Path) -> None:
    app = visit("card", model=DIGITS_SPEC.model_id)
    assert not app.error
    assert "Samples from the prior" in words_of(app)
    assert app.selectbox(key=f"card label of {DIGITS_SPEC.model_id}").value == 0


def test_measuring_everything_adds_rows_to_table_and_card(
    own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = IRIS_SPEC.model_id
    app = visit("card", model=model_id)
    assert "active units" not in html_of(app)
    button(app, "Measure everything").click()
    rerun(app)
    measured = awaited(measurement.measurement(models.served(model_id))).metrics
    assert measured is not None
    rerun(app)
    html = html_of(app)
    for name in ("importance_bound", "active_units", "knn_5_accuracy", "knn_15_accuracy"):
        assert title(name) in html
    pca = next(metric for metric in measured if metric.name == "pca_knn_5_accuracy")
    assert f'data-head="PCA">{amount(pca)}</td>' in html
    assert not [b for b in app.button if b.label == "Measure everything"]
    manifest = registry.open_model(model_id).manifest
    assert len(json.loads(card_json(manifest, measured))["metrics"]) == len(measured)
    assert manifest.metrics == measured, "one's own model keeps them"
    models.served.clear()
    fresh = measurement.Measurement(model_id)  # as after a restart
    monkeypatch.setattr(metrics_table, "measurement", lambda _: fresh)
    app = visit("card", model=model_id)
    assert title("active_units") in html_of(app)
    assert not [b for b in app.button if b.label == "Measure everything"]


def test_a_measurement_that_failed_says_why_and_can_begin_again(own_models: Path) -> None:
    model, away = own_models / IRIS_SPEC.model_id, own_models.parent / "away"
    task = measurement.Measurement(model.name)
    model.rename(away)
    task.begin()
    assert model.name in awaited(task).failure
    assert task.metrics is None
    away.rename(model)
    task.begin()
    assert awaited(task).metrics
    assert not task.failure


@pytest.mark.usefixtures("no_training_images")
def test_without_the_training_images_the_card_shows_all_that_it_has() -> None:
    app = visit("card", model=shipped("mnist"))
    assert "not on this machine" not in captions(app)
    assert not app.button
    assert "originals over reconstructions" in html_of(app)
    assert "given their true label" in captions(app)


@pytest.mark.usefixtures("no_training_images")
def test_what_takes_the_training_images_is_said_where_numbers_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics_table, "is_complete", lambda _: False)
    app = visit("card", model=shipped("mnist"))
    assert metrics_table.WITHOUT_PCA in captions(app)
    assert [b.label for b in app.button] == ["Fetch MNIST, 9.9 MB", "Measure everything"]


def test_the_figures_are_in_plotlys_words() -> None:
    counts = np.array([[5, 1], [0, 3]])
    drawn = go.Figure(json.loads(confusion_figure(counts, label_names=("a", "b")).to_json()))
    assert sorted(text for trace in drawn.data[1:] for text in trace.text) == ["1", "3", "5"]
    places = np.linspace(-3, 3, 7)
    for density, names in ((np.ones(7), ["z1"]), (np.ones((7, 7)), ["z1", "z2"])):
        go.Figure(json.loads(aggregated_figure(density, places, names=names).to_json()))
    features = registry.open_model(shipped("wine")).manifest.description.features[:3]
    maps = feature_maps(np.ones((7, 7, 3)), places, features=features)
    assert len(go.Figure(json.loads(maps.to_json())).data) == 3


def test_figures_of_other_shapes_are_refused() -> None:
    with pytest.raises(DataInvalid, match="one row and one column"):
        confusion_figure(np.ones((2, 3)), label_names=("a", "b"))
    with pytest.raises(DataInvalid, match="places"):
        aggregated_figure(np.ones((3, 4)), np.ones(4), names=("z1", "z2"))
    with pytest.raises(DataInvalid, match="values"):
        feature_maps(np.ones((3, 3, 1)), np.ones(3), features=())


def awaited(task: measurement.Measurement) -> measurement.Measurement:
    limit = time.monotonic() + SECONDS
    while task.running and time.monotonic() < limit:
        time.sleep(0.02)
    return task


def button(app: AppTest, label: str) -> Button:
    return next(element for element in app.button if element.label == label)
