"""The Anomalies page without a browser: its numbers, outliers of every kind, absent data."""

import shutil
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from latent_plane.threshold import serve_scores
from pages.anomalies import example_scores, scores, top_scores
from pages.anomalies.outliers import SHUFFLED, Outliers, stored
from pages.shared.models import served
from pages.shared.query_params import find_share
from tests.conftest import tiny_spec
from tests.visits import captions, html_of, rerun, shipped, visit
from vae_core.arrays import Int64Array
from vae_core.artifacts import registry
from vae_core.artifacts.codec import WIDEST, OnnxCodec
from vae_core.errors import DataInvalid, InvalidInput
from vae_core.figures.detection import precision_figure, roc_figure, scores_figure
from vae_core.metrics import elbo_parts
from vae_core.metrics.detection import Detection, auroc
from vae_core.metrics.likelihood import observation_model
from vae_core.worker.pipeline import train_model

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_shelf")]


NEW_SEVEN = Outliers("class", label=7, new=True)


def served_labels(model_id: str) -> Int64Array:
    """Labels of the held-out examples."""
    return registry.open_model(model_id).latents.of("test").label


def text_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "digits"])
def test_the_page_says_how_well_shuffled_examples_are_told_apart(dataset: str) -> None:
    model_id = shipped(dataset)
    app = visit("anomalies", model=model_id)
    normal, strange = scores.parted(served(model_id), "negative_elbo", SHUFFLED)
    assert f"AUROC **{auroc(normal, strange):.3f}**" in text_of(app)
    assert "higher than" in html_of(app)
    assert not app.error and not app.warning


def test_held_out_scores_are_the_models_negative_elbo() -> None:
    model_id = shipped("digits")
    artifact = registry.open_model(model_id)
    rows = np.flatnonzero(artifact.latents.split == 2)
    found = scores.scored(served(model_id), None, bound=False)
    x, _ = stored(served(model_id), None)
    maximum = artifact.manifest.description.maximum
    parts = elbo_parts(
        OnnxCodec(artifact), x, None, observation_model(artifact.manifest), scale=maximum
    )
    assert len(rows) == len(found["kl"])
    np.testing.assert_allclose(found["negative_elbo"], -parts.elbo, rtol=1e-6)


def test_a_class_against_the_others_shares_the_held_out_scores() -> None:
    model_id = shipped("digits")
    whole = scores.scored(served(model_id), None, bound=False)["kl"]
    normal, strange = scores.parted(served(model_id), "kl", Outliers("class", label=9))
    assert 0 < len(strange) < len(normal)
    assert sorted([*normal, *strange]) == sorted(whole)


@pytest.fixture(scope="module")
def trained_without_seven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("without-seven")
    return train_model(tiny_spec("digits", architecture="dense", without="7"), root=root).path


@pytest.mark.parametrize("against", [SHUFFLED, Outliers("class", label=3)])
def test_a_class_that_was_not_learned_is_never_normal(
    trained_without_seven: Path, home: Path, against: Outliers
) -> None:
    model_id = trained_without_seven.name
    shutil.copytree(trained_without_seven, home / "models" / model_id)
    app = visit("anomalies", model=model_id)
    assert app.selectbox(key=f"outliers of {model_id}").value == NEW_SEVEN, "what one came for"
    assert "left out of this model's training" in captions(app)
    label = served_labels(model_id)
    normal, strange = scores.parted(served(model_id), "kl", NEW_SEVEN)
    assert (len(normal), len(strange)) == ((label != 7).sum(), (label == 7).sum())
    assert len(scores.normal_scores(served(model_id), bound=False)["kl"]) == (label != 7).sum()
    others = (label != 7) & (label != against.label)
    assert len(scores.parted(served(model_id), "kl", against)[0]) == others.sum()
    app.selectbox(key=f"outliers of {model_id}").set_value(against)
    rerun(app)
    opened = f"AUROC **{auroc(*scores.parted(served(model_id), 'negative_elbo', against)):.3f}**"
    assert opened in text_of(app)


def test_the_address_says_against_whom() -> None:
    model_id = shipped("digits")
    box = f"outliers of {model_id}"
    app = visit("anomalies", model=model_id, against="class-4", score="kl")
    assert app.selectbox(key=box).value == Outliers("class", label=4)
    app.selectbox(key=box).set_value(SHUFFLED)
    rerun(app)
    assert app.query_params["against"] == "shuffled"
    assert visit("anomalies", model=model_id, against="class-77").selectbox(key=box).value == (
        SHUFFLED
    )


@pytest.mark.parametrize(
    ("text", "share"), [("0.9", 0.9), ("1", None), ("0", None), ("nan", None), ("x", None)]
)
def test_only_a_share_is_taken_from_the_address(text: str, share: float | None) -> None:
    assert find_share(text) == share


def test_shuffling_keeps_values_and_breaks_what_belongs_together() -> None:
    for dataset, axis in (("iris", 0), ("digits", 1)):
        before, _ = stored(served(shipped(dataset)), None)
        after, _ = stored(served(shipped(dataset)), SHUFFLED)
        flat = [x.reshape(len(x), -1) for x in (before, after)]
        assert not np.array_equal(flat[0], flat[1])
        first, second = (np.sort(x, axis=axis) for x in flat)
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("score", list(scores.SCORES))
def test_every_score_has_its_page(score: str) -> None:
    grey = score == scores.RELATIVE
    app = visit("anomalies", model=shipped("digits" if grey else "iris"))
    app.selectbox(key="score").set_value(score)
    rerun(app)
    assert scores.SCORES[score].name in html_of(app)
    assert scores.SCORES[score].help in captions(app)


def test_a_table_has_no_least_possible_cost() -> None:
    app = visit("anomalies", model=shipped("iris"))
    assert scores.SCORES[scores.RELATIVE].name not in app.selectbox(key="score").options


@pytest.mark.parametrize("who", [top_scores.HELD_OUT, top_scores.OUTLIERS])
def test_an_opened_example_stands_beside_its_score(who: str) -> None:
    model_id = shipped("digits")
    app = visit("anomalies", model=model_id)
    app.segmented_control(key=f"{top_scores.KEY} Of").set_value(who)
    rerun(app)
    found = scores.parted(served(model_id), "negative_elbo", SHUFFLED)[who == top_scores.OUTLIERS]
    place = int(found.argmax())
    scope = f"{model_id} negative_elbo {SHUFFLED} {who == top_scores.HELD_OUT}"
    app.session_state[top_scores.KEY] = (scope, place)
    rerun(app)
    links = [link.proto.label for link in app.page_link]
    assert ("Reconstruct this" in links) is (who == top_scores.HELD_OUT)
    assert "Walk from here" in links
    if who == top_scores.HELD_OUT:
        assert f"{found.max():.1f} nats" in html_of(app)
    app.button[0].click()
    rerun(app)
    assert top_scores.KEY not in app.session_state


def test_no_example_is_stranger_than_all_unless_it_is() -> None:
    model_id = shipped("iris")
    held_out = scores.scored(served(model_id), None, bound=False)
    least = {name: float(values.min()) for name, values in held_out.items()}
    assert set(example_scores.shares(served(model_id), least).values()) == {0.0}
    beyond = {name: float(values.max()) + 1 for name, values in held_out.items()}
    assert set(example_scores.shares(served(model_id), beyond).values()) == {1.0}


@pytest.mark.slow
def test_another_dataset_is_scored_and_its_widest_posterior_stays_finite() -> None:
    model_id = shipped("mnist")
    fashion = Outliers("dataset", "fashion_mnist")
    found = scores.scored(served(model_id), fashion, bound=False)
    assert all(np.isfinite(values).all() and len(values) == 10_000 for values in found.values())
    assert found["kl"].max() < np.exp(WIDEST) * 2
    normal, strange = scores.parted(served(model_id), "reconstruction", fashion)
    assert auroc(normal, strange) > 0.9


@pytest.mark.usefixtures("no_training_images")
def test_without_the_training_images_everything_is_scored() -> None:
    app = visit("anomalies", model=shipped("mnist"))
    assert "not on this machine" not in captions(app)
    against = app.selectbox(key=f"outliers of {shipped('mnist')}")
    assert against.options[0] == "Fashion-MNIST"
    assert "AUROC" in " ".join(text.value for text in app.markdown)


def test_figures_are_plotlys_and_hold_every_score() -> None:
    rng = np.random.default_rng(0)
    normal, strange = rng.normal(size=300), rng.normal(3, 1, size=50)
    detection = Detection.of(normal, strange)
    histogram = scores_figure(normal, strange, names=("a", "b"), title="nats")
    for figure in (histogram, roc_figure(detection), precision_figure(detection)):
        go.Figure({"data": figure.data, "layout": figure.layout})
    assert [trace["y"].sum() for trace in histogram.data] == pytest.approx([1, 1], abs=1e-3)
    curve = roc_figure(detection).data[1]
    area = np.trapezoid(curve["y"], curve["x"])
    assert area == pytest.approx(auroc(normal, strange), abs=0.01)
    with pytest.raises(DataInvalid):
        scores_figure(normal, [], names=("a", "b"), title="nats")
    assert scores_figure([1.0], [1.0], names=("a", "b"), title="")


def test_scores_without_both_kinds_are_refused() -> None:
    with pytest.raises(InvalidInput):
        serve_scores([], [1.0], [2.0], names=("a", "b"), unit="nats", digits=1)
