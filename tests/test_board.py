"""The board: a small file that always names the newest edition, and editions that go in time."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from latent_plane import assets, plane_news
from latent_plane.board import EDITIONS, Board, Following, News, told
from latent_plane.live import figures_news
from vae_core.figures import Figure

news = st.builds(
    News,
    moment=st.integers(0, 10**6),
    phase=st.text(),
    share=st.floats(0, 1),
    words=st.text(),
)


def newest(root: Path, board: Board) -> tuple[str, dict[str, Any]]:
    """Name of the file that the board names, and what it says."""
    edition = json.loads((root / Path(board.url).name).read_text())["edition"]
    content = json.loads(gzip.decompress((root / Path(edition).name).read_bytes()))
    return Path(edition).name, content


@given(st.lists(news, min_size=1, max_size=5))
def test_the_board_says_what_was_posted_last(tmp_path_factory: Any, posts: list[News]) -> None:
    root = tmp_path_factory.mktemp("served")
    board = Board("run-a", root=root)
    for post in posts:
        board.post(post, {"plane": json.dumps({"points": post.moment})})
        _, content = newest(root, board)
        assert {name: content[name] for name in asdict(post)} == asdict(post)
        assert content["parts"] == {"plane": {"points": post.moment}}


def test_a_board_stays_as_long_as_it_was(tmp_path: Path) -> None:
    board = Board("run-a", root=tmp_path)
    lengths = set()
    for moment in (0, 9, 10, 123_456):
        board.post(News(moment, "running " * moment, 0.5, "so " * moment), {})
        lengths.add((tmp_path / "run-a.json").stat().st_size)
    assert len(lengths) == 1


def test_old_editions_go_and_never_another_boards(tmp_path: Path) -> None:
    boards = [Board(name, root=tmp_path) for name in ("run-a", "run-b")]
    alike = News(1, "running", 0.5, "half way")
    for _ in range(EDITIONS + 5):
        boards[0].post(alike, {})
    boards[1].post(alike, {})
    for board in boards:
        assert (tmp_path / newest(tmp_path, board)[0]).exists()
    assert len(list(tmp_path.glob("*.json.gz"))) == EDITIONS + 1


def test_what_only_old_editions_name_goes_with_them(tmp_path: Path) -> None:
    board = Board("run-a", root=tmp_path)
    decoders = [assets.serve(b"%d" % n, suffix=".onnx", root=tmp_path) for n in range(2)]
    for moment in range(EDITIONS + 1):
        board.post(News(moment, "running", 0.5, ""), {}, served=[decoders[moment > 0]])
    assert [(tmp_path / Path(url).name).exists() for url in decoders] == [False, True]


def test_parts_are_what_the_components_would_be_told() -> None:
    figure = Figure([{"y": [1, 2]}], {"height": 3})
    part = json.loads(figures_news([figure, figure], ["about ", "−3", " nats"]))
    assert part["note"] == ["about ", "−3", " nats"]
    assert part["figures"] == [json.loads(figure.to_json())] * 2
    plane = json.loads(plane_news(figure_url="f", decoder_url="d", points=[[0.5, 1.0], [2.0, 3.0]]))
    assert (plane["figure"], plane["decoder"], plane["points"]["width"]) == ("f", "d", 2)


def test_who_follows_no_board_says_so() -> None:
    assert told(None) == {"follows": None, "moment": 0}
    assert told(Following("board.json", 7)) == {"follows": "board.json", "moment": 7}
