"""Who tells browsers how runs go on: one thread for all visitors posts each run's news once.

A page that polls would rerun for every visitor and every second; here a visitor costs at most two
small downloads a look, and an epoch is drawn once however many watch it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages.parts.train import live
from app_pages.parts.train.plane import frame_kept
from app_pages.parts.train.submission import find_job
from latent_plane import assets, plane_news
from latent_plane.board import Board, Following, News
from latent_plane.live import figures_news
from vae_core.jobs import Feed, Job, supervisor

LOOK_SECONDS = 0.1
POST_SECONDS = 0.7
"""Time between two looks at a run; as browsers ask as often, none is 1.5 s behind its worker."""

log = logging.getLogger(__name__)


def follow(job: Job, axes: tuple[int, int]) -> Following | None:
    """Have a run's news posted as long as this visitor is connected; None when it has ended."""
    context = get_script_run_ctx()
    if context is None or not job.state.active:
        return None
    moment = supervisor().feed(job.job_id).version
    url = _newsroom(assets.served_root()).watch(job.job_id, axes, context.session_id)
    return Following(url, moment)


@dataclass
class _Story:
    """A run as one plane shows it, who watches, and what was told last."""

    job_id: str
    axes: tuple[int, int]
    board: Board
    sessions: set[str] = field(default_factory=set)
    told: News | None = None
    posted: float = 0.0
    over: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)


class Newsroom:
    """The stories that are watched; safe for threads.

    `root` is the served directory; `connected` says of a session whether it is still there.
    """

    def __init__(self, root: Path, *, connected: Callable[[str], bool]) -> None:
        self._root = root
        self._connected = connected
        self._stories: dict[str, _Story] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, job_id: str, axes: tuple[int, int], session: str) -> str:
        """Address of the board of a run, on which its present state is posted by now."""
        name = f"run-{job_id}-{axes[0] + 1}-{axes[1] + 1}"
        with self._lock:
            new = _Story(job_id, axes, Board(name, root=self._root))
            story = self._stories.setdefault(name, new)
            story.sessions.add(session)
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="newsroom", daemon=True)
                self._thread.start()
        self._post(story)
        return story.board.url

    def _loop(self) -> None:
        while self._goes_on():
            time.sleep(LOOK_SECONDS)
            with self._lock:
                stories = list(self._stories.values())
            for story in stories:
                if time.monotonic() - story.posted >= POST_SECONDS:
                    self._tell(story)

    def _goes_on(self) -> bool:
        """Drop the stories that are over or that nobody reads; whether any is left."""
        with self._lock:
            for name, story in list(self._stories.items()):
                story.sessions = {one for one in story.sessions if self._connected(one)}
                if story.over or not story.sessions:
                    self._stories.pop(name)
            if not self._stories:
                self._thread = None
            return bool(self._stories)

    def _tell(self, story: _Story) -> None:
        try:
            self._post(story)
        except Exception:  # one run's trouble must not end everybody's news
            log.exception("the news of run %s could not be posted", story.job_id)

    def _post(self, story: _Story) -> None:
        """Post what is new; the last news are those of the end."""
        with story.turn:
            story.posted = time.monotonic()
            job = find_job(story.job_id)
            story.over = job is None or not job.state.active
            if job is None:
                return
            feed = supervisor().feed(story.job_id)
            news = live.news(job, feed)
            if news != story.told:
                self._write(story, job, feed, news)
                story.told = news

    def _write(self, story: _Story, job: Job, feed: Feed, news: News) -> None:
        parts, served = {}, []
        if feed.history:
            parts["figures"] = figures_news(*live.curves_now(job, feed, feed.frame))
        if feed.frame and (shown := frame_kept(job.job_id, feed.frame, story.axes, self._root)):
            parts["plane"] = plane_news(
                figure_url=shown.figure_url, decoder_url=shown.decoder_url, points=shown.points
            )
            served.append(shown.decoder_url)
        story.board.post(news, parts, served=served)


@cache
def _newsroom(root: Path) -> Newsroom:
    return Newsroom(root, connected=_connected)


def _connected(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)
