"""Compare with four models of MNIST: a drag that four decoders follow, and a class of visitors.

Visitors are simulated (`session.py`): each lets go of the pointer once a second, which reruns the
fragment with the four planes; people do so less often. They share the machine with the app.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import numpy as np
from bench import READY, Result, app, browser, home, main, sent_messages, visitor
from drag import results_of
from session import Session, session

from vae_core.artifacts import registry

MODELS = 4
RERUN_MS = 300.0
MEASURED_SECONDS = 25.0
"""How long the server is given to measure the models, once for all."""
WARM = 3


def measure(visitors: int, reruns: int) -> Iterator[Result]:
    """The drag in a browser, then the class."""
    query = f"models={','.join(models_of_mnist())}"
    with home(), app() as server:
        with browser() as running, visitor(running) as page:
            frames = sent_messages(page)
            page.goto(f"{server.address}/compare?{query}")
            page.wait_for_function(READY)
            page.wait_for_timeout(1000 * MEASURED_SECONDS)
            yield from results_of(page, frames, f"{MODELS} decoders, 10,000 dots each")
        yield from asyncio.run(_class(server.address, query, visitors, reruns))


def models_of_mnist() -> list[str]:
    """Shipped models of MNIST of several sizes, none of which is told a label."""
    found = [e.manifest for e in registry.models(within=registry.roots()[:1]) if e.manifest]
    mnist = [m for m in found if m.spec.dataset == "mnist" and not m.spec.conditional]
    return [manifest.model_id for manifest in sorted(mnist, key=registry.rank)][:MODELS]


async def _class(address: str, query: str, visitors: int, reruns: int) -> list[Result]:
    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(session(address, page="compare", query=query))
            for _ in range(visitors)
        ]
        await asyncio.gather(*(_reruns(page, WARM, 0.0) for page in pages))
        times = await asyncio.gather(
            *(_reruns(page, reruns, number / visitors) for number, page in enumerate(pages))
        )
    milliseconds = 1000 * np.concatenate(times)
    failures, who = sum(len(page.failures) for page in pages), f"{visitors} visitors"
    what = f"rerun with {MODELS} planes, {who}"
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return [
        Result(f"{what}, median", float(p50), "ms"),
        Result(f"{what}, 95 %", float(p95), "ms", at_most=RERUN_MS),
        Result(f"reruns that showed an error, {who}", failures, "shown", at_most=0),
    ]


async def _reruns(page: Session, count: int, after: float) -> list[float]:
    """Seconds of each of `count` reruns of the page's fragment, one a second."""
    await asyncio.sleep(after)
    seconds = []
    for _ in range(count):
        due = time.perf_counter() + 1.0
        seconds.append(await page.run(page.fragment))
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return seconds


if __name__ == "__main__":
    main(
        "Compare with four models of MNIST",
        measure,
        visitors={"type": int, "default": 30, "help": "simulated visitors of the class"},
        reruns={"type": int, "default": 15, "help": "reruns of each visitor"},
    )
