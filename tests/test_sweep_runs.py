"""Sweeps with real workers: from the command to the best model, through a kill -9, and again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli
from tests.waiting import wait_for
from vae_core.jobs import State, Supervisor
from vae_core.jobs.run_directory import all_runs
from vae_core.sweeps import SweepRunner, all_sweeps
from vae_core.sweeps.reading import plan_of

pytestmark = pytest.mark.slow
SWEEP = ("sweep", "--dataset", "iris", "--beta", "0.5,2", "--hidden", "8", "--json")
BRIEF = ("--epochs", "3", "--kl-warmup-epochs", "1")


def models(home: Path) -> dict[str, int]:
    """When each stored model was written."""
    found = (home / "models").glob("[!.]*/manifest.json")
    return {path.parent.name: path.stat().st_mtime_ns for path in found}


def test_a_killed_sweep_goes_on_and_a_finished_one_trains_nothing(
    home: Path, cli: Cli, no_project_data: None
) -> None:
    command = [sys.executable, "-m", "vae_core", *SWEEP, *BRIEF, "--slots", "1"]
    killed = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_for(lambda: models(home))
    wait_for(lambda: [r for _, r in all_runs() if r.state is State.RUNNING])
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = models(home)
    (sweep,) = all_sweeps()
    assert not sweep.is_driven, "the kernel has let its lock go"
    found = cli("sweep", "--continue", sweep.sweep_id, "--slots", "1", "--json").json()
    after = models(home)
    assert before.items() <= after.items(), "a finished trial is neither lost nor trained again"
    assert set(after) == {trial["model_id"] for trial in found["trials"]}
    assert {trial["state"] for trial in found["trials"]} == {"done"}
    assert set(found) >= {"sweep", "trials", "best"}
    assert set(found["trials"][0]) >= {"model_id", "spec", "elbo", "error", "state"}
    best = max(found["trials"], key=lambda trial: float(trial["elbo"]))
    assert found["best"]["model_id"] == best["model_id"]

    runs, began = len(all_runs()), time.monotonic()
    again = cli(*SWEEP, *BRIEF).json()
    assert time.monotonic() - began < 5
    assert again["trials"] == found["trials"]
    assert (len(all_runs()), models(home)) == (runs, after)
    listed = cli("sweeps", "--json").json()
    assert [(one["sweep"], one["finished"]) for one in listed] == [(sweep.sweep_id, True)]


def test_a_stopped_sweep_rests_until_it_is_asked_to_go_on(
    supervisor: Supervisor, no_project_data: None
) -> None:
    plan = plan_of("iris", {"beta": "1,4", "epochs": 10_000, "hidden": "8"})
    first = SweepRunner(supervisor)
    try:
        sweep_id = first.start(plan)
        wait_for(lambda: [job for job in supervisor.jobs() if job.state is State.RUNNING])
        first.stop(sweep_id)
        wait_for(lambda: not [job for job in supervisor.jobs() if job.state.active])
        found = first.results(sweep_id)
        assert found.is_stopped
        assert {trial.state.value for trial in found.trials} == {"waiting"}, "none is given up"
    finally:
        first.close()
    later = SweepRunner(supervisor)
    try:
        assert not later.is_driving(sweep_id)
        later.resume(sweep_id)
        wait_for(lambda: [job for job in supervisor.jobs() if job.state is State.RUNNING])
        assert later.results(sweep_id).seconds_left
    finally:
        later.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dataset", "iris", "--beta", "1,x"), "numbers"),
        (("--dataset", "iris", "--likelihood", "gaussian,mixed"), "measured differently"),
        (("--dataset", "iris", "--beta", "1,2", "--continue", "x"), "alone"),
        (("--continue", "nonsense"), "the name of a sweep"),
        (("--beta", "1,2"), "--dataset"),
    ],
)
def test_what_contradicts_itself_ends_with_two(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    ended = cli("sweep", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert not json.loads(cli("sweeps", "--json").out), "nothing was begun"
