"""Who tells browsers how runs go on: one thread for all visitors posts each run's status once.

A page that polls would rerun for every visitor and every second; here a visitor costs at most one
small download a look, and an epoch is drawn once however many watch it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from latent_plane import plane_part
from latent_plane.broadcast import Channel, Status, Subscription, open_channel
from latent_plane.live_figures import figures_part
from pages.shared.visitor import find_job
from pages.train import live
from pages.train.plane import frame_kept
from vae_core.jobs import Feed, Job, supervisor

LOOK_SECONDS = 0.1
POST_SECONDS = 0.7
"""Time between two looks at a run; as browsers ask as often, none is 1.5 s behind its worker."""

log = logging.getLogger(__name__)


def subscribe(job: Job, axes: tuple[int, int]) -> Subscription | None:
    """Have a run's status posted as long as this visitor is connected; None when it has ended."""
    context = get_script_run_ctx()
    if context is None or not job.state.active:
        return None
    moment = supervisor().feed(job.job_id).version
    return Subscription(_broadcaster.watch(job.job_id, axes, context.session_id), moment)


@dataclass
class _Broadcast:
    """A run as one plane shows it, who watches, and the status posted last."""

    job_id: str
    axes: tuple[int, int]
    channel: Channel
    sessions: set[str] = field(default_factory=set)
    latest: Status | None = None
    posted: float = 0.0
    over: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)


class Broadcaster:
    """The runs that are watched; safe for threads.

    `connected` says of a session whether it is still there.
    """

    def __init__(self, *, connected: Callable[[str], bool]) -> None:
        self._connected = connected
        self._broadcasts: dict[str, _Broadcast] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, job_id: str, axes: tuple[int, int], session: str) -> str:
        """Address of the channel of a run, on which its present state is posted by now."""
        name = f"run-{job_id}-{axes[0] + 1}-{axes[1] + 1}"
        with self._lock:
            if name not in self._broadcasts:
                self._broadcasts[name] = _Broadcast(job_id, axes, open_channel(name))
            broadcast = self._broadcasts[name]
            broadcast.sessions.add(session)
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="broadcaster", daemon=True)
                self._thread.start()
        self._post(broadcast)
        return broadcast.channel.url

    def _loop(self) -> None:
        while self._goes_on():
            time.sleep(LOOK_SECONDS)
            with self._lock:
                broadcasts = list(self._broadcasts.values())
            for broadcast in broadcasts:
                if time.monotonic() - broadcast.posted >= POST_SECONDS:
                    self._try_to_post(broadcast)

    def _goes_on(self) -> bool:
        """Drop what is over and what nobody watches; whether any is left."""
        with self._lock:
            for name, broadcast in list(self._broadcasts.items()):
                broadcast.sessions = {one for one in broadcast.sessions if self._connected(one)}
                if broadcast.over or not broadcast.sessions:
                    self._broadcasts.pop(name)
            if not self._broadcasts:
                self._thread = None
            return bool(self._broadcasts)

    def _try_to_post(self, broadcast: _Broadcast) -> None:
        try:
            self._post(broadcast)
        except Exception:  # one run's trouble must not end everybody's broadcast
            log.exception("the status of run %s could not be posted", broadcast.job_id)

    def _post(self, broadcast: _Broadcast) -> None:
        """Post what is new; the last status is that of the end."""
        with broadcast.turn:
            broadcast.posted = time.monotonic()
            job = find_job(broadcast.job_id)
            broadcast.over = job is None or not job.state.active
            if job is None:
                return
            feed = supervisor().feed(broadcast.job_id)
            status = live.status(job, feed)
            if status != broadcast.latest:
                self._write(broadcast, job, feed, status)
                broadcast.latest = status

    def _write(self, broadcast: _Broadcast, job: Job, feed: Feed, status: Status) -> None:
        parts, served = {}, []
        if feed.history:
            parts["figures"] = figures_part(*live.curves_now(job, feed, feed.frame))
        if feed.frame and (shown := frame_kept(job.job_id, feed.frame, broadcast.axes)):
            parts["plane"] = plane_part(
                figure_url=shown.figure_url, decoder_url=shown.decoder_url, points=shown.points
            )
            served.append(shown.decoder_url)
        broadcast.channel.post(status, parts, served=served)


def _is_connected(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


_broadcaster = Broadcaster(connected=_is_connected)
