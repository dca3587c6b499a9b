"""Sweeps: what they are made of, and that no order of kills loses or repeats a finished trial."""

import csv
import json
import os
from collections import Counter
from dataclasses import replace
from io import StringIO
from math import log10, nan
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import tiny_spec
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import Epoch, Losses
from vae_core.datasets import default_spec
from vae_core.errors import SpecInvalid
from vae_core.jobs.events import Feed
from vae_core.jobs.queue import Queue, Ticket
from vae_core.jobs.state import Job, Reason, Record, State, Verdict, new_job_id
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps import SweepDirectory, SweepPlan, SweepResults, TrialResult, TrialState
from vae_core.sweeps.driver import Driver
from vae_core.sweeps.export import as_json, to_csv
from vae_core.sweeps.proposer import Known, further
from vae_core.sweeps.pruning import COMPARED, Judge
from vae_core.sweeps.reading import plan_of
from vae_core.sweeps.results import is_stored
from vae_core.sweeps.trial import standings, trials_of

BRIEF = {"epochs": 2, "kl_warmup_epochs": 0, "hidden": (8,)}


def plan(**options: Any) -> SweepPlan:
    given: dict[str, Any] = {**BRIEF, "beta": [0.5, 1.0, 2.0]}
    given |= options.pop("settings", {})
    return plan_of("iris", given, **options)


class FakeJobs:
    """A supervisor whose workers end when the test says so; its records survive it."""

    def __init__(self, records: dict[str, Record], slots: int = 2) -> None:
        self.slots, self.records = slots, records
        self.trained: Counter[str] = Counter()
        self.queue = Queue(slots)
        for record in records.values():
            if record.state is State.RUNNING:
                self._set(record.job_id, state=State.LOST)
            elif record.state is State.QUEUED:
                self.queue = self.queue.submit(self._ticket(record))
        self._start()

    def submit(
        self, spec: TrainingSpec, *, visitor: str, download: bool = False, sweep: str = ""
    ) -> Job:
        assert not download
        assert not is_stored(spec), "a specification trained before is not trained again"
        record = Record(job_id=new_job_id(), visitor=visitor, spec=spec, sweep=sweep)
        self.records[record.job_id] = record
        self.queue = self.queue.submit(self._ticket(record))
        self._start()
        return Job(self.records[record.job_id])

    def jobs(self) -> list[Job]:
        return [Job(record) for record in self.records.values()]

    def feed(self, job_id: str) -> Feed:
        return Feed(Path(job_id))

    def cancel(self, job_id: str) -> None:
        if self.records[job_id].state.active:
            self.end(job_id, State.CANCELLED)

    def running(self) -> list[str]:
        return [name for name, record in self.records.items() if record.state is State.RUNNING]

    def publish(self, job_id: str) -> None:
        name = self.records[job_id].spec.model_id
        (registry.user_root() / name).mkdir(parents=True)
        self.trained[name] += 1
        self.end(job_id, State.DONE, model_id=name)

    def end(self, job_id: str, state: State, **values: Any) -> None:
        self._set(job_id, state=state, **values)
        self.queue = self.queue.leave(job_id)
        self._start()

    def _start(self) -> None:
        while ticket := self.queue.next():
            self.queue = self.queue.start(ticket.job_id)
            self._set(ticket.job_id, state=State.RUNNING)

    def _set(self, job_id: str, **values: Any) -> None:
        self.records[job_id] = self.records[job_id].model_copy(update=values)

    @staticmethod
    def _ticket(record: Record) -> Ticket:
        return Ticket(record.job_id, record.visitor, None, record.sweep)


EVENTS = st.lists(
    st.sampled_from(["look", "publish", "kill worker", "kill all", "diverge", "stop"]), max_size=25
)


def driven(directory: SweepDirectory, jobs: FakeJobs) -> Driver:
    held = directory.lock()
    assert held is not None
    return Driver(directory, held, jobs)


@given(events=EVENTS, search=st.sampled_from(["grid", "random"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_under_any_order_of_kills_each_trial_ends_once(
    events: list[str], search: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_HOME", str(tmp_path_factory.mktemp("home")))
        trials = None if search == "grid" else 6
        directory = SweepDirectory.of(plan(seeds=2, search=search, trials=trials))
        records: dict[str, Record] = {}
        jobs = FakeJobs(records)
        driver, trained, diverged = driven(directory, jobs), Counter[str](), set[str]()
        for event in [*events, *["look", "publish"] * 14, "look"]:
            first = next(iter(jobs.running()), None)
            if event == "look":
                driver.advance()
            elif event == "kill all":
                trained += jobs.trained
                os.close(driver.__dict__["_held"])  # as the kernel does
                jobs = FakeJobs(records)
                driver = driven(directory, jobs)
            elif event == "stop":
                driver.rest()
                driver = driven(directory, jobs)
                driver.forget_endings()
            elif first and event == "publish":
                jobs.publish(first)
            elif first and event == "kill worker":
                verdict = Verdict.of(Reason.KILLED)
                jobs.end(first, State.FAILED, verdict=verdict)
            elif first and event == "diverge":
                diverged.add(records[first].spec.model_id)
                jobs.end(first, State.FAILED, verdict=Verdict.of(Reason.DIVERGED))
        assert driver.advance(), "it is finished"
        trained += jobs.trained
        sweep, listed = directory.read(), trials_of(directory.read())
        assert max(trained.values(), default=1) == 1, "no finished trial is trained again"
        standing = standings(sweep, listed, list(records.values()), is_stored)
        assert set(standing) == {trial.model_id for trial in listed}
        assert len(listed) == sweep.plan.count
        done = {name for name, found in standing.items() if found.state is TrialState.DONE}
        assert done == set(trained) & set(standing)
        for name in set(standing) - done:
            lost = standing[name].state is TrialState.LOST
            assert name in diverged or (lost and events.count("kill all") + events.count(
                "kill worker") >= 2)  # fmt: skip
        driver.rest()


VALUES = st.floats(-50, -10)


@given(st.lists(VALUES, min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_what_is_proposed_depends_on_what_is_known_alone(values: list[float], random: Any) -> None:
    search = plan(
        settings={"beta": "0.1..10", "latent_dim": [2, 3], "hidden": [(8,), (16, 8)]},
        search="tpe", trials=40,
    )  # fmt: skip
    first = further(search, [], len(values))
    known = [Known(n, one, value) for n, (one, value) in enumerate(zip(first, values, strict=True))]
    mixed = random.sample(known, len(known))
    assert further(search, known, 2) == further(search, mixed, 2)
    for proposed in first:
        search.spec(proposed, 0)
        assert 0.1 <= proposed["beta"] <= 10


def test_a_finite_search_proposes_each_setting_once() -> None:
    search = plan(settings={"beta": [0.5, 1.0], "latent_dim": [1, 2, 3]}, search="tpe", trials=6)
    proposed = further(search, [], 10)
    assert sorted(map(repr, proposed)) == sorted(map(repr, search.grid()))


def test_tpe_comes_near_to_what_does_well() -> None:
    search = plan(settings={"beta": "0.01..100"}, search="tpe", trials=40)
    known: list[Known] = []
    for number in range(40):
        (values,) = further(search, known, 1)
        known.append(Known(number, values, -abs(log10(values["beta"] / 3))))
    early, late = known[:20], known[20:]
    assert fmean(one.value or 0 for one in late) > 0.7 * fmean(one.value or 0 for one in early)


@pytest.mark.parametrize(
    ("settings", "options", "words"),
    [
        ({"likelihood": ["gaussian", "mixed"]}, {}, "measured differently"),
        ({"without": ["setosa", "virginica"]}, {}, "measured differently"),
        ({"subset": [30, 60]}, {}, "each subset is scaled by its own range"),
        ({"seed": [1, 2]}, {}, "how many seeds"),
        ({"nonsense": [1, 2]}, {}, "Expected a setting to sweep"),
        ({"beta": [1.0, 1.0]}, {}, "different values"),
        ({"beta": [-1.0, 1.0]}, {}, "greater than or equal to 0"),
        ({"beta": "0.1..10"}, {"search": "grid"}, "values with commas for a grid"),
        ({"beta": "10..0.1", "latent_dim": 2}, {"trials": 4}, "smaller end first"),
        ({"activation": "relu..silu"}, {"trials": 4}, "as numbers"),
        ({"beta": "0.1..10"}, {}, "`trials` as a multiple"),
        ({"beta": "0.1..10"}, {"trials": 5, "seeds": 2}, "`trials` as a multiple of 2"),
        ({}, {"trials": 4, "search": "random"}, "at most 3 settings"),
        ({}, {"trials": 2, "search": "grid"}, "all 3 trials"),
        ({"beta": 1.0}, {}, "at least one setting with several values"),
        ({"beta": "1,x"}, {}, "as numbers"),
        ({"kl_warmup_epochs": 2}, {}, "warm-up must end"),
        ({}, {"metric": "loss"}, "`metric` to be elbo or importance_bound"),
        ({"hidden": "8,x"}, {}, "whole numbers"),
    ],
)  # fmt: skip
def test_a_contradiction_is_said(
    settings: dict[str, Any], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecInvalid, match=words.replace("..", r"\.\.")):
        plan(settings=settings, **options)


def test_text_and_lists_mean_the_same() -> None:
    text = plan(settings={"beta": "0.5,1,2", "hidden": "8/16,8", "latent_dim": "2"})
    lists = plan(settings={"beta": [0.5, 1.0, 2.0], "hidden": [(8,), (16, 8)], "latent_dim": 2})
    assert text == lists
    assert text.sweep_id == lists.sweep_id
    assert SweepPlan.model_validate_json(text.model_dump_json()) == text
    one = text.spec({"beta": 1.0, "hidden": [16, 8]}, 0)
    assert one == tiny_spec("iris", hidden=(16, 8), epochs=2, beta=1.0, batch_size=one.batch_size)


def epoch(number: int, elbo: float) -> Epoch:
    losses = Losses(reconstruction=-elbo, kl=0.0, elbo=elbo)
    rates = {"beta": 1.0, "learning_rate": 1e-3, "seconds": 1.0, "images_per_second": 1.0}
    return Epoch(epoch=number, train=losses, validation=losses, **rates)


def test_a_short_training_warms_up_as_much_sooner() -> None:
    own = default_spec("iris")
    plan = plan_of("iris", {"beta": "0.5,1", "epochs": str(own.epochs // 10)})
    assert plan.spec({"beta": 1.0}, 0).kl_warmup_epochs == own.kl_warmup_epochs // 10
    assert plan_of("iris", {"beta": "0.5,1"}).spec({"beta": 1.0}, 0) == own.model_copy(
        update={"beta": 1.0}
    )


def test_pruning_waits_for_enough_trials_and_for_the_warm_up() -> None:
    spec = tiny_spec("iris", epochs=20)
    judge, bad = Judge(), [epoch(number, -100.0) for number in range(1, 11)]
    for number in range(COMPARED - 1):
        assert judge.verdict(spec, bad) is None, "too few are done"
        judge.learn("first", [epoch(e, -10.0) for e in range(1, 21)])
        judge.learn(f"trial{number}", [epoch(e, -10.0 - number) for e in range(1, 21)])
    assert judge.verdict(spec, bad[:4]) is None, "it is too early"
    ending = judge.verdict(spec, bad)
    assert ending is not None
    assert (ending.state, ending.epoch, ending.elbo) == ("pruned", 10, -100.0)
    assert judge.verdict(spec, [epoch(number, -11.0) for number in range(1, 11)]) is None


def results(elbos: list[list[float]], *, seeds: int) -> SweepResults:
    """Settings of beta with these ELBOs, one a seed."""
    made = plan(settings={"beta": [0.5 + n for n in range(len(elbos))]}, seeds=seeds)
    rows = [
        TrialResult(
            (spec := made.spec({"beta": 0.5 + n}, seed)).model_id, spec, {"beta": 0.5 + n}, n, seed,
            TrialState.DONE if elbo == elbo else TrialState.WAITING,
            elbo=elbo, error=0.1, rate=5.0 - n, distortion=-elbo - 5.0 + n, test_elbo=-elbo,
            active_units=2, decoder_bytes=1000 + n, decode_ms=0.1,
        )
        for n, found in enumerate(elbos)
        for seed, elbo in enumerate(found)
    ]  # fmt: skip
    return SweepResults(made.sweep_id, made, tuple(rows), likelihood="Bernoulli on grey values")


def test_a_lucky_seed_does_not_win_over_a_mean_and_the_test_split_decides_nothing() -> None:
    found = results([[-10.0, -20.0], [-12.0, -13.0], [-9.0, nan]], seeds=2)
    assert found.best_setting is not None
    assert found.best is not None
    assert (found.best_setting.number, found.best.elbo) == (1, -12.0)
    assert found.best_setting.elbo == -12.5
    assert found.best_setting.error == pytest.approx(0.5)
    turned = replace(
        found, trials=tuple(replace(t, test_elbo=-t.test_elbo * 3) for t in found.trials)
    )
    assert turned.best_setting == replace(found.best_setting, trials=turned.best_setting.trials)  # type: ignore[union-attr]


def test_exports_hold_every_trial() -> None:
    found = results([[-10.0], [nan]], seeds=1)
    written = json.loads(json.dumps(as_json(found)))
    assert set(written) >= {"sweep", "trials", "best"}
    assert set(written["trials"][0]) >= {"model_id", "spec", "elbo", "error", "state"}
    assert written["trials"][1]["elbo"] is None
    assert written["best"]["model_id"] == found.trials[0].model_id
    assert "not a proper likelihood" in written["caveat"]
    rows = list(csv.DictReader(StringIO(to_csv(found))))
    assert [(row["beta"], row["elbo"], row["state"]) for row in rows] == [
        ("0.5", "-10.0", "done"), ("1.5", "", "waiting"),
    ]  # fmt: skip
