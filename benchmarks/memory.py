"""Memory of the server: after one visitor, a tour of all pages, and classes of 30 and 100.

Visitors are simulated (`session.py`); each keeps its page open until all have come.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import psutil
from bench import Result, app, home, main, model_of, use_shared_data
from session import session

from tests.browser.running import Server

MIB = 2**20
PAGES = ("", "reconstruct", "morph", "generate", "card", "anomalies", "train", "jobs")
DATASETS = ("mnist", "fashion_mnist", "digits")


def measure() -> Iterator[Result]:
    use_shared_data()
    with home(), app() as server:
        yield from asyncio.run(_growth(server))


async def _growth(server: Server) -> list[Result]:
    query = f"model={model_of('mnist')}"
    async with session(server.address, page="", query=query):
        first = _resident(server)
    for page in PAGES:
        async with session(server.address, page=page, query=query):
            pass
    tour = _resident(server)
    await _class(server, 30)
    class_of_30 = _resident(server)
    await _class(server, 70)
    after_100 = _resident(server)
    return [
        Result("one visitor", first, "MiB", at_most=150),
        Result("a tour of all pages by one visitor", tour, "MiB"),
        Result("then 30 visitors at once", class_of_30, "MiB", at_most=300),
        Result("then 70 more, 100 in all", after_100, "MiB", at_most=400),
    ]


async def _class(server: Server, visitors: int) -> None:
    """So many visitors open Explore with one of three models, and let go of the pointer."""
    async with AsyncExitStack() as stack:
        for number in range(visitors):
            query = f"model={model_of(DATASETS[number % len(DATASETS)])}"
            page = await stack.enter_async_context(session(server.address, page="", query=query))
            await page.run(page.fragment)


def _resident(server: Server) -> float:
    return float(psutil.Process(server.pid).memory_info().rss) / MIB


if __name__ == "__main__":
    main("Memory of the server", measure)
