"""What browsers fetch: names made of content, compressed once, kept as long as needed."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latent_plane import assets
from latent_plane.assets import Store
from latent_plane.registration import ONNX_RUNTIME
from latent_plane.routes import BUNDLE, OwnRoutes
from tests.asgi import Answer, get
from tests.conftest import ROOT

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


async def nothing_else(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """Streamlit's place: it answers 418 to all that reaches it."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"streamlit"})


def fetched(url: str, headers: dict[str, str] | None = None) -> Answer:
    """What a browser gets at a URL that `assets` has named."""
    return get(OwnRoutes(nothing_else, first_page="walk"), f"/{url}", headers)


def sent(url: str) -> bytes:
    """The content at a URL."""
    return fetched(url).body


@given(st.binary(max_size=2000), st.sampled_from([".json", ".onnx", ".png", ".wasm"]))
def test_what_is_served_arrives_whole_however_it_is_asked_for(content: bytes, suffix: str) -> None:
    url = assets.serve(content, suffix=suffix)
    assert fetched(url).body == content
    answer = fetched(url, GZIP)
    packed = answer.headers.get("content-encoding") == "gzip"
    assert (gzip.decompress(answer.body) if packed else answer.body) == content
    assert packed is (suffix in assets.COMPRESSION)


def test_the_same_content_has_the_same_url() -> None:
    first = assets.serve(b"one", suffix=".json")
    assert first == assets.serve(b"one", suffix=".json") != assets.serve(b"two", suffix=".json")


def test_browsers_may_keep_what_is_served_for_good() -> None:
    answer = fetched(assets.serve(b"{}", suffix=".json"), GZIP)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"] == "Accept-Encoding"
    again = fetched(assets.serve(b"{}", suffix=".json"), {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["0" * 64 + ".json", "", "..%2f..%2fapp.py", "../app.py"])
def test_what_was_never_served_is_not_found(name: str) -> None:
    answer = fetched(f"{assets.URL_PREFIX}/{name}")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


def test_other_paths_go_to_streamlit() -> None:
    for path in ("", "train", "contents", "_stcore/health"):
        assert fetched(path).status == 418


def test_a_page_is_found_with_a_slash_too_wherever_a_proxy_puts_the_app() -> None:
    answer = fetched("train/?job=1&z=0%2C1")
    assert (answer.status, answer.headers["location"]) == (301, "../train?job=1&z=0%2C1")
    assert fetched("a%0d%0ab/").headers["location"] == "../a%250d%250ab"
    for path in ("", "/train/", "train//", "_stcore/health/"):
        assert fetched(path).status == 418, "Streamlit's to answer"


def test_the_first_page_is_at_the_root_only() -> None:
    for path, place in (("walk", "./"), ("walk/", "../")):
        assert fetched(path).headers["location"] == place
        assert fetched(f"{path}?z=0%2C1").headers["location"] == f"{place}?z=0%2C1"
    assert fetched("walks").status == 418


def test_a_changed_file_is_served_anew(tmp_path: Path) -> None:
    source = tmp_path / "decoder.onnx"
    source.write_bytes(b"before")
    before = assets.serve_file(source)
    source.write_bytes(b"after it has changed")
    after = assets.serve_file(source)
    assert before != after
    assert sent(before) == b"before"
    assert sent(after) == b"after it has changed"


def test_a_file_that_was_withdrawn_comes_back(tmp_path: Path) -> None:
    source = tmp_path / "decoder.onnx"
    source.write_bytes(b"graph")
    url = assets.serve_file(source)
    assets.withdraw(url)
    assert fetched(url).status == 404
    assert sent(assets.serve_file(source)) == b"graph"


def test_a_directory_is_served_together_and_renamed_by_any_change(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text('import "./part.js";', encoding="utf-8")
    (tmp_path / "part.js").write_text("export {};", encoding="utf-8")
    (tmp_path / "pad").mkdir()
    (tmp_path / "pad" / "ink.js").write_text('import "../part.js";', encoding="utf-8")
    before = assets.serve_directory(tmp_path)
    (tmp_path / "part.js").write_text("export const more = 1;", encoding="utf-8")
    after = assets.serve_directory(tmp_path)
    assert before != after
    assert sent(f"{before}/part.js") == b"export {};"
    assert sent(f"{after}/pad/ink.js") == b'import "../part.js";'
    assert fetched(f"{after}/main.js").headers["content-type"].startswith("text/javascript")


def test_what_was_asked_for_last_stays_when_room_is_short() -> None:
    store = Store(kept_bytes=300)
    names = [store.put(bytes([n]) * 100, suffix=".png") for n in range(3)]
    assert store.find(names[0])
    names.append(store.put(b"x" * 100, suffix=".png"))
    assert [store.find(name) is not None for name in names] == [True, False, True, True]


def test_the_served_files_go_with_the_process() -> None:
    code = (
        "from latent_plane.assets import store; name = store.put(b'1', suffix='.json');"
        "print(store.find(name).path)"
    )
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert not Path(shown.stdout.strip()).parent.exists()


def test_plotly_comes_from_the_installed_package() -> None:
    assert b"plotly.js v" in sent(assets.plotly_url())[:100]


def test_the_runtime_is_inflated_by_the_browser() -> None:
    runtime = assets.serve_directory(ONNX_RUNTIME)
    answer = fetched(f"{runtime}/ort-wasm-simd-threaded.wasm", GZIP)
    assert answer.headers["content-type"] == "application/wasm"
    assert gzip.decompress(answer.body)[:4] == b"\0asm"
    assert len(answer.body) < 4e6


def test_the_vendored_runtime_is_whole_and_licensed() -> None:
    names = {path.name for path in ONNX_RUNTIME.iterdir()}
    wanted = {"ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm.gz"}
    assert wanted | {"LICENSE", "VERSION"} <= names


def bundle(name: str, **headers: str) -> Answer:
    return get(OwnRoutes(nothing_else), f"/static/{name}", headers)


def test_streamlits_scripts_come_compressed_and_for_good() -> None:
    script = max((BUNDLE / "js").glob("index.*.js"), key=lambda path: path.stat().st_size)
    found = bundle(f"js/{script.name}", **{"accept-encoding": "gzip"})
    assert gzip.decompress(found.body) == script.read_bytes()
    assert len(found.body) < script.stat().st_size / 3
    assert found.headers["content-type"].startswith("text/javascript")
    assert "immutable" in found.headers["cache-control"]
    known = {"accept-encoding": "gzip", "if-none-match": found.headers["etag"]}
    assert bundle(f"js/{script.name}", **known).status == 304


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("js/none.js", {"accept-encoding": "gzip"}),
        ("../index.html", {"accept-encoding": "gzip"}),
        ("js/../../../../../__init__.js", {"accept-encoding": "gzip"}),
        ("js/index.js", {}),
    ],
)
def test_all_else_under_static_is_left_to_streamlit(name: str, headers: dict[str, str]) -> None:
    assert bundle(name, **headers).body == b"streamlit"
