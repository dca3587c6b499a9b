"""A board on which the server posts news of something that goes on, and a line that reads it out.

The browser asks for the board again and again. It is a small file that names the newest edition,
so asking costs a fraction of a rerun of the page; components that follow the board take their
part of each edition and show it. Python runs again only when the phase changes.
"""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latent_plane import assets
from latent_plane.registration import program, register, unheard

EDITIONS = 20
"""How many editions a browser has time to fetch."""

_component = register(
    "board",
    html="broadcast/board.html",
    module="broadcast/main.js",
    styles=("shared/base.css", "broadcast/board.css"),
)


@dataclass(frozen=True)
class News:
    """How far something is: `share` of the work from 0 to 1, and `words` on it.

    `moment` never falls: later news have the same or a greater one. A page is drawn for one
    `phase`; in another one it is drawn anew.
    """

    moment: int
    phase: str
    share: float
    words: str


@dataclass(frozen=True)
class Following:
    """What a component shows is as of `moment`; newer news on the board at `url` replace it."""

    url: str
    moment: int


class Board:
    """The server's end of a board, one for all who look at it; not safe for threads.

    `name` is part of the address and unique on this server; `root` is the served directory.
    """

    def __init__(self, name: str, *, root: Path) -> None:
        self.url = f"{assets.URL_PREFIX}/{name}.json"
        self._name, self._root = f"{name}.json", root
        self._editions: deque[tuple[str, ...]] = deque()
        self._number = 0

    def post(self, news: News, parts: Mapping[str, str], *, served: Sequence[str] = ()) -> None:
        """Make these the newest news; `parts` are JSON, by the name of the part.

        What lies at the addresses `served` goes with the last edition that names them.
        """
        self._number += 1  # two editions never share a file, so that each can be withdrawn
        head = json.dumps({"edition": self._number, "board": self._name, **asdict(news)})
        rest = ",".join(f'"{name}":{part}' for name, part in parts.items())
        content = f'{head[:-1]},"parts":{{{rest}}}}}'
        edition = assets.serve(content.encode(), suffix=".json", root=self._root)
        # As long as the one before: an address is made of a digest.
        assets.replace(self._name, json.dumps({"edition": edition}).encode(), root=self._root)
        self._editions.append((edition, *served))
        while len(self._editions) > EDITIONS:
            for url in set(self._editions.popleft()).difference(*self._editions):
                assets.withdraw(url, root=self._root)


def board(url: str, news: News, *, key: str) -> None:
    """Show `news` and whatever is newer on the board at `url`: a bar, and words above it.

    Components that follow the board (`Following`) hear of it through this one. The page, or the
    fragment around, runs again when the news are of another phase.
    """
    served = program()
    state = json.dumps({"url": url, "news": asdict(news)})
    _component(
        key=key,
        data={"modules": served["modules"], "state": state},
        on_turned_change=unheard,
    )


def told(follows: Following | None) -> dict[str, Any]:
    """What a component that may follow a board tells the browser of it."""
    return {
        "follows": follows and follows.url,
        "moment": 0 if follows is None else follows.moment,
    }
