"""A run's status reaches its channel, the last one too, and nobody posts for nobody."""

import json
import time
from typing import Any

import pytest

from pages.train import broadcast, live
from pages.train.broadcast import Broadcaster
from tests.conftest import tiny_spec
from tests.test_assets import fetched
from tests.waiting import wait_for
from vae_core.jobs import State, Supervisor

pytestmark = pytest.mark.slow


def posted(url: str) -> dict[str, Any]:
    """The newest status on the channel at `url`."""
    return dict(json.loads(fetched(url).body))


def test_the_status_of_a_run_is_posted_until_its_end(supervisor: Supervisor) -> None:
    job = supervisor.submit(tiny_spec("iris", epochs=6), visitor="a")
    broadcaster = Broadcaster(connected=lambda session: session == "here")
    url = broadcaster.watch(job.job_id, (0, 1), "here")
    first = posted(url)
    assert first["phase"] == live.phase(supervisor.job(job.job_id), supervisor.feed(job.job_id))
    assert first["share"] == 0
    assert first["parts"] == {}
    wait_for(lambda: supervisor.job(job.job_id).state is State.DONE)
    phase = live.phase(supervisor.job(job.job_id), supervisor.feed(job.job_id))
    last = wait_for(lambda: (status := posted(url))["phase"] == phase and status)
    assert last["moment"] == supervisor.feed(job.job_id).version > first["moment"]
    assert set(last["parts"]) == {"figures", "plane"}
    assert last["parts"]["figures"]["note"][0] == "Epoch 6: validation ELBO "
    decoder = fetched(last["parts"]["plane"]["decoder"]).body
    assert decoder == supervisor.film(job.job_id).decoder_path(6).read_bytes()
    wait_for(lambda: broadcaster._thread is None, 5)


def test_all_who_watch_a_run_share_a_channel_but_not_another_cut(supervisor: Supervisor) -> None:
    job = supervisor.submit(tiny_spec("iris", epochs=2000, latent_dim=3), visitor="a")
    broadcaster = Broadcaster(connected=lambda _session: True)
    urls = [broadcaster.watch(job.job_id, axes, "a") for axes in ((0, 1), (0, 2))]
    assert broadcaster.watch(job.job_id, (0, 1), "b") == urls[0] != urls[1]
    supervisor.cancel(job.job_id)
    wait_for(lambda: broadcaster._thread is None, 10)
    for url in urls:
        assert posted(url)["phase"].startswith(State.CANCELLED)


def test_when_the_last_visitor_has_gone_nothing_more_is_posted(supervisor: Supervisor) -> None:
    connected = {"a", "b"}
    job = supervisor.submit(tiny_spec("iris", epochs=5000), visitor="a")
    broadcaster = Broadcaster(connected=connected.__contains__)
    for session in ("a", "b"):
        url = broadcaster.watch(job.job_id, (0, 1), session)
    connected.discard("a")
    time.sleep(3 * broadcast.LOOK_SECONDS)
    assert broadcaster._thread is not None, "b still watches"
    connected.clear()
    wait_for(lambda: broadcaster._thread is None, 5)
    moment = posted(url)["moment"]
    wait_for(lambda: supervisor.feed(job.job_id).version > moment + 2)
    assert posted(url)["moment"] == moment
    supervisor.cancel(job.job_id)


@pytest.mark.usefixtures("supervisor")
def test_a_run_that_is_gone_has_no_status() -> None:
    broadcaster = Broadcaster(connected=lambda _session: True)
    url = broadcaster.watch("20260101-000000-000000000000", (0, 1), "a")
    wait_for(lambda: broadcaster._thread is None, 5)
    assert fetched(url).status == 404
