"""Engines: what a cluster costs over child processes here, and a supervisor with many workers.

`--simulate` takes no worker: 10,000 trials of one second each on 200 slots, by a simulated clock.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

import psutil
from bench import ROOT, Result, home, main

TRIALS, WORKERS, TRIAL_SECONDS = 10_000, 200, 1.0


class Clock:
    """A time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0


@dataclass
class Trial:
    """A job that ends a second after its start, by the simulated clock."""

    run: Any
    engine: "SimulatedEngine"
    began: float
    process: None = None

    @property
    def elapsed(self) -> float:
        return self.engine.clock.now - self.began

    def cancel(self) -> None:
        self.began = -TRIAL_SECONDS

    def poll(self) -> Any:
        from vae_core.jobs.events import PublishedEvent
        from vae_core.jobs.state import State
        from vae_core.jobs.worker_process import Outcome

        if self.elapsed < TRIAL_SECONDS:
            return None
        name = self.run.record().spec.model_id
        self.run.tell(PublishedEvent(model_id=name))
        self.engine.ended += 1
        return Outcome(State.DONE, model_id=name)

    def close(self) -> None:
        self.cancel()


@dataclass
class SimulatedEngine:
    """Has slots and a clock, and no worker at all."""

    slots: int
    clock: Clock = field(default_factory=Clock)
    is_warm: bool = False
    ended: int = 0

    def start(self, run: Any, record: Any) -> Trial:  # noqa: ARG002
        return Trial(run, self, self.clock.now)

    def prepare(self) -> None:
        """There is nothing to prepare."""

    def tend(self, *, later: bool) -> None:
        """Nor to look after."""

    def close(self) -> None:
        """Nor to give back."""


def measure(jobs: int, simulate: bool) -> Iterator[Result]:
    """Both halves, or the simulation only."""
    sys.path.insert(0, str(ROOT))
    yield from _simulated()
    if not simulate:
        yield from _real(jobs)


def _simulated() -> Iterator[Result]:
    """All trials are submitted at once, each by a visitor of its own, and run wave by wave."""
    from tests.conftest import tiny_spec
    from vae_core.jobs import Supervisor
    from vae_core.jobs.run_directory import all_runs

    spec = tiny_spec("iris")
    with home():
        engine = SimulatedEngine(WORKERS)
        supervisor = Supervisor(engine=engine)
        started, before = time.process_time(), psutil.Process().memory_info().rss
        for number in range(TRIALS):
            supervisor.submit(spec.model_copy(update={"seed": number}), visitor=f"trial {number}")
        submitted = time.process_time() - started
        half = _run_waves(supervisor, engine)
        seconds = time.process_time() - started
        after = psutil.Process().memory_info().rss
        looked = time.monotonic()
        done = sum(job.record.model_id is not None for job in supervisor.jobs())
        looked = time.monotonic() - looked
        supervisor.close()
        opened = time.monotonic()
        found = len(all_runs())
        opened = time.monotonic() - opened
    what = f"{TRIALS:,} trials on {WORKERS} workers, simulated"
    each = "of the app's processor for each job"
    yield Result(f"{what}: done", done, "", at_least=TRIALS)
    yield Result(f"{what}: {each}", 1e3 * seconds / TRIALS, "ms", at_most=10)
    yield Result(f"{what}: of that, to submit", 1e3 * submitted / TRIALS, "ms")
    yield Result(f"{what}: memory for each ended job", (after - before) / TRIALS / 1e3, "kB")
    yield Result(f"{what}: memory in the second half", (after - half) / 1e6, "MB")
    yield Result(f"{what}: all jobs listed", looked, "s", at_most=1)
    yield Result(f"{what}: {found:,} records read from the disk", opened, "s", at_most=1)


def _run_waves(supervisor: Any, engine: SimulatedEngine) -> int:
    """Let time pass until all have ended; the memory (bytes) when half of them had."""
    half = 0
    while engine.ended < TRIALS:
        engine.clock.now += TRIAL_SECONDS
        supervisor.prepare()  # it looks at its jobs at once
        time.sleep(0.02)
        if not half and engine.ended >= TRIALS // 2:
            half = psutil.Process().memory_info().rss
    return half


def _real(jobs: int) -> Iterator[Result]:
    """The same jobs with two child processes and on two workers of a cluster here."""
    times = {name: _seconds(name, jobs) for name in ("local", "dask")}
    for position, (what, unit) in enumerate((("", "s"), (": processor", "s"))):
        local, dask = (times[name][position] for name in ("local", "dask"))
        title = f"{jobs} trainings of Iris, two at once"
        yield Result(f"{title}, child processes{what}", local, unit)
        yield Result(
            f"{title}, two Dask workers{what}",
            dask,
            unit,
            at_most=1.1 * local,
            times=dask / local,
            baseline="child processes",
        )


def _seconds(name: str, jobs: int) -> tuple[float, float]:
    """Until the last of the jobs is a model, all of which must be whole; then what all processes
    have used, start and end of the cluster with it."""
    from vae_core.artifacts import registry
    from vae_core.datasets import default_spec

    used = _used()
    with home():
        with _supervisor(name) as supervisor:
            # One before the clock starts, so that both have compiled the step.
            _all_done(supervisor, [default_spec("iris", epochs=20, seed=999)])
            started = time.monotonic()
            specs = [default_spec("iris", epochs=20, seed=seed) for seed in range(jobs)]
            _all_done(supervisor, specs)
            seconds = time.monotonic() - started
        for spec in specs:
            registry.open_model(spec.model_id)
    return seconds, _used() - used


def _used() -> float:
    """Processor seconds of this process and of all that it has waited for, and they in turn."""
    usages = (getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _all_done(supervisor: Any, specs: list[Any]) -> None:
    for number, spec in enumerate(specs):
        supervisor.submit(spec, visitor=f"trial {number}")
    while any(job.state.active for job in supervisor.jobs()):
        time.sleep(0.1)
    wrong = [job.record for job in supervisor.jobs() if job.record.model_id is None]
    if wrong:
        raise SystemExit(f"{len(wrong)} jobs left no model, such as {wrong[0]}")


@contextmanager
def _supervisor(name: str) -> Iterator[Any]:
    from vae_core import paths
    from vae_core.jobs import Supervisor
    from vae_core.jobs.engines.dask_engine import DaskEngine

    if name == "local":
        supervisor = Supervisor(slots=2)
        yield supervisor
        supervisor.close()
        return
    from tests.cluster import cluster

    with cluster(paths.home() / "cluster", workers=2) as running:
        supervisor = Supervisor(engine=DaskEngine(f"tcp://127.0.0.1:{running.port}"))
        while supervisor.slots < 2:
            time.sleep(0.1)
        yield supervisor
        supervisor.close()


if __name__ == "__main__":
    main(
        "Engines",
        measure,
        jobs={"type": int, "default": 24, "help": "trainings on each engine"},
        simulate={"action": "store_true", "help": "the simulation only"},
    )
