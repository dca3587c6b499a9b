"""The one place of a process that starts, watches and ends training jobs.

It queues and judges, an engine runs. A thread owns both; every method may be called from any other.
The run directories are its memory: all that it knows after a restart is what they say.
"""

import logging
import threading
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

from vae_core.artifacts import registry
from vae_core.datasets.catalogue import description_of
from vae_core.disk import refusal
from vae_core.errors import JobRefused
from vae_core.jobs.engines.engine import Engine, Handle, chosen
from vae_core.jobs.estimate import RECOVERY_SECONDS, Estimate, estimate
from vae_core.jobs.events import Feed
from vae_core.jobs.film import Film
from vae_core.jobs.prune import Pruner
from vae_core.jobs.queue import Queue, Ticket
from vae_core.jobs.record_store import RecordStore
from vae_core.jobs.recovery import best_state
from vae_core.jobs.run_directory import runs_root
from vae_core.jobs.state import Job, Record, State, new_job_id, verdict_of
from vae_core.jobs.worker_process import Limits, Outcome
from vae_core.spec.intervention import RunCommand
from vae_core.spec.training_spec import TrainingSpec

log = logging.getLogger(__name__)

TICK = 0.05
IDLE_TICK = 0.25


class Supervisor:
    """Has an `engine` run jobs, as many at once as it has slots.

    Without one, the engine that `LATENT_ENGINE` names, see `chosen`, which takes the other
    settings. On start it takes up the jobs that wait, and calls those lost whose worker is gone.
    """

    def __init__(
        self,
        *,
        slots: int | None = None,
        limits: Limits | None = None,
        warm: bool = True,
        root: Path | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._engine = engine or chosen(slots=slots, limits=limits, warm=warm)
        self._store = RecordStore((root or runs_root()).absolute())
        self._queue = Queue(self._engine.slots)
        self._running: dict[str, Handle] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = False
        self._pruner = Pruner(self._store.root)
        self._restore()
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
        self._thread.start()

    def submit(
        self, spec: TrainingSpec, *, visitor: str, download: bool = False, sweep: str = ""
    ) -> Job:
        """Queue a training. Each visitor has one running and one waiting job at most.

        Trials of a `sweep` are not counted and wait for all others. Raises `JobRefused` beyond
        that, or when a run directory can't be written.
        """
        record = Record(
            job_id=new_job_id(),
            visitor=visitor,
            spec=spec,
            description=description_of(spec.dataset),
            download=download,
            expected=self.estimate(spec).seconds,
            owner=self._store.owner,
            sweep=sweep,
        )
        with self._lock:
            queue = self._queue.submit(_ticket(record))
            try:
                self._store.create(record)
            except OSError as error:
                raise JobRefused(refusal(error, self._store.root)) from error
            self._queue = queue
            self._start_next()
            self._wake.set()
            return self.job(record.job_id)

    def estimate(self, spec: TrainingSpec) -> Estimate:
        """How long a training will take, corrected by the runs that this supervisor has seen."""
        with self._lock:
            return estimate(spec, self._store.done())

    @property
    def slots(self) -> int:
        """How many jobs may run at once now."""
        return self._engine.slots

    def job(self, job_id: str) -> Job:
        """A job with its place in the queue; raises `NotFound`."""
        with self._lock:
            return self._jobs([self._store.record(job_id)])[0]

    def jobs(self) -> list[Job]:
        """All jobs that are known, the newest first."""
        with self._lock:
            return self._jobs(self._store.records()[::-1])

    def feed(self, job_id: str) -> Feed:
        """What the job's worker told, read anew as far as needed; one reader for everybody."""
        with self._lock:
            feed = self._store.feed(job_id)
        return feed.poll()

    def film(self, job_id: str) -> Film:
        """The job's film, as far as it is; raises `NotFound`."""
        with self._lock:
            return self._store.run(job_id).film

    def cancel(self, job_id: str) -> None:
        """End a job and discard it: at once if it waits, within two seconds if it runs."""
        with self._lock:
            if not self._store.record(job_id).state.active:
                return
            if running := self._running.get(job_id):
                running.cancel()
            else:
                self._end(job_id, Outcome(State.CANCELLED))
        self._wake.set()

    def stop(self, job_id: str) -> None:
        """End a running job after its present epoch and keep the best so far."""
        self._command(job_id, RunCommand(stop=True))

    def change(
        self, job_id: str, *, beta: float | None = None, learning_rate: float | None = None
    ) -> None:
        """Change a running job from its next epoch on; raises `JobRefused` if it does not run."""
        self._command(job_id, RunCommand(beta=beta, learning_rate=learning_rate))

    def recover(self, job_id: str) -> Job:
        """Publish the best epoch of a job that ended without a model; it is queued once more.

        Raises `JobRefused` when it still runs, has a model already, or filmed no epoch.
        """
        with self._lock:
            record, run = self._store.record(job_id), self._store.run(job_id)
            state = best_state(run)
            if record.state.active or record.state is State.DONE or state is None:
                raise JobRefused(
                    "Expected a job that ended without a model and filmed at least one epoch. "
                    f"Received: {job_id}, which is {record.state}"
                )
            self._queue = self._queue.submit(Ticket(job_id, record.visitor, RECOVERY_SECONDS))
            run.forget_ending()
            self._store.queue_recovery(job_id)
            self._start_next()
            self._wake.set()
            return self.job(job_id)

    def prepare(self) -> None:
        """Somebody looks at the settings: have a worker ready soon."""
        self._engine.prepare()
        self._wake.set()

    @property
    def is_warm(self) -> bool:
        """Whether a waiting worker is ready, so that the next job starts at once."""
        with self._lock:
            return self._engine.is_warm

    def close(self) -> None:
        """End all workers. Running jobs are lost, but can be recovered; waiting ones wait."""
        self._closed = True
        self._wake.set()
        self._thread.join()
        with self._lock:
            for job_id, running in list(self._running.items()):
                running.close()
                self._end(job_id, Outcome(State.LOST))
            self._engine.close()
            for ticket in self._queue.waiting:
                self._store.change(ticket.job_id, owner=None)

    def _jobs(self, records: list[Record]) -> list[Job]:
        """The records with their places; when they start is asked of the queue only if wanted."""
        positions, waits = self._queue.positions(), cache(self._waits)

        def job(record: Record) -> Job:
            name = record.job_id
            return Job(record, positions.get(name, 0), lambda: waits().get(name, 0.0))

        return [job(record) for record in records]

    def _waits(self) -> dict[str, float | None]:
        with self._lock:
            left = {name: self._store.left(name, c.elapsed) for name, c in self._running.items()}
            return self._queue.waits(left)

    def _command(self, job_id: str, command: RunCommand) -> None:
        with self._lock:
            record = self._store.record(job_id)
            if record.state is not State.RUNNING or record.task != "train":
                raise JobRefused(
                    f"Expected a job that trains. Received: {job_id}, which is {record.state}"
                )
            try:
                self._store.run(job_id).give(command)
            except OSError as error:
                raise JobRefused(refusal(error, self._store.root)) from error

    def prune(self) -> None:
        """Delete runs that are too old, as it also does by itself once an hour."""
        gone = self._pruner.prune()
        with self._lock:
            for job_id in gone:
                self._store.forget(job_id)

    def _loop(self) -> None:
        while not self._closed:
            self._wake.wait(TICK if self._running else IDLE_TICK)
            self._wake.clear()
            try:
                with self._lock:
                    self._tick()
                if self._pruner.due:
                    self.prune()
            except Exception:  # one job's trouble must not end everybody's queue
                log.exception("the supervisor could not look after its jobs")

    def _tick(self) -> None:
        for job_id in self._store.cancelled([ticket.job_id for ticket in self._queue.waiting]):
            self._end(job_id, Outcome(State.CANCELLED))
        for job_id, running in list(self._running.items()):
            if outcome := running.poll():
                self._end(job_id, outcome)
            else:
                self._store.keep_process(job_id, running.process)
        self._start_next()
        self._store.retry()
        feeds = (self._store.feed(job_id).poll() for job_id in self._running)
        self._engine.tend(later=not all(feed.history for feed in feeds))

    def _start_next(self) -> None:
        self._queue = replace(self._queue, slots=self._engine.slots)
        while ticket := self._queue.next():
            self._start(ticket)

    def _start(self, ticket: Ticket) -> None:
        self._queue = self._queue.start(ticket.job_id)
        record = self._store.record(ticket.job_id)
        try:
            running = self._engine.start(self._store.run(ticket.job_id), record)
        except OSError as error:
            verdict = verdict_of(error, self._store.root)
            self._end(ticket.job_id, Outcome(State.FAILED, verdict))
            return
        self._running[ticket.job_id] = running
        now = time.time()
        self._store.change(ticket.job_id, state=State.RUNNING, started=now, worker=running.process)

    def _end(self, job_id: str, outcome: Outcome) -> None:
        self._running.pop(job_id, None)
        if self._queue.holds(job_id):
            self._queue = self._queue.leave(job_id)
        self._store.finish(job_id, outcome)
        if outcome.state is not State.DONE:
            registry.sweep(registry.user_root())

    def _restore(self) -> None:
        """Queue what waited when an earlier supervisor ended."""
        for record in self._store.records():
            if record.state is State.QUEUED:
                try:
                    self._queue = self._queue.submit(_ticket(record))
                except JobRefused:  # written by hand, or by two processes at once
                    self._end(record.job_id, Outcome(State.CANCELLED))


_only: Supervisor | None = None
_creation = threading.Lock()


def supervisor() -> Supervisor:
    """The supervisor of this process, made at the first call."""
    global _only
    with _creation:
        if _only is None:
            _only = Supervisor()
        return _only


def _ticket(record: Record) -> Ticket:
    return Ticket(record.job_id, record.visitor, record.expected, record.sweep)
