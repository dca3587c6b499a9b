"""Channels: the newest status, asked for by its version, and what goes with old ones."""

import gzip
import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latent_plane import assets, broadcast, plane_part
from latent_plane.broadcast import (
    CHANNELS,
    VERSIONS,
    Channel,
    Status,
    Subscription,
    find_channel,
    open_channel,
    subscription_data,
)
from latent_plane.live_figures import figures_part
from latent_plane.routes import OwnRoutes
from tests.asgi import Answer, get
from tests.test_assets import GZIP, fetched, nothing_else
from vae_core.figures import Figure

statuses = st.builds(
    Status,
    moment=st.integers(0, 10**6),
    phase=st.text(),
    share=st.floats(0, 1),
    words=st.text(),
)


@pytest.fixture(autouse=True)
def no_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """No channel of another test."""
    monkeypatch.setattr(broadcast, "_channels", type(broadcast._channels)())


def asked(channel: Channel, after: object = 0, headers: dict[str, str] | None = None) -> Answer:
    """What a browser gets that asks for what is newer than version `after`."""
    return get(OwnRoutes(nothing_else), f"/{channel.url}?after={after}", headers)


def newest(channel: Channel) -> dict[str, Any]:
    return dict(json.loads(asked(channel).body))


@given(st.lists(statuses, min_size=1, max_size=5))
def test_a_channel_says_what_was_posted_last(posts: list[Status]) -> None:
    channel = open_channel("run-a")
    for post in posts:
        channel.post(post, {"plane": json.dumps({"points": post.moment})})
        content = newest(channel)
        assert {name: content[name] for name in asdict(post)} == asdict(post)
        assert content["parts"] == {"plane": {"points": post.moment}}


def test_who_has_the_newest_status_is_sent_nothing() -> None:
    channel = open_channel("run-a")
    assert asked(channel).status == 404
    channel.post(Status(1, "running", 0.5, "half way"), {})
    answer = asked(channel, headers=GZIP)
    assert (answer.headers["content-encoding"], answer.headers["cache-control"]) == (
        "gzip",
        "no-store",
    )
    version = json.loads(gzip.decompress(answer.body))["version"]
    assert (asked(channel, version).status, asked(channel, version).body) == (204, b"")
    channel.post(Status(1, "running", 0.5, "half way"), {})
    assert newest(channel)["version"] > version


def test_a_channel_that_is_opened_again_goes_on() -> None:
    channel = open_channel("run-a")
    channel.post(Status(1, "running", 0.5, "half way"), {})
    assert open_channel("run-a") is channel is find_channel("run-a")
    version = newest(channel)["version"]
    other = open_channel("run-b")
    other.post(Status(1, "running", 0.5, "half way"), {})
    assert newest(other)["version"] > version


def test_the_channels_that_were_opened_last_are_kept() -> None:
    for number in range(CHANNELS + 1):
        open_channel(f"run-{number}")
    assert find_channel("run-0") is None
    assert find_channel(f"run-{CHANNELS}")


def test_what_only_old_versions_name_goes_with_them() -> None:
    channel = open_channel("run-a")
    decoders = [assets.serve(b"%d" % n, suffix=".onnx") for n in range(2)]
    for moment in range(VERSIONS + 1):
        channel.post(Status(moment, "running", 0.5, ""), {}, served=[decoders[moment > 0]])
    assert [fetched(url).status for url in decoders] == [404, 200]


def test_parts_are_what_the_components_would_be_told() -> None:
    figure = Figure([{"y": [1, 2]}], {"height": 3})
    part = json.loads(figures_part([figure, figure], ["about ", "−3", " nats"]))
    assert part["note"] == ["about ", "−3", " nats"]
    assert part["figures"] == [json.loads(figure.to_json())] * 2
    plane = json.loads(plane_part(figure_url="f", decoder_url="d", points=[[0.5, 1.0], [2.0, 3.0]]))
    assert (plane["figure"], plane["decoder"], plane["points"]["width"]) == ("f", "d", 2)


def test_who_subscribes_to_no_channel_says_so() -> None:
    assert subscription_data(None) == {"follows": None, "moment": 0}
    assert subscription_data(Subscription("status/a", 7)) == {"follows": "status/a", "moment": 7}
