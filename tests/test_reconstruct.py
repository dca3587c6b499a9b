"""The Reconstruct page without a browser: sources, links, numbers, bad input, absent data."""

import base64
import socket
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from streamlit.testing.v1 import AppTest

from latent_plane import assets
from pages.shared import query_params
from pages.shared.example import dataset_row, picker
from tests.visits import captions, html_of, rerun, shipped, visit
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import ENCODER
from vae_core.datasets import CATALOGUE, originals
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import scores

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_shelf")]

KEY = "reconstruct"


def headline(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def links_of(app: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in app.page_link}


@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "digits"])
def test_an_example_stands_beside_its_numbers_in_nats(dataset: str) -> None:
    model_id = shipped(dataset)
    app = visit("reconstruct", model=model_id)
    row = int(app.query_params["row"])
    artifact = registry.open_model(model_id)
    latents = artifact.latents
    maximum = artifact.manifest.description.maximum
    x = originals(dataset, latents.index[[row]]) / np.float32(maximum)
    found = scores(OnnxCodec(artifact), x, None, observation_model(artifact.manifest), samples=32)
    assert f"{found.elbo[0]:.1f} nats".replace("-", "−") in html_of(app)
    assert f"{found.kl[0]:.2f} nats" in html_of(app)
    if found.psnr is not None:
        assert f"{found.psnr[0]:.1f} dB" in html_of(app)
    assert not app.error and not app.warning


def test_a_link_opens_its_example_and_leads_on_to_its_point() -> None:
    model_id = shipped("digits")
    app = visit("reconstruct", model=model_id, row="11")
    assert "example 11:" in headline(app)
    assert app.query_params["row"] == "11"
    mean = registry.open_model(model_id).latents.mean[11]
    point = f"{mean[0]:.3f}%2C{mean[1]:.3f}"
    assert point in links_of(app)["Walk from here"]
    assert point in links_of(app)["Use as anchor"]


@pytest.mark.parametrize("row", ["", "-1", "x", "99999999", "1.5", "9" * 5000, "१"])
def test_a_row_that_does_not_exist_starts_with_a_random_one(row: str) -> None:
    app = visit("reconstruct", model=shipped("iris"), row=row)
    assert "Held-out example" in headline(app)


def test_the_best_of_a_label_has_the_highest_elbo_of_that_label() -> None:
    model_id = shipped("digits")
    app = visit("reconstruct", model=model_id)
    app.selectbox(key=f"{KEY} order of {model_id}").set_value(dataset_row.BEST)
    rerun(app)
    app.selectbox(key=f"{KEY} label of {model_id}").set_value(4)
    rerun(app)
    artifact = registry.open_model(model_id)
    test, maximum = artifact.latents.of("test"), artifact.manifest.description.maximum
    observation = observation_model(artifact.manifest)
    found = scores(
        OnnxCodec(artifact), originals("digits", test.index), None, observation, scale=maximum
    )
    best = np.where(test.label == 4, found.elbo, -np.inf).argmax()
    row = int(app.query_params["row"])
    assert artifact.latents.index[row] == test.index[best]


def test_a_place_beyond_the_examples_of_a_label_is_its_last_one() -> None:
    model_id = shipped("iris")
    app = visit("reconstruct", model=model_id)
    app.number_input(key=f"{KEY} place in {dataset_row.RANDOM} of {model_id}").set_value(30)
    rerun(app)
    app.selectbox(key=f"{KEY} label of {model_id}").set_value(2)
    rerun(app)
    assert headline(app).count("virginica") == 1


def type_row(app: AppTest, model_id: str, line: str) -> AppTest:
    app.segmented_control(key=f"{KEY} source of table").set_value(picker.TYPE)
    rerun(app)
    app.text_input(key=f"{KEY} line of {model_id}").set_value(line)
    return rerun(app)


def test_a_pasted_row_fills_the_fields_and_is_reconstructed() -> None:
    model_id = shipped("iris")
    app = type_row(visit("reconstruct", model=model_id), model_id, "5.1; 3,5; 1,4; 0,2")
    fields = [
        app.number_input(key=f"{KEY} {name} of {model_id}")
        for name in ("sepal length", "sepal width", "petal length", "petal width")
    ]
    assert [field.value for field in fields] == [5.1, 3.5, 1.4, 0.2]
    assert "5.1</td>" in html_of(app)
    assert "row" not in app.query_params
    fields[0].set_value(40.0)
    rerun(app)
    assert "Outside the range of the training data: sepal length" in captions(app)


def test_the_chosen_row_stands_in_the_form_to_be_edited() -> None:
    model_id = shipped("wine")
    app = visit("reconstruct", model=model_id, row="7")
    app.segmented_control(key=f"{KEY} source of table").set_value(picker.TYPE)
    rerun(app)
    index = registry.open_model(model_id).latents.index[[7]]
    fields = [field.value for field in app.number_input]
    np.testing.assert_allclose(np.array(fields, float), originals("wine", index)[0], rtol=1e-6)


@pytest.mark.parametrize("line", ["5.1, 3.5, abc, 0.2", "5.1, nan, 1, 2", "1, 2, 3", "1e99,1,1,1"])
def test_a_bad_row_is_named_and_the_fields_stay(line: str) -> None:
    model_id = shipped("iris")
    app = type_row(visit("reconstruct", model=model_id), model_id, line)
    assert "Expected" in app.error[0].value
    assert "nats" in html_of(app)


def picture_file(image: Image.Image, kind: str = "PNG") -> bytes:
    target = BytesIO()
    image.save(target, kind)
    return target.getvalue()


def seven() -> Image.Image:
    ink = np.full((60, 50), 255, np.uint8)
    ink[10:16, 10:40] = 0
    ink[16:50, 30:37] = 0
    return Image.fromarray(ink)


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.segmented_control(key=f"{KEY} source of image").set_value(picker.UPLOAD)
    rerun(app)
    app.file_uploader(key=f"{KEY} upload").set_value((name, content, "image/png"))
    return rerun(app)


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "I;16"])
def test_uploads_of_all_kinds_are_reconstructed(mode: str) -> None:
    image = Image.fromarray(np.asarray(seven(), np.uint16) * 257) if mode == "I;16" else seven()
    content = picture_file(
        image if mode == "I;16" else image.convert(mode), "JPEG" if mode == "CMYK" else "PNG"
    )
    app = upload(
        visit("reconstruct", model=shipped("mnist")),
        "seven.jpg" if mode == "CMYK" else "seven.png",
        content,
    )
    assert not app.error
    assert "nats" in html_of(app) and "dB" in html_of(app)
    assert "Inverted" in captions(app)


def test_what_is_no_picture_is_refused_in_words() -> None:
    app = upload(visit("reconstruct", model=shipped("mnist")), "seven.png", b"not a picture")
    assert "Expected a whole image file" in app.error[0].value
    assert not app.page_link


def test_a_drawing_is_measured_with_what_the_browser_encoded() -> None:
    model_id = shipped("mnist")
    app = visit("reconstruct", model=model_id)
    app.segmented_control(key=f"{KEY} source of image").set_value(picker.DRAW)
    rerun(app)
    assert "nats" not in html_of(app)
    grey = np.zeros((28, 28), np.uint8)
    grey[6:22, 13:16] = 255
    url = assets.serve_file(registry.open_model(model_id).file(ENCODER))
    app.session_state[f"{KEY}-pad"] = {
        "gesture": {
            "serial": 1,
            "encoder": url,
            "picture": base64.b64encode(grey.tobytes()).decode(),
            "mean": [0.25, -1.5],
            "logVar": [-3, -3],
            "label": None,
        }
    }
    rerun(app)
    assert "Your drawing" in headline(app)
    assert "0.250%2C-1.500" in links_of(app)["Walk from here"]
    assert "nats" in html_of(app)


@pytest.mark.usefixtures("no_training_images")
def test_a_training_image_that_is_not_here_is_decoded_and_the_page_offers_to_fetch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = CATALOGUE["mnist"]
    assert entry.remote is not None
    with socket.socket() as closed:  # bound and not listening: each connection is refused
        closed.bind(("127.0.0.1", 0))
        mirror = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        remote = replace(entry.remote, mirrors=(mirror,))
        monkeypatch.setitem(CATALOGUE, "mnist", replace(entry, remote=remote))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        app = visit("reconstruct", model=shipped("mnist"), row="7")
        assert html_of(app).count("<img") == 1 + 5
        assert "The training examples of MNIST are not on this machine" in captions(app)
        assert dataset_row.BEST in app.selectbox(key=f"{KEY} order of {shipped('mnist')}").options
        app.button(key=f"{KEY} fetch mnist").click()
        rerun(app)
    assert "put these files into" in app.error[0].value


@pytest.mark.usefixtures("no_training_images")
def test_held_out_images_are_here_at_once() -> None:
    app = visit("reconstruct", model=shipped("mnist"))
    assert "not on this machine" not in captions(app)
    assert "nats" in html_of(app) and "dB" in html_of(app)
    assert "100 of 10,000 held-out examples" in captions(app)


@pytest.mark.data
@pytest.mark.usefixtures("no_training_images")
def test_the_button_fetches_the_images_and_the_page_shows_them(
    monkeypatch: pytest.MonkeyPatch, shared_data: Path
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    files = partial(SimpleHTTPRequestHandler, directory=str(shared_data / "mnist"))
    entry = CATALOGUE["mnist"]
    assert entry.remote is not None
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        remote = replace(entry.remote, mirrors=(f"http://127.0.0.1:{server.server_port}/",))
        monkeypatch.setitem(CATALOGUE, "mnist", replace(entry, remote=remote))
        Thread(target=server.serve_forever, daemon=True).start()
        app = visit("reconstruct", model=shipped("mnist"), row="7")
        app.button(key=f"{KEY} fetch mnist").click()
        rerun(app)
        server.shutdown()
    assert not app.error
    assert "not on this machine" not in captions(app)
    assert "dB" in html_of(app)


@pytest.mark.usefixtures("no_training_images")
def test_a_conditional_model_is_told_the_examples_label() -> None:
    model_id = shipped("mnist", conditional=True)
    app = visit("reconstruct", model=model_id, row="65000")
    label = registry.open_model(model_id).latents.label[65000]
    assert f"label={label}" in links_of(app)["Walk from here"]
    assert "nats" in html_of(app)


@given(
    arrays(
        np.float32, st.tuples(st.integers(0, 5), st.just(3)), elements=st.floats(-9, 9, width=32)
    )
)
def test_anchors_survive_the_way_through_an_address(anchors: np.ndarray) -> None:
    assert np.allclose(
        query_params.read_anchors(query_params.write_anchors(anchors), 3), anchors, atol=5e-4
    )


@pytest.mark.parametrize("text", ["", ";;", "1,2", "a,b,c", "nan,0,0", "1,2,3,4"])
def test_anchors_that_are_none_are_left_out(text: str) -> None:
    assert query_params.read_anchors(text, 3).shape == (0, 3)
    assert query_params.read_anchors(f"{text};1,2,3", 3).tolist() == [[1, 2, 3]]
