"""The Generate page without a browser: the same seed, the same samples; files; honest checks."""

import csv
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.generate import classes, downloads, fidelity, samples, sampling
from pages.generate.controls import AS_DATA
from pages.generate.sampling import CLASSES, NEAR, POSTERIOR, PRIOR, Request
from pages.shared.models import served
from tests.visits import html_of, shipped, visit
from vae_core import figures
from vae_core.datasets import originals
from vae_core.metrics.fidelity import chance_distance
from vae_core.metrics.fidelity import fidelity as measured_fidelity

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """Nothing that another test has computed."""
    for cached in (served, sampling.drawn, sampling.mixture_of, fidelity.compared):
        cached.clear()


def words_of(app: AppTest) -> str:
    texts = [element.value for element in (*app.markdown, *app.caption, *app.info)]
    return " ".join([*texts, html_of(app)])


@pytest.mark.parametrize("way", [PRIOR, POSTERIOR, NEAR, "Traversals"])
@pytest.mark.parametrize("dataset", ["iris", "digits"])
def test_a_link_opens_each_way(dataset: str, way: str) -> None:
    app = visit("generate", model=shipped(dataset), way=way, z="0.500,-0.250")
    assert app.segmented_control(key="way").value == way
    if way != NEAR:  # there the ring goes to the example
        assert app.query_params["z"] == "0.500,-0.250"
    assert not app.error and not app.warning


def test_settings_stand_in_the_address_and_those_out_of_bounds_are_left_out() -> None:
    app = visit("generate", model=shipped("iris"), seed="7", temperature="0.5", rows="40")
    assert app.number_input(key="seed").value == 7
    assert app.slider(key="temperature").value == 0.5
    assert "against 40 generated ones" in words_of(app)
    astray = visit("generate", model=shipped("iris"), seed="-3", temperature="99", rows="9999999")
    assert astray.number_input(key="seed").value == 0
    assert astray.slider(key="temperature").value == 1.0
    assert astray.number_input(key="rows").value == 500


def test_the_same_request_is_the_same_draw_and_another_seed_another() -> None:
    model_id = shipped("digits")
    first = sampling.drawn(served(model_id), Request(PRIOR, 16, seed=3))
    sampling.drawn.clear()
    again = sampling.drawn(served(model_id), Request(PRIOR, 16, seed=3))
    other = sampling.drawn(served(model_id), Request(PRIOR, 16, seed=4))
    assert np.array_equal(first.x, again.x) and not np.array_equal(first.x, other.x)
    assert np.array_equal(first.x, served(model_id).codec.decode(first.z))


def test_samples_near_an_example_shrink_onto_it_with_the_spread() -> None:
    latents = served(shipped("digits")).artifact.latents
    around = tuple(latents.mean[5].tolist()), tuple(latents.log_var[5].tolist())
    still = sampling.drawn(served(shipped("digits")), Request(NEAR, 9, width=0.0, around=around))
    assert np.allclose(still.z, latents.mean[5])


def test_the_rows_of_a_class_differ_from_others_only_by_class() -> None:
    model_id = shipped("mnist", conditional=True)
    draw, model = sampling.drawn(served(model_id), Request(CLASSES, 4)), served(model_id)
    rows = classes.class_rows(model, draw)
    assert [row.label for row in rows] == list(range(10))
    for row, x in zip(rows, draw.x.reshape(10, 4, *draw.x.shape[1:]), strict=True):
        assert np.array_equal(row.z, rows[0].z)
        assert np.allclose(x, model.codec.decode(row.z, row.label), atol=1e-5)


def test_labels_as_often_as_in_the_data_stand_beside_their_pictures() -> None:
    model_id = shipped("mnist", conditional=True)
    draw, model = sampling.drawn(served(model_id), Request(PRIOR, 16)), served(model_id)
    assert len(set(draw.label.tolist())) > 3
    row = samples.grid(draw, 4)[1]
    assert row.label_at(2) == draw.label_at(6)
    assert draw.at(row.z[2], draw.label_at(6)) == 6
    decoded = model.codec.decode(row.z, np.array(row.label))
    assert np.allclose(decoded, draw.x[4:8], atol=1e-5)


def test_a_label_chosen_for_the_decoder_is_told_for_all() -> None:
    model_id = shipped("mnist", conditional=True)
    assert visit("generate", model=model_id).selectbox(key="told").value == AS_DATA
    assert visit("generate", model=model_id, told="7").selectbox(key="told").value == "7"
    draw = sampling.drawn(served(model_id), Request(PRIOR, 4, label=7))
    assert np.allclose(draw.x, served(model_id).codec.decode(draw.z, np.full(4, 7)), atol=1e-5)


def test_a_model_that_was_not_told_the_label_says_what_it_takes_and_where_it_is() -> None:
    app = visit("generate", model=shipped("mnist"), way=CLASSES)
    assert "trained without labels" in words_of(app)
    app.button[0].click().run()
    assert not app.exception
    assert app.query_params["model"] == shipped("mnist", conditional=True)
    assert "trained without labels" not in words_of(app)
    (link,) = visit("generate", model=shipped("iris"), way=CLASSES).get("page_link")
    assert link.proto.label == "Train one"


def test_files_hold_what_is_shown() -> None:
    model_id, request = shipped("digits"), Request(PRIOR, 16, seed=2)
    draw = sampling.drawn(served(model_id), request)
    picture = Image.open(BytesIO(downloads.grid_png(served(model_id), request, columns=4)))
    assert picture.format == "PNG" and picture.width >= 500
    with np.load(BytesIO(downloads.arrays_npz(draw)), allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays} == {
            "x": (16, 8, 8, 1),
            "z": (16, 2),
            "label": (16,),
        }
        assert np.array_equal(arrays["x"], draw.x)


def test_a_csv_of_rows_names_features_with_their_units() -> None:
    model_id, request = shipped("iris"), Request(PRIOR, 20, noise=True)
    head, *rows = csv.reader(StringIO(downloads.rows_csv(served(model_id), request).decode()))
    assert head[0] == "sepal length (cm)"
    x = sampling.drawn(served(model_id), request).x
    assert np.allclose(np.array(rows, np.float64), x, rtol=1e-5)


def test_noise_adds_what_the_model_has_learned_of_each_feature() -> None:
    model_id = shipped("iris")
    plain, noisy = (
        sampling.drawn(served(model_id), Request(PRIOR, 5000, noise=n)) for n in (False, True)
    )
    added = (noisy.x - plain.x).std(axis=0)
    assert np.allclose(added, served(model_id).manifest.noise_scale, rtol=0.05)


def test_a_verdict_names_what_differs_and_passes_the_data_themselves() -> None:
    features = served(shipped("iris")).manifest.description.features
    data = np.asarray(originals("iris", np.arange(150)))
    alike = fidelity.verdict(measured_fidelity(data, data), features, allowed=0.2)
    assert alike.startswith("No feature differs")
    moved = data + np.array([0, 0, 3.0, 0])
    apart = fidelity.verdict(measured_fidelity(data, moved), features, allowed=0.2)
    assert apart.startswith("1 of 4 features differs") and "petal length" in apart


def test_without_the_data_a_page_of_samples_still_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    app = visit("generate", model=shipped("mnist"), way=NEAR)
    assert not app.exception and 'role="img"' in words_of(app)


def test_chance_exceeds_its_distance_as_rarely_as_it_says() -> None:
    rng = np.random.default_rng(0)
    allowed = chance_distance(80, 120, tests=5)
    beyond = [
        measured_fidelity(rng.normal(size=(80, 5)), rng.normal(size=(120, 5))).distance.max()
        > allowed
        for _ in range(400)
    ]
    assert np.mean(beyond) < 0.08
    assert chance_distance(8000, 12000) < allowed / 5


def test_figures_of_a_check_are_plotlys_and_show_every_feature() -> None:
    import plotly.graph_objects as go

    features = served(shipped("iris")).manifest.description.features
    data = np.asarray(originals("iris", np.arange(150)))
    found = measured_fidelity(data, data[:80])
    marginals = figures.marginals_figure(found, features=features, columns=(2, 0))
    correlations = figures.correlations_figure(found, features=features)
    bic = figures.bic_figure({1: 30.0, 2: 10.0, 3: 12.5}, chosen=2)
    for figure in (marginals, correlations, bic):
        go.Figure(figure.data, figure.layout)  # refuses what Plotly's schema doesn't know
    assert [note["text"].split(" (")[0] for note in marginals.layout["annotations"]] == [
        "petal length",
        "sepal length",
    ]
    shares = [np.sum(trace["y"]) for trace in marginals.data]
    assert np.allclose(shares, 1)
    assert bic.data[0]["y"] == [20.0, 0.0, 2.5]
