"""Sweep from Python: train many settings in child processes, and see which is the best."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from typing import Any

from vae_core import systems
from vae_core.api.progress import sweep_progress
from vae_core.jobs import Supervisor
from vae_core.jobs.run_directory import all_runs
from vae_core.jobs.worker_process import Limits
from vae_core.sweeps import SweepDirectory, SweepResults, SweepRunner, results_of
from vae_core.sweeps.reading import plan_of

LOOK_EVERY = 0.25


def sweep(
    dataset: str,
    *,
    seeds: int = 1,
    search: str | None = None,
    trials: int | None = None,
    metric: str = "elbo",
    prune: bool = False,
    slots: int | None = None,
    download: bool = False,
    progress: bool = True,
    **settings: Any,
) -> SweepResults:
    """Train a dataset under many settings and return a row for each, with the best.

    `settings` are fields of `TrainingSpec`: a list means each of its values, a string such as
    '0.1..10' any value between (for `search` 'random' or 'tpe', with a number of `trials`),
    anything else one value for all. Selected by `metric` on the validation split: 'elbo' (at beta
    1, whatever beta was swept) or 'importance_bound'. What is trained already is not trained
    again, and the same call goes on with a sweep that was interrupted. Raises `NotFound` and
    `SpecInvalid`.
    """
    plan = plan_of(
        dataset,
        settings,
        seeds=seeds,
        search=search,
        trials=trials,
        metric=metric,
        prune=prune,
        download=download,
    )
    return run_sweep(SweepDirectory.of(plan), slots=slots, progress=progress)


def run_sweep(
    directory: SweepDirectory,
    *,
    slots: int | None = None,
    progress: bool = True,
    retry: bool = False,
) -> SweepResults:
    """Drive a sweep to its end in this process, or watch while another one drives it.

    One that is finished is only read, unless `retry` gives what failed in it another chance. An
    interruption stops it: what is done is kept, and it can be gone on with.
    """
    found = stored_results(directory)
    if found.is_finished and (not retry or all(trial.is_done for trial in found.trials)):
        return found
    if found.is_driven:
        with sweep_progress(found.count, shown=progress) as tell:
            return _watched(lambda: stored_results(directory), tell)
    systems.require_supported()
    count = slots or os.cpu_count() or 1
    with _supervised(count, found.count - found.ended) as supervisor:
        runner = SweepRunner(supervisor, take_up=False)
        try:
            with sweep_progress(found.count, shown=progress) as tell:
                runner.resume(directory.sweep_id)
                return _watched(lambda: runner.results(directory.sweep_id), tell)
        except KeyboardInterrupt:
            runner.stop(directory.sweep_id)
            raise
        finally:
            runner.close()


def stored_results(directory: SweepDirectory) -> SweepResults:
    """What came of a sweep, as the disk tells."""
    records = [record for _, record in all_runs()]
    return results_of(
        directory.read(),
        records,
        is_stopped=directory.is_stopped,
        is_driven=directory.is_driven,
    )


def _watched(
    look: Callable[[], SweepResults], tell: Callable[[SweepResults], None]
) -> SweepResults:
    """The results once nobody drives the sweep any more."""
    while True:
        found = look()
        tell(found)
        if not found.is_driven:
            return found
        time.sleep(LOOK_EVERY)


@contextmanager
def _supervised(slots: int, open_trials: int) -> Iterator[Supervisor]:
    """A supervisor that gives each trial its share of the processors, however long it takes."""
    limits = replace(Limits.default(slots), seconds=inf)
    supervisor = Supervisor(slots=slots, limits=limits, warm=open_trials > slots)
    try:
        yield supervisor
    finally:
        supervisor.close()
