"""The commands `jobs` and `jobs cancel`: what an app on this machine trains, seen from outside."""

import time
from typing import Annotated, Any

import typer

from vae_core.cli import report
from vae_core.errors import JobRefused
from vae_core.jobs.process import is_alive
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import Record, State

app = typer.Typer(help="List the training jobs, or cancel one.", invoke_without_command=True)


@app.callback()
def jobs(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """List the training jobs, the newest first."""
    if context.invoked_subcommand:
        return
    found = [_values(run, record) for run, record in reversed(all_runs())]
    if json:
        report.print_json(found)
        return
    rows = [[v["job_id"], v["state"], v["epochs"], v["model"]] for v in found]
    report.print_table(["job", "state", "epochs", "model"], rows, tight=True)
    for values in found:
        if values["message"]:
            report.print_text(f": {values['message']}", title=values["job_id"])


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(help="Name of a job that waits or runs.")],
) -> None:
    """End a job and discard it, whichever process looks after it."""
    run = RunDirectory.open(job)
    record = run.record()
    if not record.state.active:
        raise JobRefused(f"Expected a job that waits or runs. Received: {job}, {record.state}")
    run.ask_to_cancel()
    if not is_alive(record.owner):
        update = {"state": State.CANCELLED, "finished": time.time()}
        run.write(record.model_copy(update=update))
    report.print_text(" is being cancelled", title=job)


def _values(run: RunDirectory, record: Record) -> dict[str, Any]:
    feed = run.feed().poll()
    epochs = (feed.spec or record.spec).epochs
    return {
        "job_id": record.job_id,
        "state": _state(record),
        "model": record.model_id or record.spec.model_id,
        "epochs": f"{len(feed.history)}/{epochs}",
        "message": record.verdict.message if record.verdict else "",
    }


def _state(record: Record) -> str:
    """The state, or 'lost' for one whose supervisor is gone and has no successor yet."""
    if record.state is State.RUNNING and not is_alive(record.owner):
        return State.LOST
    return record.state
