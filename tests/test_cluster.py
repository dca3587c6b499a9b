"""Jobs on a Dask cluster: what child processes of one machine know nothing of."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cluster import Cluster, cluster
from tests.conftest import tiny_spec
from tests.waiting import wait_for
from vae_core.artifacts import registry
from vae_core.datasets import default_spec
from vae_core.datasets.own.adding import add_file
from vae_core.datasets.own.choices import Choices
from vae_core.jobs import Job, Reason, State, Supervisor
from vae_core.jobs.run_directory import LOG

pytestmark = pytest.mark.slow

LONG = tiny_spec("iris", epochs=10_000, patience=0)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers, whose home is none of the tests'."""
    with cluster(tmp_path_factory.mktemp("cluster") / "home") as running:
        yield running


@pytest.fixture
def supervisor(dask: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setenv("LATENT_ENGINE", dask.setting)
    supervisor = Supervisor()
    wait_for(lambda: supervisor.slots == 2)
    yield supervisor
    supervisor.close()


def ended(supervisor: Supervisor, job_id: str) -> Job:
    wait_for(lambda: not supervisor.job(job_id).state.active)
    return supervisor.job(job_id)


def trained(supervisor: Supervisor, job_id: str) -> str:
    job = ended(supervisor, job_id)
    assert job.state is State.DONE, job.record.verdict
    return str(job.record.model_id)


def test_a_table_of_ones_own_and_an_epoch_to_start_from_are_sent_along(
    supervisor: Supervisor, dask: Cluster, home: Path, tmp_path: Path
) -> None:
    rows = "\n".join(f"{n % 7},{(n * n) % 11},{n % 3}" for n in range(120))
    (tmp_path / "mine.csv").write_text(f"a,b,c\n{rows}\n", encoding="utf-8")
    key = add_file(tmp_path / "mine.csv", Choices()).key
    spec = default_spec(key, epochs=2, hidden=(8,), kl_warmup_epochs=0)
    first = supervisor.submit(spec, visitor="a").job_id
    name = trained(supervisor, first)
    assert len(registry.open_model(name).latents.index) == 120
    start = spec.state_after(1)
    second = supervisor.submit(spec.continued(start, epochs=2), visitor="a").job_id
    assert registry.open_model(trained(supervisor, second)).manifest.spec.start_from == start
    left = [path for path in dask.home.rglob("*") if key in path.name or name in path.name]
    assert not left, "the worker kept what was not its own"


def test_who_shares_the_folder_sends_nothing_and_children_are_killed_there_as_here(
    dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENT_HOME", str(dask.home))
    monkeypatch.setenv("LATENT_ENGINE", dask.setting)
    supervisor = Supervisor()
    try:
        wait_for(lambda: supervisor.slots)
        killed = supervisor.submit(LONG, visitor="a").job_id
        child = child_of(supervisor, killed)
        assert child.environ()["LATENT_HOME"] == str(dask.home)
        assert Path(f"/proc/{child.pid}/fd/2").resolve() == dask.home / "runs" / killed / LOG
        child.kill()
        verdict = ended(supervisor, killed).record.verdict
        assert verdict
        assert verdict.reason is Reason.KILLED
        cancelled = supervisor.submit(LONG, visitor="a").job_id
        child = child_of(supervisor, cancelled)
        started = time.monotonic()
        supervisor.cancel(cancelled)
        assert ended(supervisor, cancelled).state is State.CANCELLED
        assert time.monotonic() - started < 2.5
        wait_for(lambda: not psutil.pid_exists(child.pid), 3)
    finally:
        supervisor.close()


def child_of(supervisor: Supervisor, job_id: str) -> psutil.Process:
    """The process that does a job, which here is on this machine."""
    worker = wait_for(lambda: supervisor.job(job_id).record.worker)
    return psutil.Process(worker.pid)


def test_a_job_whose_worker_dies_begins_once_more_unless_it_was_changed(
    supervisor: Supervisor, dask: Cluster, home: Path
) -> None:
    job_id = supervisor.submit(LONG, visitor="a").job_id
    wait_for(lambda: supervisor.feed(job_id).frame >= 2)
    first = child_of(supervisor, job_id)
    dask.worker_of(first.pid).kill()
    wait_for(lambda: (now := supervisor.job(job_id).record.worker) and now.pid != first.pid)
    assert supervisor.slots == 1
    wait_for(lambda: supervisor.feed(job_id).frame >= 2)
    epochs = [epoch.epoch for epoch in supervisor.feed(job_id).history]
    assert epochs == list(range(1, len(epochs) + 1)), "it begins at its beginning"
    supervisor.change(job_id, beta=2.0)
    dask.worker_of(child_of(supervisor, job_id).pid).kill()
    job = ended(supervisor, job_id)
    assert job.state is State.LOST
    assert job.record.verdict
    assert job.record.verdict.reason is Reason.CLUSTER
    waiting = supervisor.submit(LONG, visitor="b")
    assert (waiting.state, waiting.wait) == (State.QUEUED, None)
    supervisor.cancel(waiting.job_id)
    dask.add_worker()
    supervisor.recover(job_id)
    stop = registry.open_model(trained(supervisor, job_id)).manifest.spec.stop_after
    assert stop
    assert stop >= 2


def test_without_a_scheduler_jobs_are_lost_and_the_app_waits_for_it(
    dask: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENT_ENGINE", dask.setting)
    supervisor = Supervisor()
    try:
        wait_for(lambda: supervisor.slots)
        job_id = supervisor.submit(LONG, visitor="a").job_id
        wait_for(lambda: supervisor.job(job_id).record.worker)
        dask.scheduler.kill()
        dask.scheduler.wait()
        job = ended(supervisor, job_id)
        assert job.state is State.LOST
        assert job.record.verdict
        assert "connection to the scheduler" in job.record.verdict.message
        assert supervisor.slots == 0
        dask.restart_scheduler()
        dask.add_worker()
        wait_for(lambda: supervisor.slots)
    finally:
        supervisor.close()
