"""The queue: whatever is done to it, it stays fair, bounded and complete."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vae_core.errors import JobRefused, NotFound
from vae_core.jobs.queue import Queue, Ticket

VISITORS = st.sampled_from("abcde")
SWEEPS = st.sampled_from(["", "", "x", "y"])
DURATIONS = st.none() | st.floats(0, 1000)


def singles(tickets: Sequence[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if not ticket.sweep]


class QueueMachine(RuleBasedStateMachine):
    """A queue against the plainest model of it: two lists."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue(slots=2)
        self.waiting: list[Ticket] = []
        self.running: list[Ticket] = []
        self.count = 0

    @rule(visitor=VISITORS, expected=DURATIONS, sweep=SWEEPS)
    def submit(self, visitor: str, expected: float | None, sweep: str) -> None:
        self.count += 1
        ticket = Ticket(f"job{self.count}", visitor, expected, sweep)
        if not sweep and visitor in {other.visitor for other in singles(self.waiting)}:
            with pytest.raises(JobRefused, match="one running and one waiting"):
                self.queue.submit(ticket)
            return
        self.queue = self.queue.submit(ticket)
        self.waiting.append(ticket)
        self.waiting.sort(key=lambda other: bool(other.sweep))  # stable: each kind keeps its order

    @precondition(lambda self: self.queue.next())
    @rule()
    def start(self) -> None:
        ticket = self.queue.next()
        assert ticket is not None
        self.queue = self.queue.start(ticket.job_id)
        self.waiting.remove(ticket)
        self.running.append(ticket)

    @precondition(lambda self: self.waiting or self.running)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.waiting + self.running))
        self.queue = self.queue.leave(ticket.job_id)
        (self.waiting if ticket in self.waiting else self.running).remove(ticket)

    @rule()
    def unknown_jobs_are_refused(self) -> None:
        with pytest.raises(NotFound):
            self.queue.leave("nobody")
        with pytest.raises(JobRefused):
            self.queue.start("nobody")

    @invariant()
    def nobody_is_lost(self) -> None:
        assert self.queue.waiting == tuple(self.waiting)
        assert self.queue.running == tuple(self.running)
        assert all(self.queue.holds(t.job_id) for t in self.waiting + self.running)

    @invariant()
    def limits_hold(self) -> None:
        assert len(self.running) <= self.queue.slots
        for group in (self.waiting, self.running):
            visitors = [ticket.visitor for ticket in singles(group)]
            assert len(visitors) == len(set(visitors))

    @invariant()
    def no_slot_is_idle_without_reason(self) -> None:
        busy = {ticket.visitor for ticket in singles(self.running)}
        able = [ticket for ticket in singles(self.waiting) if ticket.visitor not in busy]
        trials = [ticket for ticket in self.waiting if ticket.sweep]
        full, following = len(self.running) >= self.queue.slots, self.queue.next()
        if full or not (able or trials):
            assert following is None
        elif able:
            assert following == able[0], "a single training goes before any trial of a sweep"
        else:
            assert following in trials
            counts = {sweep: [t.sweep for t in self.running].count(sweep) for sweep in "xy"}
            assert counts[following.sweep] == min(counts[ticket.sweep] for ticket in trials)

    @invariant()
    def positions_count_from_one(self) -> None:
        places = [self.queue.position(ticket.job_id) for ticket in self.waiting]
        assert places == list(range(1, len(places) + 1))
        assert all(self.queue.position(ticket.job_id) == 0 for ticket in self.running)

    @invariant()
    def waits_are_of_the_waiting(self) -> None:
        waits = self.queue.waits()
        assert set(waits) == {ticket.job_id for ticket in self.waiting}
        assert all(wait is None or wait >= 0 for wait in waits.values())
        assert {ticket.job_id for ticket in self.queue.order()} == set(waits)


TestQueue = QueueMachine.TestCase


@given(st.lists(st.floats(0, 100), min_size=1, max_size=10), st.integers(1, 4))
def test_waits_are_those_of_a_simulation(durations: list[float], slots: int) -> None:
    queue = Queue(slots)
    for number, seconds in enumerate(durations):
        queue = queue.submit(Ticket(f"{number}", f"{number}", seconds))
    free = [0.0] * slots
    for number, seconds in enumerate(durations):
        free.sort()
        assert queue.waits()[f"{number}"] == pytest.approx(free[0])
        free[0] += seconds


def test_one_visitors_second_job_lets_others_pass() -> None:
    queue = Queue(2)
    for name, visitor in (("one", "a"), ("two", "a")):
        queue = queue.submit(Ticket(name, visitor, 10))
        queue = queue.start(name) if name == "one" else queue
    assert queue.next() is None
    queue = queue.submit(Ticket("three", "b", 10))
    assert queue.next() == Ticket("three", "b", 10)
    assert [ticket.job_id for ticket in queue.order()] == ["three", "two"]
    assert queue.waits({"one": 6.0}) == {"three": 0.0, "two": 6.0}


def test_a_sweep_of_hundreds_keeps_nobody_waiting_for_more_than_one_trial() -> None:
    queue = Queue(2)
    for number in range(200):
        queue = queue.submit(Ticket(f"trial{number}", "a", 10, "x"))
    queue = queue.start("trial0").start("trial1").submit(Ticket("single", "a", 10))
    assert queue.position("single") == 1
    assert queue.waits({"trial0": 3.0})["single"] == 3.0
    assert queue.leave("trial0").next() == Ticket("single", "a", 10)


def test_nobody_can_tell_after_a_job_of_unknown_length() -> None:
    queue = Queue(1).submit(Ticket("one", "a")).submit(Ticket("two", "b", 1.0))
    assert queue.waits() == {"one": 0.0, "two": None}


def test_what_is_left_of_a_running_job_is_known_better_than_its_ticket() -> None:
    queue = Queue(1).submit(Ticket("one", "a", 5.0)).start("one").submit(Ticket("two", "b", 1.0))
    assert queue.waits() == {"two": 5.0}
    assert queue.waits({"one": 500.0}) == {"two": 500.0}
    assert queue.waits({"one": -3.0}) == {"two": 0.0}, "overdue, so it may end now"


def test_a_job_is_queued_once() -> None:
    queue = Queue(1).submit(Ticket("one", "a"))
    with pytest.raises(JobRefused, match="again"):
        queue.submit(Ticket("one", "b"))
