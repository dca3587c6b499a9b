"""The commands `sweep`, which trains many settings, and `sweeps`, which lists what was swept."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal

import typer

from vae_core.api.sweeping import run_sweep, stored_results
from vae_core.cli import report
from vae_core.cli.arguments import Download, Json
from vae_core.errors import InvalidInput, SpecInvalid
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps import SettingResult, SweepDirectory, SweepResults, TrialState, all_sweeps
from vae_core.sweeps.axis import LOG_FIELDS, WIDTHS, kind_of, value_text
from vae_core.sweeps.export import METRIC_WORDS, as_json, caveat
from vae_core.sweeps.reading import plan_of
from vae_core.text import number, plural, plus_minus

UNSWEPT = frozenset({"seed", "changes", "stop_after"})
"""Fields that a sweep has no option for; `--seeds` counts seeds."""
SearchName = Literal["grid", "random", "tpe"]
MetricName = Literal["elbo", "importance_bound"]


def _with_swept_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace the `**options` of a command by a text for each field that can be swept."""
    signature = inspect.signature(command)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    swept = [_option(name) for name in TrainingSpec.model_fields if name not in UNSWEPT]
    command.__signature__ = signature.replace(parameters=[*swept, *own])  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in [*swept, *own]}
    return command


def _option(name: str) -> inspect.Parameter:
    field = TrainingSpec.model_fields[name]
    several = " Several: 256,128/512,256." if name in WIDTHS else ""
    several = " As yes or no." if kind_of(name) is bool else several
    several = " Several: 0.1,1,10 or 0.1..10." if name in LOG_FIELDS else several
    option = typer.Option(
        f"--{name.replace('_', '-')}", help=f"{field.description}.{several}", show_default=False
    )
    annotation = Annotated[str | None, option]
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=None
    )


@_with_swept_options
def sweep(
    *,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Trainings of each setting.")] = 1,
    search: Annotated[
        SearchName | None,
        typer.Option(help="grid: all combinations; random; tpe: near what did well."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="How many trainings, for random and tpe.")
    ] = None,
    metric: Annotated[
        MetricName,
        typer.Option(help="What decides, on the validation split, at beta 1 whatever was swept."),
    ] = "elbo",
    prune: Annotated[
        bool, typer.Option("--prune", help="End trials that fall behind the others.")
    ] = False,
    slots: Annotated[
        int | None, typer.Option(min=1, help="Trainings at once; all processors by default.")
    ] = None,
    proceed: Annotated[
        str | None, typer.Option("--continue", help="Go on with this sweep instead of a new one.")
    ] = None,
    download: Download = False,
    json: Json = False,
    **options: Any,
) -> None:
    """Train many settings and see which is the best.

    Any setting takes several values with commas, a grid, or a range such as 0.1..10. What is
    trained already is not trained again.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if proceed is not None:
        if given or trials or search:
            raise InvalidInput(
                "Expected `--continue` alone: a sweep goes on as it was begun. "
                f"Received: also {', '.join([*given, 'trials' if trials else 'search'])}"
            )
        directory = SweepDirectory.open(proceed)
    else:
        dataset = given.pop("dataset", None)
        if dataset is None:
            raise SpecInvalid("Expected `--dataset`, or `--continue` with the name of a sweep.")
        plan = plan_of(
            dataset, given, seeds=seeds, search=search, trials=trials, metric=metric,
            prune=prune, download=download,
        )  # fmt: skip
        directory = SweepDirectory.of(plan)
    _show(_run(directory, slots, json=json, retry=proceed is not None), json)


def _run(directory: SweepDirectory, slots: int | None, *, json: bool, retry: bool) -> SweepResults:
    before = stored_results(directory)
    if not json:
        kept = f", {plural(len(before.done), 'of which is', 'of which are')} there already"
        report.print_text(
            f": {plural(before.count, 'trial')}{kept if before.done else ''}",
            title=directory.sweep_id,
        )
    try:
        return run_sweep(directory, slots=slots, progress=not json, retry=retry)
    except KeyboardInterrupt:
        report.print_problem(
            f"what is done is kept. Go on with: python -m vae_core sweep --continue "
            f"{directory.sweep_id}",
            title="Stopped: ",
            style="yellow",
        )
        raise


def sweeps(json: Json = False) -> None:
    """List the sweeps, the newest first."""
    found = [stored_results(directory) for directory in reversed(all_sweeps())]
    if json:
        report.print_json([as_json(results) for results in found])
        return
    rows = [
        [results.sweep_id, _state(results), f"{results.ended}/{results.count}",
         results.best.model_id if results.best else ""]
        for results in found
    ]  # fmt: skip
    report.print_table(["sweep", "state", "trials", "best so far"], rows, tight=True)


def _state(results: SweepResults) -> str:
    if results.is_driven:
        return "running"
    return "finished" if results.is_finished else "stopped" if results.is_stopped else "open"


def _show(results: SweepResults, json: bool) -> None:
    if json:
        report.print_json(as_json(results))
        return
    fields = [axis.field for axis in results.plan.axes]
    rows = [
        [*(value_text(setting.values[field]) for field in fields),
         plus_minus(setting.elbo, _error(results, setting), ".2f"),
         number(setting.rate, ".2f"),
         f"{setting.active_units:g}", number(setting.test_elbo, ".2f"),
         setting.best.model_id]
        for setting in sorted(results.settings, key=lambda setting: -setting.elbo)
    ]  # fmt: skip
    word = "ELBO" if results.plan.metric == "elbo" else "bound"
    heads = [field.replace("_", " ") for field in fields]
    report.print_table([*heads, word, "rate", "active", "test", "model"], rows, tight=True)
    over = "seeds" if results.plan.seeds > 1 else "examples"
    report.print_text(f": {METRIC_WORDS[results.plan.metric]}, ± standard error over {over}; the "
                      "test split decides nothing", title=word)  # fmt: skip
    if best := results.best:
        words = f" {results.likelihood}. {caveat(results)}".rstrip()
        report.print_text(words, title="Likelihood:")
        report.print_text(f" {best.model_id}", title="Best:")
    for trial in results.trials:
        if trial.state is not TrialState.DONE and trial.message:
            report.print_text(f" ({trial.state}): {trial.message}", title=trial.model_id)


def _error(results: SweepResults, setting: SettingResult) -> float:
    """Over seeds where there are several, else over examples."""
    return setting.error if results.plan.seeds > 1 else setting.best.error
