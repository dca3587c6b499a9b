"""The newsroom: a run's news reach its board, the last ones too, and nobody writes for nobody."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest

from app_pages.parts.train import live, newsroom
from app_pages.parts.train.newsroom import Newsroom
from tests.conftest import tiny_spec
from tests.waiting import wait_for
from vae_core.jobs import State, Supervisor


def posted(root: Path, url: str) -> dict[str, Any]:
    """The newest edition of the board at `url`."""
    edition = json.loads((root / Path(url).name).read_text())["edition"]
    return dict(json.loads(gzip.decompress((root / Path(edition).name).read_bytes())))


def test_news_of_a_run_are_posted_until_its_end(boss: Supervisor, tmp_path: Path) -> None:
    job = boss.submit(tiny_spec("iris", epochs=6), visitor="a")
    room = Newsroom(tmp_path, connected=lambda session: session == "here")
    url = room.watch(job.job_id, (0, 1), "here")
    first = posted(tmp_path, url)
    assert first["phase"] == live.phase(boss.job(job.job_id), boss.feed(job.job_id))
    assert first["share"] == 0
    assert first["parts"] == {}
    wait_for(lambda: boss.job(job.job_id).state is State.DONE)
    phase = live.phase(boss.job(job.job_id), boss.feed(job.job_id))
    last = wait_for(lambda: (news := posted(tmp_path, url))["phase"] == phase and news)
    assert last["moment"] == boss.feed(job.job_id).version > first["moment"]
    assert set(last["parts"]) == {"figures", "plane"}
    assert last["parts"]["figures"]["note"][0] == "Epoch 6: validation ELBO "
    decoder = tmp_path / Path(last["parts"]["plane"]["decoder"]).name
    assert (
        gzip.decompress(decoder.read_bytes()) == boss.film(job.job_id).decoder_path(6).read_bytes()
    )
    wait_for(lambda: room._thread is None, 5)


def test_all_who_watch_a_run_share_a_board_but_not_another_cut(
    boss: Supervisor, tmp_path: Path
) -> None:
    job = boss.submit(tiny_spec("iris", epochs=2000, latent_dim=3), visitor="a")
    room = Newsroom(tmp_path, connected=lambda _session: True)
    boards = [room.watch(job.job_id, axes, "a") for axes in ((0, 1), (0, 2))]
    assert room.watch(job.job_id, (0, 1), "b") == boards[0] != boards[1]
    boss.cancel(job.job_id)
    wait_for(lambda: room._thread is None, 10)
    for url in boards:
        assert posted(tmp_path, url)["phase"].startswith(State.CANCELLED)


def test_when_the_last_visitor_has_gone_nothing_more_is_written(
    boss: Supervisor, tmp_path: Path
) -> None:
    connected = {"a", "b"}
    job = boss.submit(tiny_spec("iris", epochs=5000), visitor="a")
    room = Newsroom(tmp_path, connected=connected.__contains__)
    for session in ("a", "b"):
        url = room.watch(job.job_id, (0, 1), session)
    connected.discard("a")
    time.sleep(3 * newsroom.LOOK_SECONDS)
    assert room._thread is not None, "b still watches"
    connected.clear()
    wait_for(lambda: room._thread is None, 5)
    moment = posted(tmp_path, url)["moment"]
    wait_for(lambda: boss.feed(job.job_id).version > moment + 2)
    assert posted(tmp_path, url)["moment"] == moment
    boss.cancel(job.job_id)


@pytest.mark.usefixtures("boss")
def test_a_run_that_is_gone_has_no_news(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, connected=lambda _session: True)
    room.watch("20260101-000000-000000000000", (0, 1), "a")
    wait_for(lambda: room._thread is None, 5)
    assert not list(tmp_path.iterdir())
