"""Who trains next: a pure queue. Each method returns a new queue and does nothing else.

Jobs start in the order of submission. Each visitor has at most one running and one waiting job,
so a job whose visitor's other one still runs lets the next one pass. The trials of a sweep are
not counted so, and start only where no single job could: sweeps fill what others leave free.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from math import inf
from typing import Self

from vae_core.errors import JobRefused, NotFound


@dataclass(frozen=True)
class Ticket:
    """A job in the queue; `expected` is its estimated duration in seconds, None if unknown.

    `sweep` names the sweep that the job is a trial of, '' for a single training.
    """

    job_id: str
    visitor: str
    expected: float | None = None
    sweep: str = ""


@dataclass(frozen=True)
class Queue:
    """Waiting and running jobs, at most `slots` of them running.

    Among the waiting ones single trainings stand before the trials of sweeps.
    """

    slots: int = 1
    waiting: tuple[Ticket, ...] = ()
    running: tuple[Ticket, ...] = field(default=())

    def submit(self, ticket: Ticket) -> Self:
        """Add a job behind those of its kind.

        Raises `JobRefused` when its visitor has a single one waiting already.
        """
        singles = tuple(other for other in self.waiting if not other.sweep)
        if not ticket.sweep and any(other.visitor == ticket.visitor for other in singles):
            raise JobRefused(
                "Expected at most one running and one waiting job for each visitor. Received: a "
                "further one. Cancel the one that waits, or wait until it runs."
            )
        if self.holds(ticket.job_id):
            raise JobRefused(f"Expected a new job. Received: job_id={ticket.job_id!r} again")
        trials = self.waiting[len(singles) :]
        waiting = (*singles, *trials, ticket) if ticket.sweep else (*singles, ticket, *trials)
        return replace(self, waiting=waiting)

    def holds(self, job_id: str) -> bool:
        """Whether the job waits or runs."""
        return any(ticket.job_id == job_id for ticket in (*self.running, *self.waiting))

    def next(self) -> Ticket | None:
        """The job to start now, or None: no slot is free, or nobody may start."""
        if len(self.running) >= self.slots:
            return None
        busy = {ticket.visitor for ticket in self.running if not ticket.sweep}
        able = (t for t in self.waiting if not t.sweep and t.visitor not in busy)
        return next(able, None) or self._next_trial()

    def _next_trial(self) -> Ticket | None:
        """The first waiting trial of the sweep that has the fewest running ones."""
        running = Counter(ticket.sweep for ticket in self.running)
        trials = [ticket for ticket in self.waiting if ticket.sweep]
        return min(trials, key=lambda ticket: running[ticket.sweep], default=None)

    def start(self, job_id: str) -> Self:
        """The queue with its next job running; raises `JobRefused` for any other job."""
        ticket = self.next()
        if ticket is None or ticket.job_id != job_id:
            raise JobRefused(f"Expected the next job, {ticket}. Received: job_id={job_id!r}")
        place = self.waiting.index(ticket)
        waiting = self.waiting[:place] + self.waiting[place + 1 :]
        return replace(self, waiting=waiting, running=(*self.running, ticket))

    def leave(self, job_id: str) -> Self:
        """The queue without a job, finished or cancelled; raises `NotFound`."""
        running = tuple(ticket for ticket in self.running if ticket.job_id != job_id)
        if len(running) < len(self.running):
            return replace(self, running=running)
        waiting = tuple(ticket for ticket in self.waiting if ticket.job_id != job_id)
        if len(waiting) == len(self.waiting):
            raise NotFound(f"Expected a job that waits or runs. Received: job_id={job_id!r}")
        return replace(self, waiting=waiting)

    def order(self) -> tuple[Ticket, ...]:
        """Waiting jobs in the order in which they will start if each takes what is expected."""
        return tuple(ticket for ticket, _ in self._planned({}))

    def position(self, job_id: str) -> int:
        """Place among the waiting jobs, counted from 1; 0 for a job that does not wait."""
        places = (n for n, ticket in enumerate(self.waiting, 1) if ticket.job_id == job_id)
        return next(places, 0)

    def positions(self) -> dict[str, int]:
        """The place of each waiting job."""
        return {ticket.job_id: place for place, ticket in enumerate(self.waiting, 1)}

    def waits(self, left: dict[str, float] | None = None) -> dict[str, float | None]:
        """Expected seconds until each waiting job starts; None when nobody can tell.

        `left` holds the seconds that running jobs still need, where that is known better than
        from their tickets. What is overdue is taken to end now.
        """
        planned = self._planned(left or {})
        return {ticket.job_id: None if start == inf else start for ticket, start in planned}

    def _planned(self, left: dict[str, float]) -> list[tuple[Ticket, float]]:
        """Simulate the queue to its end: each waiting job with its expected start."""
        ends = [
            (max(0.0, left.get(ticket.job_id, _duration(ticket))), number, ticket)
            for number, ticket in enumerate(self.running)
        ]
        heapify(ends)
        queue, now, plan = self, 0.0, []
        while (ticket := queue.next()) or (queue.waiting and ends):
            if ticket:
                queue = queue.start(ticket.job_id)
                plan.append((ticket, now))
                heappush(ends, (now + _duration(ticket), len(self.running) + len(plan), ticket))
            else:
                now, _, done = heappop(ends)
                queue = queue.leave(done.job_id)
        return plan + [(ticket, inf) for ticket in queue.waiting]  # without a slot nobody can tell


def _duration(ticket: Ticket) -> float:
    return inf if ticket.expected is None else ticket.expected
