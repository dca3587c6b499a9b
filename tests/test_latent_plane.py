"""The server's side of the component: messages, memory, served files, the wrapper."""

import base64
import gzip
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from latent_plane import assets
from latent_plane.event import pack_rows, read_gesture, unpack_rows
from latent_plane.registration import HERE, ONNX_RUNTIME


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


def sent(root: Path, url: str) -> bytes:
    """What lies at a URL, as our JavaScript sees it."""
    content = (root / Path(url).name).read_bytes()
    return gzip.decompress(content) if url.endswith(".gz") else content


def test_the_same_content_has_the_same_url(tmp_path: Path) -> None:
    first = assets.serve(b"one", suffix=".json", root=tmp_path)
    again = assets.serve(b"one", suffix=".json", root=tmp_path)
    other = assets.serve(b"two", suffix=".json", root=tmp_path)
    assert first == again != other
    assert first.startswith("app/static/served/")
    assert sent(tmp_path, first) == b"one"
    assert len(list(tmp_path.iterdir())) == 2, "no half-written file stays behind"


def test_served_files_look_old_so_that_browsers_keep_them(tmp_path: Path) -> None:
    url = assets.serve(b"one", suffix=".json", root=tmp_path)
    assert (tmp_path / Path(url).name).stat().st_mtime == assets.OLD


def test_a_changed_file_is_served_anew(tmp_path: Path) -> None:
    source, root = tmp_path / "decoder.onnx", tmp_path / "served"
    source.write_bytes(b"before")
    before = assets.serve_file(source, root=root)
    source.write_bytes(b"after it has changed")
    after = assets.serve_file(source, root=root)
    assert before != after
    assert sent(root, after) == b"after it has changed"


def test_a_file_that_was_pruned_comes_back(tmp_path: Path) -> None:
    source, root = tmp_path / "decoder.onnx", tmp_path / "served"
    source.write_bytes(b"graph")
    target = root / Path(assets.serve_file(source, root=root)).name
    target.unlink()
    assets.serve_file(source, root=root)
    assert gzip.decompress(target.read_bytes()) == b"graph"


def test_a_directory_is_served_together_and_renamed_by_any_change(tmp_path: Path) -> None:
    source, root = tmp_path / "js", tmp_path / "served"
    source.mkdir()
    (source / "main.js").write_text('import "./part.js";')
    (source / "part.js").write_text("export {};")
    (source / "pad").mkdir()
    (source / "pad" / "ink.js").write_text('import "../part.js";')
    before = assets.serve_directory(source, root=root)
    (source / "part.js").write_text("export const more = 1;")
    after = assets.serve_directory(source, root=root)
    assert before != after
    assert (root / Path(before).name / "part.js").read_text() == "export {};"
    assert (root / Path(after).name / "main.js").exists()
    assert (root / Path(after).name / "pad" / "ink.js").exists()


def test_only_what_nobody_asked_for_is_pruned(tmp_path: Path) -> None:
    fresh = tmp_path / Path(assets.serve(b"fresh", suffix=".json", root=tmp_path)).name
    stale = tmp_path / Path(assets.serve(b"stale", suffix=".json", root=tmp_path)).name
    folder = tmp_path / "folder"
    folder.mkdir()
    long_ago = time.time() - assets.KEPT_SECONDS - 60
    for path in (stale, folder):
        os.utime(path, (long_ago, assets.OLD))
    assets.prune(tmp_path)
    assert fresh.exists()
    assert not stale.exists()
    assert not folder.exists()


def test_plotly_comes_from_the_installed_package(tmp_path: Path) -> None:
    url = assets.plotly_url(root=tmp_path)
    assert b"plotly.js v" in (tmp_path / Path(url).name).read_bytes()[:100]


def test_outside_an_app_there_is_nothing_to_serve_from() -> None:
    with pytest.raises(RuntimeError, match="running Streamlit script"):
        assets.served_root()


def test_the_vendored_runtime_is_whole_and_licensed() -> None:
    names = {path.name for path in ONNX_RUNTIME.iterdir()}
    wanted = {"ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm.gz"}
    assert wanted | {"LICENSE", "VERSION"} <= names


def test_javascript_modules_are_short() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in HERE.rglob("*.js")}
    assert len(lengths) > 10
    assert {name: length for name, length in lengths.items() if length >= 300} == {}


def small_app() -> None:
    import numpy as np
    import streamlit as st

    from latent_plane import ImageOutput, latent_plane, move_plane, plane_event
    from vae_core.latent import Plane

    dim = st.session_state.get("dim", 2)
    if st.button("go"):
        move_plane("plane", z=np.full(dim, 2.0), clicked=5, selected=[1, 2])
    seen = plane_event("plane", z=np.zeros(dim))
    event = latent_plane(
        key="plane",
        figure_url="app/static/served/figure.json",
        decoder_url="app/static/served/decoder.onnx",
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
