"""Workers live from the start of the server to its end; an import starts none."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.browser import running
from tests.conftest import ROOT
from tests.test_supervisor import LONG
from tests.waiting import wait_for
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, State, new_job_id


def queued_run() -> RunDirectory:
    """A job that waits for a supervisor, as one that was stopped leaves it."""
    return RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=LONG))


def workers(pid: int) -> list[psutil.Process]:
    """The worker processes of a server."""
    children = psutil.Process(pid).children(recursive=True)
    return [child for child in children if "vae_core.worker" in child.cmdline()]


def warm(pid: int) -> list[psutil.Process]:
    """Those that wait for a job."""
    return [worker for worker in workers(pid) if "--wait" in worker.cmdline()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_no_worker_survives_a_stopped_server(
    home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """Neither the one that trains nor the one that waits."""
    run = queued_run()
    with running.serving(ROOT / "app.py", log=tmp_path / "log") as server:
        with urllib.request.urlopen(server.address) as page:
            assert page.headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
        wait_for(lambda: run.feed().poll().history)
        wait_for(lambda: warm(server.pid))
        alive = workers(server.pid)
        assert len(alive) == 2
        os.kill(server.pid, number)
        _, left = psutil.wait_procs(alive, timeout=15)
        assert not left
        wait_for(lambda: run.record().state is State.LOST, seconds=15)


@pytest.mark.slow
def test_an_import_starts_nothing(home: Path) -> None:
    code = (
        "import threading, psutil, app, vae_core.jobs\n"
        "print([t.name for t in threading.enumerate() if t.name == 'supervisor'],\n"
        "      psutil.Process().children(recursive=True))"
    )
    queued = queued_run()
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert shown.stdout == "[] []\n"
    assert queued.record().state is State.QUEUED
