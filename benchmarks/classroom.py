"""The Train page while models train: what one poll costs, and how long a class waits for its own.

Visitors are simulated (`session.py`): each asks for the run's status once a second as the
page does, and fetches the figure and the decoder of each new epoch as a browser does. In the
class each also lets go of the pointer once a second, which reruns the page's fragment; people do
so less often. They share the machine with the app.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

import numpy as np
from bench import Result, app, home, main, processor_seconds, use_shared_data
from session import Session, session

from tests.browser.running import Server
from vae_core.arrays import Float64Array

PAGE = "train"
POLL_MS, RERUN_MS = 10.0, 300.0
OWN_PACE = 0.7
"""Seconds between two looks of the page itself; the class looks once a second."""
IDLE_SECONDS = 8.0
WARM_POLLS = 5
PATIENCE = 180.0
"""Seconds that two workers may take to their first epoch on two cores."""
LONG = {"digits": 5000, "mnist": 1000}
"""Epochs that outlast the measurement."""


def measure(visitors: int, polls: int) -> Iterator[Result]:
    """One visitor of each dataset for the cost of a poll, then a class with two trainings."""
    use_shared_data()
    for dataset in LONG:
        with training([dataset]) as (server, jobs):
            yield from asyncio.run(_cost(server, jobs[0], polls, dataset))
    waiting = ["digits"] * (visitors - len(LONG))
    with training([*LONG, *waiting], slots=2) as (server, jobs):
        watched = [jobs[number % len(LONG)] for number in range(visitors)]
        yield from asyncio.run(_class(server, watched, polls))


@contextmanager
def training(datasets: Sequence[str], *, slots: int = 1) -> Iterator[tuple[Server, list[str]]]:
    """The app, taking up a queue of one job a dataset, each of another visitor's."""
    from vae_core.datasets import default_spec
    from vae_core.jobs import Record
    from vae_core.jobs.run_directory import RunDirectory
    from vae_core.jobs.state import new_job_id

    with home():
        jobs = [new_job_id() for _ in datasets]
        for seed, (job_id, dataset) in enumerate(zip(jobs, datasets, strict=True)):
            spec = default_spec(dataset, epochs=LONG[dataset], seed=seed)
            RunDirectory.create(Record(job_id=job_id, visitor=f"visitor {seed}", spec=spec))
        launcher = "two_slots.py" if slots > 1 else None
        with app(launcher=launcher) as server:
            yield server, jobs


async def _cost(server: Server, job: str, polls: int, dataset: str) -> list[Result]:
    """Processor time of the app: for posting a run's news, which is once for all who watch, and
    for a poll of one who watches."""
    async with session(server.address, page=PAGE):  # the job runs, and nobody looks at it
        await asyncio.sleep(IDLE_SECONDS)
        idle = await _share(server, lambda: asyncio.sleep(IDLE_SECONDS))
    async with session(server.address, page=PAGE, query=f"job={job}") as page:
        await _first_epoch(page)
        posting = await _share(server, lambda: asyncio.sleep(IDLE_SECONDS))
        bare = await _share(server, lambda: _polls(page, polls, fetch=False, pace=OWN_PACE))
        whole = await _share(server, lambda: _polls(page, polls, pace=OWN_PACE))
    poll, serving = (1000 * OWN_PACE * share for share in (bare - posting, whole - bare))
    return [
        Result(f"one poll, {dataset}, CPU", poll, "ms", at_most=POLL_MS),
        Result(f"serving what it then fetches, {dataset}, CPU", serving, "ms"),
        Result(
            f"posting the news of a run for all, {dataset}, CPU", 1000 * (posting - idle), "ms/s"
        ),
    ]


async def _class(server: Server, watched: Sequence[str], polls: int) -> list[Result]:
    """Waiting times of a class that watches the jobs `watched`, one each."""
    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(session(server.address, page=PAGE, query=f"job={job}"))
            for job in watched
        ]
        for page in pages:
            await _first_epoch(page)
        await asyncio.gather(*(_polls(page, WARM_POLLS, rerun=True) for page in pages))
        started, before = time.perf_counter(), processor_seconds(server.pid)
        times = await asyncio.gather(
            *(_polls(page, polls, after=n / len(pages), rerun=True) for n, page in enumerate(pages))
        )
        used, passed = processor_seconds(server.pid) - before, time.perf_counter() - started
    looks, fetches, reruns = (1000 * np.concatenate(kind) for kind in zip(*times, strict=True))
    who, failures = f"{len(pages)} visitors", sum(len(page.failures) for page in pages)
    return [
        *_spread(f"rerun of the fragment, {who}", reruns, at_most=RERUN_MS),
        *_spread(f"one poll, {who}", looks),
        *_spread(f"fetch of a new epoch, {who}", fetches),
        Result(f"reruns that showed an error, {who}", failures, "shown", at_most=0),
        Result(f"reruns a second, {who}", len(reruns) / passed, "/s"),
        Result(f"CPU of the app, {who}", 100 * used / passed, "% of a core"),
    ]


def _spread(what: str, milliseconds: Float64Array, at_most: float | None = None) -> list[Result]:
    return [
        Result(f"{what}, median", float(np.median(milliseconds)), "ms"),
        Result(f"{what}, 95 %", float(np.percentile(milliseconds, 95)), "ms", at_most=at_most),
        Result(f"{what}, slowest", float(milliseconds.max()), "ms"),
    ]


async def _first_epoch(page: Session) -> None:
    """Watch until there is an epoch to fetch, and fetch it."""
    limit = time.monotonic() + PATIENCE
    while not page.wanted:
        if time.monotonic() > limit:
            told = page.failures[-1:]
            raise SystemExit(f"Expected an epoch within {PATIENCE:g} s. Received: {told}")
        await asyncio.sleep(0.5)
        await page.look()
    await page.run()  # as the browser asks when the phase has changed
    await page.fetch()


async def _polls(
    page: Session,
    count: int,
    *,
    after: float = 0.0,
    fetch: bool = True,
    rerun: bool = False,
    pace: float = 1.0,
) -> tuple[list[float], list[float], list[float]]:
    """Look `count` times, each `pace` seconds; seconds of each look, of fetching, of a rerun."""
    looks: list[float] = []
    fetches: list[float] = []
    reruns: list[float] = []
    await asyncio.sleep(after)
    for _ in range(count):
        due = time.perf_counter() + pace
        looks.append(await page.look())
        if fetch and page.wanted - page.had:
            fetches.append(await page.fetch())
        if rerun:
            reruns.append(await page.run(page.fragment))
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return looks, fetches, reruns


async def _share(server: Server, work: Callable[[], Awaitable[object]]) -> float:
    """Processor seconds of the app a second of `work`."""
    started, before = time.perf_counter(), processor_seconds(server.pid)
    await work()
    return (processor_seconds(server.pid) - before) / (time.perf_counter() - started)


if __name__ == "__main__":
    main(
        "The Train page while models train",
        measure,
        visitors={"type": int, "default": 30, "help": "simulated visitors of the class"},
        polls={"type": int, "default": 20, "help": "polls of each visitor"},
    )
