"""The Explore page without a browser: what a visitor reads, links, bad links, broken models."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from latent_plane.plane_state import LARGEST, pack_rows
from pages.shared import models, query_params
from tests.conftest import ROOT
from tests.visits import captions, html_of, rerun, shipped, visit
from vae_core import paths
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import SPLITS
from vae_core.datasets import originals
from vae_core.figures.raster import data_uri
from vae_core.latent.plane import nearest

NEIGHBOURS = 8
"""Pictures nearest to z that the page shows."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_shelf")]


def test_titles_tell_the_shipped_models_apart() -> None:
    found = [entry.manifest for entry in registry.models(within=[ROOT / "pretrained"])]
    manifests = [manifest for manifest in found if manifest]
    titles = [
        (m.spec.dataset, models._model_title(m, of_dataset).rpartition(" · ")[0])
        for m in manifests
        for of_dataset in [[n for n in manifests if n.spec.dataset == m.spec.dataset]]
    ]
    assert len(set(titles)) == len(titles)


def test_the_best_of_a_kind_comes_first() -> None:
    found = registry.models(within=[ROOT / "pretrained"])
    manifest = next(e.manifest for e in found if e.manifest and e.model_id == shipped("digits"))
    elbo = manifest.metrics[0]
    better = manifest.model_copy(
        update={"metrics": (elbo.model_copy(update={"value": elbo.value + 1}),)}
    )
    dim = better.model_copy(update={"spec": better.spec.model_copy(update={"latent_dim": 16})})
    unknown = manifest.model_copy(update={"metrics": ()})
    ranked = sorted([dim, unknown, manifest, better], key=registry.rank)
    assert ranked == [better, manifest, unknown, dim]


def release(app: AppTest, model_id: str, **gesture: object) -> AppTest:
    """As if the browser had let go on the plane of `model_id`."""
    whole = {"serial": 1, "decodes": True, "label": None, "clicked": None, **gesture}
    app.session_state[f"plane-{model_id}"] = {"gesture": whole}
    return rerun(app)


def test_a_visitor_meets_the_favourite_dataset_without_any_choice() -> None:
    app = visit("explore")
    assert app.selectbox(key="dataset").value == models.FAVOURITE
    assert not app.warning and not app.error


@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "digits"])
def test_every_offline_dataset_shows_its_plane_and_its_neighbours(dataset: str) -> None:
    model_id = shipped(dataset)
    app = visit("explore", model=model_id)
    assert app.selectbox(key="dataset").value == dataset
    assert app.query_params["model"] == model_id
    manifest = registry.open_model(model_id).manifest
    metric = manifest.metric("elbo")
    assert metric is not None
    assert f"{abs(metric.value):.1f}" in captions(app)
    assert "nats per" in captions(app)
    assert "away" in html_of(app)


def test_a_link_opens_the_same_model_at_the_same_point() -> None:
    model_id = shipped("digits")
    app = visit("explore", model=model_id, z="1.250,-0.500")
    assert app.query_params["z"] == "1.250,-0.500"
    latents = registry.open_model(model_id).latents
    _, distances = nearest(np.array([1.25, -0.5]), latents.mean, count=1)
    assert f"{distances[0]:.2f} away" in html_of(app)


def test_the_ring_leads_on_to_morph_and_its_nearest_example_to_reconstruct() -> None:
    model_id = shipped("digits")
    latents = registry.open_model(model_id).latents
    app = visit("explore", model=model_id, z="1.250,-0.500")
    ways = {link.proto.label: parse_qs(link.proto.query_string) for link in app.page_link}
    assert ways["Use as anchor"]["anchors"] == ["1.250,-0.500"]
    rows, _ = nearest(np.array([1.25, -0.5]), latents.mean, count=1)
    assert ways["Reconstruct the nearest"]["row"] == [str(rows[0])]


@pytest.mark.parametrize("z", ["", "1", "1,2,3", "nan,0", "a,b", "'; drop,0"])
def test_a_point_that_makes_no_sense_starts_at_the_priors_centre(z: str) -> None:
    app = visit("explore", model=shipped("digits"), z=z)
    assert app.query_params["z"] == "0.000,0.000"


@pytest.mark.parametrize(
    ("z", "nearest_place"),
    [("250,-0.5", (250, -0.5)), ("1e9,0", (LARGEST, 0)), ("0,-inf", (0, -LARGEST))],
)
def test_a_point_far_out_is_where_the_link_says_or_at_the_planes_end(
    z: str, nearest_place: tuple[float, float]
) -> None:
    assert query_params.read_point(z, 2).tolist() == pytest.approx(nearest_place)


def test_a_link_to_a_model_that_is_not_here_says_so_and_shows_another() -> None:
    app = visit("explore", model="mnist-dense-z2-00000000")
    assert "mnist-dense-z2-00000000" in app.warning[0].value
    assert app.selectbox(key="dataset").value == models.FAVOURITE


def test_letting_go_moves_the_address_and_the_neighbours() -> None:
    model_id = shipped("digits")
    app = visit("explore", model=model_id)
    before = html_of(app)
    release(app, model_id, z=[0.6, -1.5])
    assert app.query_params["z"] == "0.600,-1.500"
    assert html_of(app) != before


def test_a_lasso_shows_its_label_counts_and_examples() -> None:
    model_id = shipped("digits")
    latents = registry.open_model(model_id).latents
    rows = np.flatnonzero(latents.label == 6)[:10]
    rows = np.append(rows, np.flatnonzero(latents.label == 0)[:3])
    app = release(visit("explore", model=model_id), model_id, z=[0, 0], selected=pack_rows(rows))
    assert any("13 examples" in element.value for element in app.markdown)
    counts = re.findall(r"(\d+) <b>(\d+)</b>", html_of(app))
    assert counts == [("6", "10"), ("0", "3")]
    assert html_of(app).count('role="img"') == 13 + NEIGHBOURS


def test_a_lasso_in_a_table_compares_means() -> None:
    model_id = shipped("iris")
    latents = registry.open_model(model_id).latents
    setosa = np.flatnonzero(latents.label == 0)
    app = release(visit("explore", model=model_id), model_id, z=[0, 0], selected=pack_rows(setosa))
    mean = originals("iris", latents.index[setosa]).mean(axis=0)
    assert "mean of selection" in html_of(app)
    assert f"{mean[0]:.4g}" in html_of(app)


def test_a_gesture_of_nonsense_changes_nothing() -> None:
    model_id = shipped("digits")
    app = visit("explore", model=model_id, z="0.500,0.500")
    for gesture in ({"z": ["x", 0]}, {"z": [1]}, {"z": [float("nan"), 0]}, {"selected": "%%%"}):
        release(app, model_id, **gesture)
        assert app.query_params["z"] == "0.500,0.500"
    release(app, model_id, z=[0, 0], serial=2, clicked=10**6, selected=pack_rows([10**5]))
    assert "Choose Lasso" in captions(app)


def test_a_told_label_keeps_neighbours_of_that_label() -> None:
    model_id = shipped("mnist", conditional=True)
    app = visit("explore", model=model_id, z="0.000,0.000", label="7")
    assert any("labelled 7" in element.value for element in app.markdown)
    latents = registry.open_model(model_id).latents.of("test")
    _, distances = nearest(np.zeros(2), latents.mean[latents.label == 7], count=1)
    assert f"{distances[0]:.2f} away" in html_of(app)


@pytest.mark.parametrize("label", [-1, 10, 10**6])
def test_a_label_that_does_not_exist_is_not_told_to_the_decoder(label: int) -> None:
    model_id = shipped("mnist", conditional=True)
    app = release(visit("explore", model=model_id, label="3"), model_id, z=[0, 0], label=label)
    assert app.query_params["label"] == "3"


@pytest.mark.usefixtures("no_training_images")
@pytest.mark.parametrize("points", ["train", "all"])
def test_training_images_that_are_not_here_are_decoded_and_the_page_says_so(points: str) -> None:
    """At a place whose nearest examples are of both kinds."""
    artifact = registry.open_model(shipped("mnist"))
    is_test = artifact.latents.split == SPLITS.index("test")
    place = next(
        mean
        for mean in artifact.latents.mean[is_test]
        if 1 < is_test[nearest(mean, artifact.latents.mean, count=NEIGHBOURS)[0]].sum() < NEIGHBOURS
    )
    z = query_params.write_point(place)
    app = visit("explore", model=artifact.manifest.model_id, z=z)
    app.selectbox(key="dots of mnist").set_value(points)
    rerun(app)
    which = "those with * are" if points == "all" else "these are"
    assert (
        f"The training examples of MNIST are not on this machine, so {which} reconstructions."
        in captions(app)
    )
    assert "--download" in captions(app)
    assert html_of(app).count('role="img"') == NEIGHBOURS
    marked = html_of(app).count(" *,")
    assert 0 < marked < NEIGHBOURS if points == "all" else marked == 0


@pytest.mark.usefixtures("no_training_images")
def test_without_the_training_images_the_page_shows_the_held_out_originals() -> None:
    model_id = shipped("mnist")
    app = visit("explore", model=model_id)
    assert "not on this machine" not in captions(app)
    latents = registry.open_model(model_id).latents.of("test")
    rows, _ = nearest(np.zeros(2), latents.mean, count=NEIGHBOURS)
    sheet = np.concatenate(list(originals("mnist", latents.index[rows])), axis=1)
    assert data_uri(sheet) in html_of(app)


def test_a_broken_model_is_named_and_the_others_go_on(home: Path) -> None:
    source = paths.project() / "pretrained" / shipped("iris")
    broken = registry.user_root() / "iris-table-z2-ffffffff"
    shutil.copytree(source, broken)
    app = visit("explore", model=shipped("iris"))
    assert broken.name in app.warning[0].value
    assert home in registry.user_root().parents
    assert app.selectbox(key="dataset").value == "iris"


def test_a_model_with_a_flipped_byte_is_refused_in_words() -> None:
    manifest = json.loads(
        (ROOT / "pretrained" / shipped("iris") / "manifest.json").read_text(encoding="utf-8")
    )
    target = registry.user_root() / manifest["model_id"]
    shutil.copytree(ROOT / "pretrained" / manifest["model_id"], target)
    weights = target / "decoder.onnx"
    content = bytearray(weights.read_bytes())
    content[100] ^= 1
    weights.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "roots", lambda: (registry.user_root(),))
        app = visit("explore", model=manifest["model_id"])
    assert "can't be opened" in app.error[0].value
    assert "decoder.onnx" in app.error[0].value


def test_no_model_at_all_says_how_to_train_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(registry, "roots", lambda: (tmp_path,))
    app = visit("explore")
    assert "python -m vae_core train" in app.info[0].value


def test_a_point_survives_the_way_through_an_address() -> None:
    z = np.array([1.234, -0.5, 0.001], np.float32)
    assert np.allclose(query_params.read_point(query_params.write_point(z), 3), z, atol=5e-4)
