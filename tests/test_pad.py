"""The server's side of the drawing pad: its messages, its memory, what it refuses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamlit.testing.v1 import AppTest

from latent_plane import ImageOutput
from latent_plane.pad import decode_picture, drawing_pad, encode_picture, read_gesture
from vae_core.errors import DataInvalid, InvalidInput

SMALL = ImageOutput(2, 3, 1)
GREY = encode_picture(np.linspace(0, 1, 6).reshape(2, 3), output=SMALL)
GESTURE = {"serial": 2, "picture": GREY, "mean": [0.5, -1], "logVar": [-3, -4], "label": None}


@given(arrays(np.uint8, (4, 5)))
def test_a_picture_of_bytes_survives_the_way(grey: np.ndarray) -> None:
    output = ImageOutput(4, 5, 1)
    there = encode_picture(grey / 255, output=output)
    back = decode_picture(there, output=output)
    assert back is not None
    assert back.shape == (4, 5, 1)
    np.testing.assert_array_equal(np.rint(back[..., 0] * 255), grey)
    assert encode_picture(back, output=output) == there


@given(st.none() | st.integers() | st.floats() | st.text() | st.lists(st.floats(), max_size=3))
def test_a_message_may_hold_anything(value: Any) -> None:
    for name in GESTURE:
        event = read_gesture({**GESTURE, name: value}, output=SMALL, z_dim=2, classes=0)
        if event is None:
            continue
        assert event.picture is None or event.picture.shape == (2, 3, 1)
        for numbers in (event.mean, event.log_var):
            assert numbers is None or (numbers.shape == (2,) and np.isfinite(numbers).all())


@pytest.mark.parametrize(
    ("changes", "classes"),
    [
        ({"picture": GREY[:-4]}, 0),
        ({"picture": "no base64!"}, 0),
        ({"mean": [1.0]}, 0),
        ({"mean": [1.0, float("nan")]}, 0),
        ({"serial": None}, 0),
        ({"label": 3}, 0),
        ({"label": None}, 3),
        ({"label": 3}, 3),
        ({"label": -1}, 3),
    ],
)
def test_a_message_that_makes_no_sense_is_left_out(changes: dict[str, Any], classes: int) -> None:
    gesture = {**GESTURE, "label": 1 if classes else None}
    assert read_gesture(gesture, output=SMALL, z_dim=2, classes=classes) is not None
    changed = {**gesture, **changes}
    assert read_gesture(changed, output=SMALL, z_dim=2, classes=classes) is None


@pytest.mark.parametrize(
    "picture",
    [np.zeros((3, 2)), np.zeros((2, 3, 3)), np.full((2, 3), 255.0), np.full((2, 3), np.nan)],
)
def test_a_picture_that_does_not_fit_is_refused_in_words(picture: np.ndarray) -> None:
    with pytest.raises(DataInvalid, match=r"Expected `picture` of shape \(2, 3\)"):
        encode_picture(picture, output=SMALL)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output": ImageOutput(28, 28, 3)}, "one channel"),
        ({"output": SMALL}, "28 x 28"),
        ({"recipe": "photo"}, "'mnist' or 'box'"),
        ({"classes": ["cat", "dog"]}, "`label` from 0 to 1"),
        ({"classes": ["cat", "dog"], "label": 2}, "label=2"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(
    options: dict[str, Any], message: str
) -> None:
    fitting = {"output": ImageOutput(28, 28, 1), "recipe": "mnist", "z_dim": 2}
    urls = {"encoder_url": "e", "decoder_url": "d"}
    with pytest.raises(InvalidInput, match=message):
        drawing_pad(key="pad", **{**urls, **fitting, **options})


def small_app() -> None:
    import numpy as np
    import streamlit as st

    from latent_plane import ImageOutput
    from latent_plane.pad import drawing_pad

    wish = st.session_state.get("wish", {})
    event = drawing_pad(
        key="pad",
        encoder_url=wish.get("encoder", "first.onnx"),
        decoder_url="decoder.onnx",
        output=ImageOutput(2, 3, 1),
        recipe="box",
        z_dim=2,
        label=wish.get("label"),
        classes=wish.get("classes", ()),
        picture=np.full((2, 3), wish["grey"]) if "grey" in wish else None,
    )
    st.session_state["heard"] = event


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(small_app, default_timeout=30)


def say(app: AppTest, **changes: Any) -> Any:
    """What the app has after this message of the browser."""
    app.session_state["pad"] = {"gesture": {**GESTURE, "encoder": "first.onnx", **changes}}
    return hear(app)


def hear(app: AppTest, **wish: Any) -> Any:
    """What the app has when Python wants this."""
    if wish:
        app.session_state["wish"] = wish
    app.run()
    assert not app.exception
    return app.session_state["heard"]


def test_what_is_drawn_is_heard_and_replaces_what_python_put(app: AppTest) -> None:
    put = hear(app, grey=0.2)
    assert put.picture == pytest.approx(np.full((2, 3, 1), 0.2))
    assert put.mean is None
    drawn = say(app)
    assert drawn.picture.ravel() == pytest.approx(np.linspace(0, 1, 6))
    assert drawn.mean.tolist() == [0.5, -1]
    assert drawn.serial == 2
    assert hear(app, grey=0.2).serial == 2
    another = hear(app, grey=0.4)
    assert another.picture == pytest.approx(np.full((2, 3, 1), 0.4))
    assert another.mean is None
    assert say(app, serial=3, picture="", mean=None, logVar=None).picture is None


def test_another_model_sees_the_same_drawing_anew(app: AppTest) -> None:
    hear(app, encoder="first.onnx")
    say(app)
    after = hear(app, encoder="second.onnx")
    assert after.picture is not None
    assert after.mean is None
    late = say(app, serial=3)
    assert late.serial == 3
    assert late.mean is None


def test_a_conditional_model_keeps_the_drawing_and_gets_its_class(app: AppTest) -> None:
    hear(app)
    say(app)
    after = hear(app, classes=["cat", "dog"], label=1)
    assert (after.label, after.picture is None, after.mean) == (1, False, None)
    assert say(app, serial=3, label=0).label == 0
