"""Channels on which the server tells how something goes on, and the line that reads one out.

The browser asks for a channel's newest status again and again, which costs a fraction of a rerun of
the page; components that subscribe to the channel take their part of each status and show it.
Python runs again only when the phase changes.
"""

import gzip
import json
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from latent_plane import assets
from latent_plane.registration import program, register, unheard

URL_PREFIX = "status"
VERSIONS = 20
"""How many versions of a status a browser has time to fetch what they name."""
CHANNELS = 256
"""The channels that were opened last are kept; a tab that slept for longer starts its page anew."""
COMPRESSION = 4

_component = register(
    "status_line",
    html="broadcast/board.html",
    module="broadcast/main.js",
    styles=("shared/base.css", "broadcast/board.css"),
)
_channels: "OrderedDict[str, Channel]" = OrderedDict()
_lock = threading.Lock()
_versions = count(1)
"""Never the same for two channels, so that none is taken for a newer one of the same name."""


@dataclass(frozen=True)
class Status:
    """How far something is: `share` of the work from 0 to 1, and `words` on it.

    `moment` never falls: a later status has the same or a greater one. A page is drawn for one
    `phase`; in another one it is drawn anew.
    """

    moment: int
    phase: str
    share: float
    words: str


@dataclass(frozen=True)
class Subscription:
    """What a component shows is as of `moment`; a newer status at `url` replaces it."""

    url: str
    moment: int


class Channel:
    """The server's end, one for all who subscribe; one thread at a time may post.

    `name` is part of the address. `newest` is the version and the JSON, compressed by gzip, of what
    was posted last.
    """

    def __init__(self, name: str) -> None:
        self.url = f"{URL_PREFIX}/{name}"
        self.newest: tuple[int, bytes] | None = None
        self._served: deque[tuple[str, ...]] = deque()

    def post(self, status: Status, parts: Mapping[str, str], *, served: Sequence[str] = ()) -> None:
        """Make this the newest status; `parts` are JSON, by the name of the part.

        What lies at the addresses `served` goes with the last version that names them.
        """
        version = next(_versions)
        head = json.dumps({"version": version, **asdict(status)})
        rest = ",".join(f'"{name}":{part}' for name, part in parts.items())
        content = f'{head[:-1]},"parts":{{{rest}}}}}'
        self.newest = (version, gzip.compress(content.encode(), COMPRESSION, mtime=0))
        self._served.append(tuple(served))
        while len(self._served) > VERSIONS:
            for url in set(self._served.popleft()).difference(*self._served):
                assets.withdraw(url)


def open_channel(name: str) -> Channel:
    """The channel of that name, with what was posted on it if it was open before."""
    with _lock:
        channel = _channels.pop(name, None) or Channel(name)
        _channels[name] = channel
        while len(_channels) > CHANNELS:
            _channels.popitem(last=False)
        return channel


def find_channel(name: str) -> Channel | None:
    """The channel of that name, None when it was not opened, or too long ago."""
    return _channels.get(name)


def status_line(url: str, status: Status, *, key: str) -> None:
    """Show `status` and whatever is newer on the channel at `url`: a bar, and words above it.

    Components that subscribe to the channel (`Subscription`) hear of it through this one. The page,
    or the fragment around, runs again when the status is of another phase.
    """
    served = program()
    state = json.dumps({"url": url, "status": asdict(status)})
    _component(
        key=key,
        data={"modules": served["modules"], "state": state},
        on_turned_change=unheard,
    )


def subscription_data(follows: Subscription | None) -> dict[str, Any]:
    """What a component that may subscribe to a channel tells the browser of it."""
    return {
        "follows": follows and follows.url,
        "moment": 0 if follows is None else follows.moment,
    }
