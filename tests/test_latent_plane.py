"""The server's side of the component: messages, memory, the wrapper."""

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from latent_plane.plane_state import pack_rows, read_gesture, unpack_rows


@given(st.sets(st.integers(0, 2000)))
def test_rows_survive_the_bitset(rows: set[int]) -> None:
    assert unpack_rows(pack_rows(sorted(rows))).tolist() == sorted(rows)


def test_seventy_thousand_rows_are_twelve_kilobytes() -> None:
    assert len(pack_rows(np.arange(70_000))) < 12_000


def test_the_first_row_is_the_highest_bit() -> None:
    assert unpack_rows(base64.b64encode(b"\x80\x01").decode()).tolist() == [0, 15]


def test_a_gesture_is_read_whole() -> None:
    gesture = {
        "serial": 3,
        "z": [0.5, -1],
        "label": 4,
        "clicked": 17,
        "selected": pack_rows([1, 9]),
        "decodes": False,
    }
    read = read_gesture(gesture, latent_dim=2)
    assert read is not None
    serial, event = read
    assert serial == 3
    np.testing.assert_array_equal(event.z, np.array([0.5, -1], np.float32))
    assert (event.label, event.clicked, event.decodes_in_browser) == (4, 17, False)
    assert event.selected.tolist() == [1, 9]


@pytest.mark.parametrize(
    "gesture",
    [
        {},
        {"z": None},
        {"z": [1.0]},
        {"z": [1.0, "far"]},
        {"z": [1.0, float("nan")]},
        {"z": [1.0, float("inf")]},
        {"z": [1.0, 2.0], "selected": "no base64!"},
        {"z": [1.0, 2.0], "clicked": 1.5},
        {"z": [1.0, 2.0], "clicked": -1},
        {"z": [1.0, 2.0], "label": "seven"},
        {"z": [1.0, 2.0], "serial": "x"},
        {"z": [1e300, 2.0]},
    ],
)
def test_a_gesture_that_makes_no_sense_is_left_out(gesture: dict[str, Any]) -> None:
    assert read_gesture(gesture, latent_dim=2) is None


def small_app() -> None:
    import numpy as np
    import streamlit as st

    from latent_plane import ImageOutput, latent_plane, move_plane, plane_event
    from vae_core.latent.plane import Plane

    dim = st.session_state.get("dim", 2)
    if st.button("go"):
        move_plane("plane", z=np.full(dim, 2.0), clicked=5, selected=[1, 2])
    seen = plane_event("plane", z=np.zeros(dim))
    event = latent_plane(
        key="plane",
        figure_url="content/figure.json",
        decoder_url="content/decoder.onnx",
        plane=Plane.axes(0, 1, latent_dim=dim),
        output=ImageOutput(1, 1, 1),
        z=st.session_state.get("forced", seen.z),
        decoded=np.zeros(1),
        limits=[[-3, 3]] * dim,
    )
    st.json(
        {
            "z": event.z.tolist(),
            "clicked": event.clicked,
            "selected": event.selected.tolist(),
            "revision": st.session_state["plane:memory"].revision,
        }
    )


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(small_app, default_timeout=30)


def shown(app: AppTest) -> dict[str, Any]:
    import json

    assert not app.exception
    return json.loads(app.json[0].value)


def gesture(serial: int, *z: float, **more: Any) -> dict[str, Any]:
    return {"gesture": {"serial": serial, "z": list(z), **more}}


def test_the_plane_starts_where_the_page_says(app: AppTest) -> None:
    assert shown(app.run()) == {"z": [0, 0], "clicked": None, "selected": [], "revision": 0}


def test_what_the_browser_says_is_taken_and_not_sent_back_as_a_move(app: AppTest) -> None:
    app.session_state["plane"] = gesture(1, 1.5, -0.5, clicked=3)
    result = shown(app.run())
    assert (result["z"], result["clicked"], result["revision"]) == ([1.5, -0.5], 3, 0)


def test_python_moves_the_cursor_and_an_older_gesture_does_not_undo_it(app: AppTest) -> None:
    app.session_state["plane"] = gesture(1, 1.5, -0.5)
    app.run()
    moved = shown(app.button[0].click().run())
    assert moved == {"z": [2, 2], "clicked": 5, "selected": [1, 2], "revision": 1}
    app.session_state["plane"] = gesture(1, 1.5, -0.5)
    assert shown(app.run())["z"] == [2, 2]
    app.session_state["plane"] = gesture(2, 0.25, 0.25)
    assert shown(app.run())["z"] == [0.25, 0.25]


def test_another_z_from_the_page_moves_the_cursor(app: AppTest) -> None:
    app.run()
    app.session_state["forced"] = np.array([1.0, 1.0], np.float32)
    result = shown(app.run())
    assert (result["z"], result["revision"]) == ([1, 1], 1)


def test_a_model_with_another_latent_size_starts_anew(app: AppTest) -> None:
    app.session_state["plane"] = gesture(1, 1.5, -0.5)
    app.run()
    app.session_state["dim"] = 3
    result = shown(app.run())
    assert (result["z"], result["revision"]) == ([0, 0, 0], 1)
