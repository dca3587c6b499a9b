"""The Morph page without a browser: anchors from links, drags and buttons, ways, files."""

import csv
from io import BytesIO, StringIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.morph import downloads, methods
from pages.morph.anchors import start_anchors
from pages.morph.methods import METHODS, paths_of
from pages.shared import models
from pages.shared.query_params import read_anchors
from tests.conftest import ROOT
from tests.visits import rerun, shipped, visit
from vae_core.artifacts import registry

pytestmark = pytest.mark.usefixtures("fresh_shelf")

PAIR = "-1.000,0.500;1.200,-0.300"
EVERY_MODEL = [entry.model_id for entry in registry.models(within=[ROOT / "pretrained"])]


def drag(app: AppTest, model_id: str, anchors: np.ndarray, **gesture: object) -> AppTest:
    """As if the browser had let go of an anchor."""
    said = {"serial": 1, "decodes": True, "label": None, "clicked": None, "arrangement": 1}
    whole = {**said, "z": [0.0] * anchors.shape[1], "anchors": anchors.tolist(), **gesture}
    app.session_state[f"morph-{model_id}"] = {"gesture": whole}
    return rerun(app)


def address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def anchors_in(app: AppTest, latent_dim: int = 2) -> np.ndarray:
    return read_anchors(address(app, "anchors"), latent_dim)


def words_on(app: AppTest) -> str:
    return " ".join(element.value for element in app.caption)


@pytest.mark.parametrize("model_id", EVERY_MODEL)
def test_every_shipped_model_starts_with_two_anchors_and_all_methods(model_id: str) -> None:
    app = visit("morph", model=model_id)
    assert not app.warning and not app.error
    start = anchors_in(app, models.served(model_id).codec.latent_dim)
    assert len(start) == 2
    assert np.linalg.norm(start[0] - start[1]) > 0.3
    assert "usual" in words_on(app)


def test_two_medoids_of_different_labels_are_joined_at_first() -> None:
    artifact = registry.open_model(shipped("digits"))
    train = artifact.latents.of("train")
    rows = [
        int(np.linalg.norm(train.mean - anchor, axis=1).argmin())
        for anchor in start_anchors(models.served(artifact.manifest.model_id))
    ]
    assert train.label[rows[0]] != train.label[rows[1]]


def test_a_link_brings_its_anchors_and_its_methods() -> None:
    app = visit("morph", model=shipped("digits"), anchors=PAIR, paths="geodesic,straight")
    np.testing.assert_allclose(anchors_in(app), read_anchors(PAIR, 2))
    assert address(app, "paths") == "straight,geodesic"


def test_one_anchor_of_a_link_gets_a_second() -> None:
    app = visit("morph", model=shipped("digits"), anchors="0.500,0.500")
    found = anchors_in(app)
    assert len(found) == 2
    np.testing.assert_allclose(found[0], [0.5, 0.5])


def test_a_dragged_anchor_is_in_the_address_and_its_neighbours_stay() -> None:
    model_id = shipped("digits")
    app = visit("morph", model=model_id, anchors=PAIR)
    moved = np.array([[-1.0, 0.5], [0.25, 1.5]])
    drag(app, model_id, moved)
    np.testing.assert_allclose(anchors_in(app), moved, atol=1e-3)


def test_anchors_that_coincide_are_named_and_the_page_stands() -> None:
    model_id = shipped("digits")
    app = visit("morph", model=model_id, anchors="1.000,0.500;0.000,0.000;1.000,0.500")
    assert "anchors 1 and 3" in app.warning[0].value
    drag(app, model_id, np.array([[1.0, 0.5], [0.0, 0.0], [-1.0, 0.5]]))
    assert not app.warning
    assert len(anchors_in(app)) == 3


def test_the_ring_is_added_and_an_anchor_taken_away() -> None:
    model_id = shipped("digits")
    app = visit("morph", model=model_id, anchors=PAIR)
    drag(app, model_id, read_anchors(PAIR, 2), z=[0.75, -0.25])
    next(button for button in app.button if button.label == "Add the ring").click()
    np.testing.assert_allclose(anchors_in(rerun(app))[2], [0.75, -0.25])
    app.button(key=f"remove 0 morph-{model_id}").click()
    np.testing.assert_allclose(anchors_in(rerun(app)), [[1.2, -0.3], [0.75, -0.25]])


def test_another_model_forgets_the_anchors_of_the_one_before() -> None:
    app = visit("morph", model=shipped("digits"), anchors=PAIR)
    app.selectbox(key="dataset").set_value("iris")
    rerun(app)
    expected = start_anchors(models.served(shipped("iris")))
    np.testing.assert_allclose(anchors_in(app), expected, atol=1e-3)


def test_a_path_is_found_once_for_all_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    model_id, anchors = shipped("digits"), read_anchors("-1.100,0.400;1.300,-0.200", 2)
    first = paths_of(models.served(model_id), list(METHODS), anchors, None)
    monkeypatch.setattr(methods, "METHODS", {})
    second = paths_of(models.served(model_id), list(METHODS), anchors + np.float32(1e-5), None)
    assert all(first[way] is second[way] for way in METHODS)


def test_a_conditional_model_measures_its_paths_with_the_label_it_is_told() -> None:
    model_id = shipped("mnist", conditional=True)
    anchors = read_anchors(PAIR, 2)
    one, two = (
        paths_of(models.served(model_id), ["straight"], anchors, label)["straight"]
        for label in (1, 8)
    )
    assert one.output_length != two.output_length
    assert one.latent_length == two.latent_length


def test_what_is_saved_holds_what_was_shown() -> None:
    model_id = shipped("digits")
    model = models.served(model_id)
    paths = paths_of(models.served(model_id), list(METHODS), read_anchors(PAIR, 2), None)
    z = paths["geodesic"].z
    np.testing.assert_array_equal(np.load(BytesIO(downloads.npy(z)), allow_pickle=False), z)
    head, *rows = csv.reader(StringIO(downloads.csv(z).decode()))
    assert head == ["z1", "z2"]
    np.testing.assert_allclose(np.array(rows, float), z, rtol=1e-5)
    with Image.open(BytesIO(downloads.film(model, z, None, "gif"))) as film:
        assert getattr(film, "n_frames", 1) == 2 * len(z) - 2  # there and back
    with Image.open(BytesIO(downloads.strip(model, paths, None))) as strip:
        assert strip.size == (
            downloads.SCALE * (9 * downloads.STRIP - 1),
            downloads.SCALE * (9 * len(METHODS) - 1),
        )
