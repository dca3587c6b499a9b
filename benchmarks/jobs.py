"""From Train to the first epoch's curve and its decoder, cold and warm; and a class at once.

With `--costs`, the table of `vae_core.jobs.estimate`: what a step and a multiplication take here.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from bench import Result, home, main, use_shared_data

EVENT, COLD, WARM = 2.0, 9.0, 4.0
PATIENCE = 60.0
COST_SPECS: dict[str, list[dict[str, Any]]] = {
    "dense": [{"dataset": "digits"}, {"dataset": "mnist", "subset": 20_000}],
    "conv": [
        {"dataset": "digits", "architecture": "conv"},
        {"dataset": "mnist", "architecture": "conv", "subset": 4000},
    ],
    "table": [{"dataset": "iris"}, {"dataset": "breast_cancer", "batch_size": 8}],
}


def measure(rounds: int, students: int, costs: bool) -> Iterator[Result]:
    """Digits with the settings that the Train page proposes; the machine is otherwise as it is."""
    if costs:
        yield from _costs()
        return
    yield from _at_once(students)
    for name, warm, target in (("cold", False, COLD), ("warm spare", True, WARM)):
        turns = [_two_runs(warm=warm) for _ in range(rounds)]
        first, again = ([turn[number] for turn in turns] for number in (0, 1))
        at_once = EVENT if warm else None
        yield Result(f"Train to first event, {name}", _middle(first, 0), "s", at_most=at_once)
        yield Result(f"Train to first epoch, {name}", _middle(first, 1), "s", at_most=target)
        yield Result(f"Train to first epoch, {name}, second of its kind", _middle(again, 1), "s")
        yield Result(f"Train to first decoder, {name}", _middle(first, 2), "s")


def _at_once(students: int) -> Iterator[Result]:
    """A class presses Train at once: short trainings of Iris, each to its published model."""
    from vae_core.artifacts import registry
    from vae_core.datasets import default_spec
    from vae_core.jobs import State, Supervisor

    specs = [default_spec("iris", epochs=20, seed=1000 + number) for number in range(students)]
    with home():
        supervisor, started = Supervisor(), time.monotonic()
        for number, spec in enumerate(specs):
            supervisor.submit(spec, visitor=f"student {number}")
        _await(lambda: not any(job.state.active for job in supervisor.jobs()), "their ends", 900)
        seconds = time.monotonic() - started
        done = [job.record for job in supervisor.jobs() if job.state is State.DONE]
        supervisor.close()
        opened = {registry.open_model(str(r.model_id)).manifest.spec.seed for r in done}
    who = f"{students} trainings of Iris at once"
    yield Result(f"{who}: models of their own", len(opened), "", at_least=students)
    yield Result(f"{who}: until the last one is published", seconds, "s")


Times = tuple[float, ...]


def _middle(turns: list[Times], position: int) -> float:
    return median(turn[position] for turn in turns)


def _two_runs(*, warm: bool) -> tuple[Times, Times]:
    """The first run in an empty home, then one whose steps have been compiled before."""
    with home():
        return first_epoch(warm=warm, seed=1), first_epoch(warm=warm, seed=2)


def first_epoch(*, dataset: str = "digits", warm: bool, seed: int) -> Times:
    """Seconds until the first event, the first epoch and the first frame."""
    from vae_core.datasets import default_spec
    from vae_core.jobs import Supervisor

    supervisor = Supervisor(slots=1, warm=warm)
    if warm:
        supervisor.prepare()
        _await(lambda: supervisor.is_warm, "a spare")
    started = time.monotonic()
    job_id = supervisor.submit(default_spec(dataset, seed=seed), visitor="bench").job_id
    feed, times = supervisor.feed(job_id), []
    for what, arrived in (
        ("an event", lambda: feed.poll().version),
        ("an epoch", lambda: feed.poll().history),
        ("a frame", lambda: feed.poll().frame),
    ):
        _await(arrived, what)
        times.append(time.monotonic() - started)
    supervisor.cancel(job_id)
    supervisor.close()
    return tuple(times)


def _await(arrived: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    limit = time.monotonic() + patience
    while not arrived():
        if time.monotonic() > limit:
            raise SystemExit(f"Expected {what} within {patience:g} s. Received: nothing")
        time.sleep(0.005)


def _costs() -> Iterator[Result]:
    """Two runs an architecture, small and large: two unknowns, the step and the multiplication."""
    use_shared_data()
    from vae_core.datasets import default_spec, entry, load
    from vae_core.jobs.estimate import EPOCH_SECONDS, epoch_seconds, multiplications
    from vae_core.training.fit import train

    for architecture, settings in COST_SPECS.items():
        for values in settings:
            spec = default_spec(**{"name": values["dataset"], "epochs": 6} | _but_dataset(values))
            trained = train(spec, load(spec.dataset), on_epoch=lambda _: None)
            seconds = min(epoch.seconds for epoch in trained.history[1:])
            first = trained.history[0].seconds - seconds
            steps = -(-trained.examples // spec.batch_size)
            work = multiplications(spec, entry(spec.dataset).description.shape)
            label = f"{architecture}, {spec.dataset}"
            yield Result(f"{label}: epoch", seconds, "s")
            yield Result(f"{label}: epoch by the table", epoch_seconds(spec), "s")
            yield Result(f"{label}: compiling", first, "s")
            yield Result(f"{label}: a step", 1e6 * (seconds - EPOCH_SECONDS) / steps, "µs")
            yield Result(
                f"{label}: a multiplication",
                1e12 * seconds / (3 * trained.examples * work),
                "ps",
            )


def _but_dataset(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "dataset"}


if __name__ == "__main__":
    main(
        "From Train to the first epoch, digits",
        measure,
        rounds={"type": int, "default": 3, "help": "runs of each kind"},
        students={"type": int, "default": 30, "help": "who press Train at once"},
        costs={"action": "store_true", "help": "measure the table of the estimate instead"},
    )
