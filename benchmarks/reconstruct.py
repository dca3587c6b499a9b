"""What the Reconstruct page costs the server: scoring once, the page once cached, another order."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench import Result, home, main, model_of, page_of, seconds_of_run, use_shared_data

TIMEOUT = 300


def measure(runs: int) -> Iterator[Result]:
    """Processor time of the script in this process, with Streamlit's own part of it."""
    use_shared_data()
    with home():
        for dataset, architecture in (("mnist", "dense"), ("iris", "table")):
            app = _page(model_of(dataset, architecture))
            first = _run(app)
            if dataset == "mnist":
                yield Result("first visit: 10,000 examples scored, 100 drawn, MNIST", first, "s")
            cached = [_run(_page(model_of(dataset, architecture))) for _ in range(runs)]
            yield Result(
                f"page of 100 originals over reconstructions, cached, {dataset}",
                *(1000 * statistics.median(cached), "ms"),
                at_most=300,
            )
            releases = [_run(app) for _ in range(runs)]
            yield Result(
                f"the same visitor again, {dataset}", 1000 * statistics.median(releases), "ms"
            )
            orders = [_sorted(app, dataset, by) for by in ("kl", "reconstruction", "label")]
            yield Result(
                f"sorted in an order that is new, {dataset}", 1000 * max(orders), "ms", at_most=300
            )


def _page(model_id: str) -> Any:
    return page_of("reconstruct", model_id, timeout=TIMEOUT)


def _sorted(app: Any, dataset: str, by: str) -> float:
    kind = "table" if dataset == "iris" else "image"
    app.selectbox(key=f"reconstruct by {kind}").set_value(by)
    return _run(app)


def _run(page: Any) -> float:
    """Processor seconds of a run of the script."""
    return seconds_of_run(page, time.process_time)


if __name__ == "__main__":
    main(
        "The Reconstruct page on the server",
        measure,
        runs={"type": int, "default": 20, "help": "visits to measure"},
    )
