"""The one place of a process that drives sweeps: it proposes, submits, prunes and rests.

A thread looks at each sweep several times a second and decides from what is on disk, so it may
end at any moment: whoever drives the sweep next reads the same.
"""

import logging
import threading
import time

from vae_core.jobs.supervisor import Supervisor, supervisor
from vae_core.sweeps.driver import Driver
from vae_core.sweeps.plan import SweepPlan
from vae_core.sweeps.results import SweepResults, results_of
from vae_core.sweeps.store import SweepDirectory, all_sweeps

log = logging.getLogger(__name__)

TICK = 0.15
PAUSES = 5
"""A look at very many trials takes a while, and at most one part in so many of a core."""


class SweepRunner:
    """Drives sweeps through a supervisor. Every method may be called from any thread.

    With `take_up` it goes on with all sweeps that nobody drives and nobody has stopped.
    """

    def __init__(self, supervisor: Supervisor, *, take_up: bool = True) -> None:
        self._supervisor = supervisor
        self._driven: dict[str, Driver] = {}
        self._lock = threading.RLock()
        self._closed = threading.Event()
        if take_up:
            for directory in all_sweeps():
                if not directory.is_stopped:
                    self._take(directory)
        self._thread = threading.Thread(target=self._loop, name="sweeps", daemon=True)
        self._thread.start()

    def start(self, plan: SweepPlan) -> str:
        """Drive this plan's sweep, new or begun before; returns its name."""
        return self.resume(SweepDirectory.of(plan).sweep_id)

    def resume(self, sweep_id: str) -> str:
        """Go on with a sweep that was stopped or that nobody drives; returns its whole name.

        Trials that were lost or cancelled, or that failed, get another chance. Raises `NotFound`.
        """
        directory = SweepDirectory.open(sweep_id)
        with self._lock:
            directory.forget_stop()
            driver = self._take(directory)
            if driver is not None:
                driver.forget_endings()
                driver.advance()
        return directory.sweep_id

    def stop(self, sweep_id: str) -> None:
        """Ask for no further trials and end those that run; what is done stays.

        Raises `NotFound`.
        """
        directory = SweepDirectory.open(sweep_id)
        directory.ask_to_stop()
        with self._lock:
            if driver := self._driven.pop(directory.sweep_id, None):
                driver.rest()

    def results(self, sweep_id: str) -> SweepResults:
        """All that is known of a sweep now; raises `NotFound`."""
        directory = SweepDirectory.open(sweep_id)
        records = [job.record for job in self._supervisor.jobs()]
        return results_of(
            directory.read(),
            records,
            slots=self._supervisor.slots,
            is_stopped=directory.is_stopped,
            is_driven=directory.sweep_id in self._driven or directory.is_driven,
        )

    def is_driving(self, sweep_id: str) -> bool:
        """Whether this runner is at work on the sweep."""
        return sweep_id in self._driven

    def close(self) -> None:
        """Let go of all sweeps; their running trials count as taken back, not as lost."""
        self._closed.set()
        self._thread.join()
        with self._lock:
            for driver in self._driven.values():
                driver.rest()
            self._driven.clear()

    def _take(self, directory: SweepDirectory) -> Driver | None:
        """The driver of a sweep, None while another process drives it."""
        if directory.sweep_id not in self._driven:
            held = directory.lock()
            if held is None:
                return None
            self._driven[directory.sweep_id] = Driver(directory, held, self._supervisor)
        return self._driven[directory.sweep_id]

    def _loop(self) -> None:
        pause = TICK
        while not self._closed.wait(pause):
            began = time.monotonic()
            for sweep_id in list(self._driven):
                with self._lock:
                    self._look_after(sweep_id)
            pause = max(TICK, PAUSES * (time.monotonic() - began))

    def _look_after(self, sweep_id: str) -> None:
        driver = self._driven.get(sweep_id)
        if driver is None:
            return
        try:
            ended = driver.directory.is_stopped or driver.advance()
        except Exception:  # one sweep's trouble must not end the others
            log.exception("the sweep %s rests, since it could not be looked after", sweep_id)
            ended = True
        if ended:
            self._driven.pop(sweep_id).rest()


_only: SweepRunner | None = None
_creation = threading.Lock()


def runner() -> SweepRunner:
    """The runner of this process, on its supervisor, made at the first call."""
    global _only
    with _creation:
        if _only is None:
            _only = SweepRunner(supervisor())
        return _only
