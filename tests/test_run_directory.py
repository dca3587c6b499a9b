"""Run directories: what is written is read back, what is damaged is passed over."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.conftest import tiny_spec
from vae_core.artifacts.manifest import Epoch, Losses
from vae_core.errors import NotFound
from vae_core.jobs.estimate import epoch_seconds, estimate
from vae_core.jobs.events import EpochEvent, FrameEvent, PublishedEvent, SpecEvent, StageEvent
from vae_core.jobs.prune import Old, prune, to_prune
from vae_core.jobs.recovery import left_behind
from vae_core.jobs.run_directory import CONTROL, EVENTS, RECORD, RunDirectory, all_runs, runs_root
from vae_core.jobs.state import Job, Process, Reason, Record, State, Verdict, new_job_id
from vae_core.spec.intervention import RunCommand

LOSSES = Losses(reconstruction=3.0, kl=1.0, elbo=-4.0)


def record(**values: Any) -> Record:
    return Record(**{"job_id": new_job_id(), "visitor": "a", "spec": tiny_spec("iris"), **values})


def epoch_event(
    number: int, kl: tuple[float, ...] = (1.0, 0.001), seconds: float = 0.5
) -> EpochEvent:
    epoch = Epoch(
        epoch=number,
        train=LOSSES,
        validation=LOSSES,
        beta=1.0,
        learning_rate=0.1,
        seconds=seconds,
        images_per_second=100.0,
    )
    return EpochEvent(epoch=epoch, best=number, kl=kl)


@pytest.fixture
def run(home: Path) -> RunDirectory:
    return RunDirectory.create(record())


def test_asking_creates_nothing(home: Path) -> None:
    assert all_runs() == []
    assert not home.exists()


def test_a_record_comes_back(run: RunDirectory) -> None:
    changed = run.record().model_copy(
        update={"state": State.FAILED, "verdict": Verdict.of(Reason.TIME), "finished": 5.0}
    )
    run.write(changed)
    assert RunDirectory.open(run.job_id).record() == changed
    assert [entry[1] for entry in all_runs()] == [changed]
    assert [path.name for path in run.path.iterdir()] == [RECORD], "a draft was left"


@pytest.mark.parametrize("name", ["", "..", "../../etc", "20260101-000000-00000000000g", "/tmp"])
def test_what_is_no_job_is_no_path(name: str) -> None:
    with pytest.raises(NotFound, match="name of a job"):
        RunDirectory.open(name)


def test_a_damaged_record_is_passed_over(run: RunDirectory) -> None:
    other = RunDirectory.create(record())
    for content in (b"", b"{", b"[]", b'{"job_id": 3}'):
        (run.path / RECORD).write_bytes(content)
        assert [found.job_id for found, _ in all_runs()] == [other.job_id]


def test_a_later_versions_record_is_read(run: RunDirectory) -> None:
    values = json.loads((run.path / RECORD).read_text(encoding="utf-8"))
    (run.path / RECORD).write_text(json.dumps({**values, "invented_later": 1}), encoding="utf-8")
    assert run.record().state is State.QUEUED


def test_a_feed_follows(run: RunDirectory) -> None:
    feed = run.feed().poll()
    assert (feed.version, feed.stage, feed.best_epoch, feed.collapsed) == (0, "starting", 0, ())
    run.tell(StageEvent(stage="training"))
    run.tell(epoch_event(1))
    run.tell(FrameEvent(epoch=1))
    assert feed.poll().version == 3
    assert (feed.stage, len(feed.history), feed.frame, feed.collapsed) == ("training", 1, 1, (1,))
    run.tell(epoch_event(2, kl=(0.5, 0.5)))
    changed = tiny_spec("iris").stopped(2)
    run.tell(SpecEvent(spec=changed))
    run.tell(PublishedEvent(model_id="iris-x"))
    assert feed.poll().best == [1, 2]
    assert (feed.spec, feed.model_id, feed.collapsed) == (changed, "iris-x", ())
    assert feed.poll().version == 6


def test_a_run_that_begins_again_is_told_from_its_start(run: RunDirectory) -> None:
    run.film.path.mkdir()
    (run.film.path / "00001.npz").write_bytes(b"x")
    feed = run.feed()
    run.tell(StageEvent(stage="training"))
    run.tell(epoch_event(1))
    assert (feed.poll().stage, feed.best) == ("training", [1])
    run.begin_again()
    assert (feed.poll().stage, feed.history, feed.best, feed.kl) == ("starting", [], [], [])
    assert (run.film.epochs, feed.version) == ((), 3)


def test_what_is_left_is_judged_by_the_epochs_after_the_first(run: RunDirectory) -> None:
    spec = tiny_spec("iris", epochs=10)
    feed = run.feed()
    assert feed.seconds_left(spec) is None
    for number, seconds in enumerate((60.0, 1.0, 3.0), 1):
        run.tell(epoch_event(number, seconds=seconds))
        left = feed.poll().seconds_left(spec)
        assert left == {1: None, 2: 8 * 1.0, 3: 7 * 2.0}[number]
    run.tell(SpecEvent(spec=spec.stopped(3)))
    assert feed.poll().seconds_left(spec) == 0


def test_a_half_written_line_waits_for_its_end(run: RunDirectory) -> None:
    feed = run.feed()
    line = epoch_event(1).model_dump_json().encode() + b"\n"
    for size in (1, len(line) // 2, len(line) - 1, len(line)):
        (run.path / EVENTS).write_bytes(line[:size])
        feed.poll()
        assert len(feed.history) == (size == len(line))


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_damaged_lines_are_passed_over(tmp_path_factory: Any, lines: list[bytes]) -> None:
    run = RunDirectory(tmp_path_factory.mktemp("run"))
    run.tell(StageEvent(stage="loading"))
    with (run.path / EVENTS).open("ab") as stream:
        stream.writelines(line.replace(b"\n", b"") + b"\n" for line in lines)
    run.tell(epoch_event(1))
    assert len(run.feed().poll().history) == 1


def test_orders_are_taken_up_once(run: RunDirectory) -> None:
    assert run.commands(0) == []
    run.give(RunCommand(beta=4.0))
    run.give(RunCommand(stop=True))
    assert run.commands(0) == [RunCommand(beta=4.0), RunCommand(stop=True)]
    assert run.commands(1) == [RunCommand(stop=True)]
    with (run.path / CONTROL).open("ab") as stream:
        stream.write(b'nonsense\n{"beta": 2')
    assert run.commands(1) == [RunCommand(stop=True), RunCommand()]


@pytest.mark.parametrize("wish", [{"beta": -1}, {"beta": 101}, {"learning_rate": 1.0}, {"x": 1}])
def test_orders_have_the_bounds_of_the_specification(wish: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RunCommand(**wish)


def test_a_verdict_comes_back(run: RunDirectory) -> None:
    assert run.verdict() is None
    run.fail(Verdict.of(Reason.DIVERGED))
    assert run.verdict() == Verdict.of(Reason.DIVERGED)
    run.ask_to_cancel()
    assert run.is_cancelled()
    run.forget_ending()
    assert not run.is_cancelled()
    assert run.verdict() is None


def test_what_becomes_of_a_job_without_supervisor(run: RunDirectory) -> None:
    gone = Process(pid=2**22 - 1, created=1.0)
    waiting = record(state=State.QUEUED, owner=gone)
    assert left_behind(run, waiting) == waiting
    running = record(state=State.RUNNING, owner=gone, worker=gone)
    assert left_behind(run, running).state is State.LOST
    run.tell(PublishedEvent(model_id="iris-x"))
    found = left_behind(run, running)
    assert (found.state, found.model_id) == (State.DONE, "iris-x")


DAY = 24 * 3600.0
old_runs = st.lists(
    st.builds(Old, st.uuids().map(str), st.floats(0, 60 * DAY), st.integers(0, 10**9)), max_size=12
)


@given(old_runs, st.integers(0, 3 * 10**9), st.data())
def test_the_pruning_rule(runs: list[Old], room: int, data: st.DataObject) -> None:
    keep = data.draw(st.sets(st.sampled_from([run.job_id for run in runs]))) if runs else set()
    now = 60 * DAY
    gone = set(to_prune(runs, now=now, keep=keep, budget=room))
    stay = [run for run in runs if run.job_id not in gone]
    assert not gone & keep
    assert all(run.job_id in keep or now - run.ended <= 30 * DAY for run in stay)
    assert sum(run.bytes for run in stay if run.job_id not in keep) <= max(
        0, room - sum(run.bytes for run in runs if run.job_id in keep)
    )
    free = [run for run in stay if run.job_id not in keep]
    young = [run for run in runs if run.job_id in gone and now - run.ended <= 30 * DAY]
    assert not free or not young or min(r.ended for r in free) >= max(r.ended for r in young)


def test_pruning_deletes_old_ends_only(home: Path) -> None:
    ended = RunDirectory.create(record(state=State.DONE, finished=1.0))
    waiting = RunDirectory.create(record(state=State.QUEUED, submitted=1.0))
    recent = RunDirectory.create(record(state=State.FAILED, finished=None))
    assert prune() == [ended.job_id]
    assert sorted(path.name for path in runs_root().iterdir()) == sorted(
        [waiting.job_id, recent.job_id]
    )


def test_the_estimate_learns_from_runs_of_this_machine() -> None:
    spec = tiny_spec("digits", architecture="dense", epochs=1000)
    first = estimate(spec)
    assert first.low < first.seconds < first.high
    slow = record(spec=spec, state=State.DONE, epoch_seconds=5 * epoch_seconds(spec))
    other = record(state=State.DONE, epoch_seconds=100.0)
    learned = estimate(spec, [slow, other])
    assert learned.runs == 1
    assert learned.seconds > 3 * first.seconds
    assert learned.high / learned.low < first.high / first.low
    assert estimate(spec.stopped(500)).seconds < first.seconds


@pytest.mark.parametrize(("seconds", "words"), [(4, "2 s to 8 s"), (200, "2 min to 7 min")])
def test_estimates_in_words(seconds: float, words: str) -> None:
    from vae_core.jobs.estimate import Estimate

    assert Estimate(seconds, seconds / 2, seconds * 2, 0).words == words


def test_a_job_shows_its_record() -> None:
    job = Job(record())
    assert (job.job_id, job.state) == (job.record.job_id, State.QUEUED)
    assert job.state.active
