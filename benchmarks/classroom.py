"""The Train page while models train: what one poll costs, and how long a class waits for its own.

Visitors are simulated (`session.py`): each polls once a second as the page does, and fetches the
figure and the decoder of each new epoch as a browser does. They share the machine with the app.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

import numpy as np
from bench import Result, Server, app, home, main, processor_seconds, use_shared_data
from session import Session, session

PAGE = "train"
POLL_MS, RERUN_MS = 10.0, 300.0
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
    from vae_core.jobs.run import Run
    from vae_core.jobs.state import new_job_id

    with home():
        jobs = [new_job_id() for _ in datasets]
        for seed, (job_id, dataset) in enumerate(zip(jobs, datasets, strict=True)):
            spec = default_spec(dataset, epochs=LONG[dataset], seed=seed)
            Run.create(Record(job_id=job_id, visitor=f"visitor {seed}", spec=spec))
        launcher = "two_slots.py" if slots > 1 else None
        with app(launcher=launcher) as server:
            yield server, jobs


async def _cost(server: Server, job: str, polls: int, dataset: str) -> list[Result]:
    """Processor time of the app a poll, less what it uses while nobody polls."""
    async with session(server.address, page=PAGE, query=f"job={job}") as page:
        await _first_epoch(page)
        idle = await _share(server, lambda: asyncio.sleep(IDLE_SECONDS))
        bare = await _share(server, lambda: _polls(page, polls, fetch=False))
        whole = await _share(server, lambda: _polls(page, polls))
    return [
        Result(f"one poll, {dataset}, CPU", 1000 * (bare - idle), "ms", at_most=POLL_MS),
        Result(f"serving what it then fetches, {dataset}, CPU", 1000 * (whole - bare), "ms"),
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
        await asyncio.gather(*(_polls(page, WARM_POLLS) for page in pages))
        started, before = time.perf_counter(), processor_seconds(server.pid)
        times = await asyncio.gather(
            *(_polls(page, polls, after=n / len(pages)) for n, page in enumerate(pages))
        )
        used, passed = processor_seconds(server.pid) - before, time.perf_counter() - started
    reruns, fetches = (1000 * np.concatenate(kind) for kind in zip(*times, strict=True))
    who, failures = f"{len(pages)} visitors", sum(len(page.failures) for page in pages)
    return [
        Result(f"rerun of the fragment, {who}, median", float(np.median(reruns)), "ms"),
        Result(
            f"rerun of the fragment, {who}, 95 %", float(np.percentile(reruns, 95)), "ms",
            at_most=RERUN_MS,
        ),
        Result(f"rerun of the fragment, {who}, slowest", float(reruns.max()), "ms"),
        Result(f"fetch of a new epoch, {who}, median", float(np.median(fetches)), "ms"),
        Result(f"fetch of a new epoch, {who}, 95 %", float(np.percentile(fetches, 95)), "ms"),
        Result(f"reruns that showed an error, {who}", failures, "shown", at_most=0),
        Result(f"reruns a second, {who}", len(reruns) / passed, "/s"),
        Result(f"CPU of the app, {who}", 100 * used / passed, "% of a core"),
    ]  # fmt: skip


async def _first_epoch(page: Session) -> None:
    """Poll until the page has an epoch to fetch, and fetch it."""
    limit = time.monotonic() + PATIENCE
    while not page.wanted:
        if time.monotonic() > limit:
            told = page.failures[-1:]
            raise SystemExit(f"Expected an epoch within {PATIENCE:g} s. Received: {told}")
        await asyncio.sleep(0.5)
        await page.run(page.fragment)
    await page.fetch()


async def _polls(
    page: Session, count: int, *, after: float = 0.0, fetch: bool = True
) -> tuple[list[float], list[float]]:
    """Poll `count` times, once a second; seconds of each rerun, and of each fetch after one."""
    reruns: list[float] = []
    fetches: list[float] = []
    await asyncio.sleep(after)
    for _ in range(count):
        due = time.perf_counter() + 1.0
        reruns.append(await page.run(page.fragment))
        if fetch and page.wanted - page.had:
            fetches.append(await page.fetch())
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return reruns, fetches


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
