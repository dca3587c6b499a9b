"""Progress bars on standard error, of trainings and measurements."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vae_core.artifacts.manifest import Epoch
from vae_core.text import duration, plus_minus

if TYPE_CHECKING:
    from vae_core.sweeps import SweepResults

# In a notebook rich would want widgets; one line that is written over needs none.
_NOTEBOOK = "ipykernel" in sys.modules
err = Console(stderr=True, force_jupyter=False, force_terminal=True if _NOTEBOOK else None)


@contextmanager
def training_progress(epochs: int, *, shown: bool = True) -> Iterator[Callable[[Epoch], None]]:
    """A bar that is told of each epoch as it ends."""
    columns = (
        TextColumn("epoch"),
        MofNCompleteColumn(),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[elbo]}"),
    )
    with Progress(*columns, console=err, disable=not shown) as bar:
        task = bar.add_task("train", total=epochs, elbo="starting")

        def on_epoch(epoch: Epoch) -> None:
            text = (
                f"validation ELBO {epoch.validation.elbo:.2f} nats, "
                f"{epoch.images_per_second:,.0f} examples/s"
            )
            bar.update(task, completed=epoch.epoch, elbo=text)

        yield on_epoch


@contextmanager
def sweep_progress(
    trials: int, *, shown: bool = True
) -> Iterator[Callable[["SweepResults"], None]]:
    """A bar over the trials of a sweep, with the time left and the best so far."""
    columns = (
        TextColumn("trial"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=err, disable=not shown) as bar:
        task = bar.add_task("sweep", total=trials, words="starting")

        def tell(found: "SweepResults") -> None:
            bar.update(task, completed=found.ended, words=_sweep_words(found))

        yield tell


def _sweep_words(found: "SweepResults") -> str:
    """What runs, how long it still takes, and which is the best so far."""
    running = sum(trial.state.value == "running" for trial in found.trials)
    parts = [f"{running} running"] if running else []
    if found.seconds_left:
        parts.append(f"about {duration(found.seconds_left)} left")
    if best := found.best:
        value = plus_minus(best.elbo, best.error, ".2f", unit="nats")
        parts.append(f"best so far {best.model_id}, validation {value}")
    return ", ".join(parts) or "starting"


@contextmanager
def evaluation_progress(examples: int, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar over examples."""
    columns = (TextColumn("held-out examples"), MofNCompleteColumn(), BarColumn())
    with Progress(*columns, console=err, transient=True, disable=not shown) as bar:
        task = bar.add_task("evaluate", total=examples)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def stage_progress(*, shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """A bar over the stages of a long measurement."""
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), BarColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=err, transient=True, disable=not shown
    ) as bar:
        task = bar.add_task("reading", total=None)
        stages = [""]

        def tell(stage: str, done: int, total: int) -> None:
            if stage != stages[-1]:
                bar.reset(task, description=stage.replace("_", " "), total=total)
                stages.append(stage)
            bar.update(task, completed=done, total=total)

        yield tell
