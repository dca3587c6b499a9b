"""The supervisor with real worker processes: each way to end, and nothing left behind.

What must hold for every engine runs with child processes and on a Dask cluster.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cluster import Cluster, cluster
from tests.conftest import ROOT, tiny_spec
from tests.waiting import PATIENCE, wait_for
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import DECODER, WEIGHTS
from vae_core.datasets import default_spec
from vae_core.errors import JobRefused, NotFound
from vae_core.jobs import Job, Reason, State, Supervisor
from vae_core.jobs.run_directory import RunDirectory, all_runs
from vae_core.jobs.state import Record, new_job_id
from vae_core.jobs.worker_process import Limits
from vae_core.spec.training_spec import TrainingSpec

pytestmark = pytest.mark.slow

LONG = tiny_spec("iris", epochs=10_000, patience=0)


def endless_epoch(seed: int = 0) -> TrainingSpec:
    """One epoch of it takes far longer than any test."""
    return tiny_spec(
        "digits", architecture="dense", hidden=(2048,) * 4, batch_size=1, epochs=2, seed=seed
    )


def diverging() -> TrainingSpec:
    return tiny_spec(
        "wine", hidden=(512, 512, 512), learning_rate=0.1, schedule="constant", batch_size=1
    )


@contextmanager
def supervising(**options: Any) -> Iterator[Supervisor]:
    supervisor = Supervisor(**{"slots": 1, "warm": False, **options})
    try:
        wait_for(lambda: supervisor.slots, 60)
        yield supervisor
    finally:
        supervisor.close()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers, whose home is none of the tests'."""
    with cluster(tmp_path_factory.mktemp("cluster") / "home") as running:
        yield running


@pytest.fixture(params=["local", "dask"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The setting of each engine in turn; all of Dask's jobs come and go as bytes."""
    setting = request.getfixturevalue("dask").setting if request.param == "dask" else "local"
    monkeypatch.setenv("LATENT_ENGINE", setting)
    return str(request.param)


def ended(supervisor: Supervisor, job_id: str) -> Job:
    wait_for(lambda: not supervisor.job(job_id).state.active)
    return supervisor.job(job_id)


def epochs_of(supervisor: Supervisor, job_id: str) -> int:
    return len(supervisor.feed(job_id).history)


def stored_models(home: Path) -> set[str]:
    return {path.name for path in (home / "models").glob("*")} | {
        path.name for path in (home / "models").glob(".*")
    }


def test_a_job_from_submission_to_model(home: Path, engine: str) -> None:
    spec = tiny_spec("iris", epochs=4)
    with supervising() as supervisor:
        job = supervisor.submit(spec, visitor="a")
        assert job.state is State.RUNNING
        waiting = supervisor.submit(LONG, visitor="a")
        assert (waiting.state, waiting.position) == (State.QUEUED, 1)
        assert waiting.wait is not None
        assert waiting.wait > 0
        with pytest.raises(JobRefused, match="one running and one waiting"):
            supervisor.submit(LONG, visitor="a")
        supervisor.cancel(waiting.job_id)
        assert supervisor.job(waiting.job_id).state is State.CANCELLED
        done = ended(supervisor, job.job_id)
        assert (done.state, done.record.model_id) == (State.DONE, spec.model_id)
        feed, film = supervisor.feed(job.job_id), supervisor.film(job.job_id)
        assert [epoch.epoch for epoch in feed.history] == [1, 2, 3, 4]
        assert (feed.stage, feed.frame, film.epochs) == ("done", 4, (1, 2, 3, 4))
        assert [j.job_id for j in supervisor.jobs()] == [waiting.job_id, job.job_id]
    assert registry.open_model(spec.model_id).history[-1] == feed.history[-1]
    assert RunDirectory.open(job.job_id).record() == done.record


def test_a_killed_worker_a_diverged_loss_and_the_queue_goes_on(
    own_models: Path, home: Path
) -> None:
    before = stored_models(home)
    with supervising() as supervisor:
        killed = supervisor.submit(LONG, visitor="a").job_id
        diverged = supervisor.submit(diverging(), visitor="b").job_id
        last = supervisor.submit(endless_epoch(), visitor="c").job_id
        wait_for(lambda: epochs_of(supervisor, killed) >= 2)
        worker = supervisor.job(killed).record.worker
        assert worker is not None
        assert psutil.Process(worker.pid).nice() >= 10
        os.kill(worker.pid, signal.SIGKILL)
        verdict = ended(supervisor, killed).record.verdict
        assert verdict is not None
        assert (verdict.reason, "SIGKILL" in verdict.message) == (Reason.KILLED, True)

        verdict = ended(supervisor, diverged).record.verdict
        assert verdict is not None
        assert verdict.reason is Reason.DIVERGED
        assert "Lower the learning rate" in verdict.message

        wait_for(lambda: supervisor.feed(last).stage == "training")
        time.sleep(3)  # into the epoch, where no signal handler of Python runs
        started = time.monotonic()
        supervisor.cancel(last)
        assert ended(supervisor, last).state is State.CANCELLED
        assert time.monotonic() - started < 3
        assert stored_models(home) == before, "something published changed, or staging was left"
        for model in before - {"."}:
            registry.open_model(model)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(memory=60 * 2**20), Reason.MEMORY),
        (Limits(seconds=0.5), Reason.TIME),
    ],
)
def test_caps_are_said(limits: Limits, reason: Reason) -> None:
    with supervising(limits=limits) as supervisor:
        job = ended(supervisor, supervisor.submit(LONG, visitor="a").job_id)
        assert job.state is State.FAILED
        assert job.record.verdict is not None
        assert job.record.verdict.reason is reason


def test_thirty_at_once_are_thirty_records() -> None:
    """All workers are refused their memory, so that thirty end in seconds."""
    jobs: list[str] = []
    with supervising(limits=Limits(memory=2**20), slots=3) as supervisor:

        def submit(number: int) -> None:
            jobs.append(supervisor.submit(LONG, visitor=f"student {number}").job_id)

        threads = [threading.Thread(target=submit, args=(number,)) for number in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        running = [job for job in supervisor.jobs() if job.state is State.RUNNING]
        assert len(running) <= 3
        for job_id in jobs:
            assert ended(supervisor, job_id).state is State.FAILED
    records = [record for _, record in all_runs()]
    assert sorted(record.job_id for record in records) == sorted(jobs)
    assert {record.visitor for record in records} == {f"student {n}" for n in range(30)}
    assert all(record.verdict and record.verdict.reason is Reason.MEMORY for record in records)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A `LATENT_HOME` of 6 MB, which fills up within some frames of a film."""
    path = tmp_path / "small"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"needs leave to mount a tmpfs: {mounted.stderr.strip()}")
    monkeypatch.setenv("LATENT_HOME", str(path))
    yield path
    subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_a_folder_that_cannot_be_written_is_named(small_disk: Path) -> None:
    """Nothing here is full: the disk is read-only, or there is a file in the folder's place."""
    (small_disk / "models").write_text("a file where the folder should be", encoding="utf-8")
    with supervising() as supervisor:
        verdict = ended(
            supervisor, supervisor.submit(tiny_spec("iris"), visitor="a").job_id
        ).record.verdict
        assert verdict is not None
        assert verdict.reason is Reason.FOLDER
        assert str(small_disk / "models") in verdict.message and "LATENT_HOME" in verdict.message
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        with pytest.raises(JobRefused, match=rf"{small_disk}.*Read-only.*LATENT_HOME") as refused:
            supervisor.submit(LONG, visitor="b")
    assert "full" not in verdict.message + str(refused.value)


def test_a_full_disk_is_said(small_disk: Path, engine: str) -> None:
    spec = tiny_spec("digits", architecture="dense", hidden=(256, 128), epochs=1000)
    with supervising() as supervisor:
        job_id = supervisor.submit(spec, visitor="a").job_id
        job = ended(supervisor, job_id)
        assert job.state is State.FAILED
        assert job.record.verdict is not None
        assert job.record.verdict.reason is Reason.DISK
        assert "disk is full" in job.record.verdict.message
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as stream:
            while stream.write(bytes(4096)):
                pass
        with pytest.raises(JobRefused, match="disk is full"):
            supervisor.submit(LONG, visitor="b")
        filler.unlink()
        wait_for(lambda: RunDirectory.open(job_id).record().state is State.FAILED, 5)
    assert not list((small_disk / "models").glob("*-*"))


SUPERVISE = """
import sys, time
from vae_core.datasets import default_spec
from vae_core.jobs import Supervisor
from vae_core.spec.training_spec import TrainingSpec
spec = TrainingSpec.model_validate_json(sys.argv[1])
supervisor = Supervisor(slots=1, warm=False)
running = supervisor.submit(spec, visitor="a").job_id
while supervisor.job(running).state == "queued":
    time.sleep(0.05)
waiting = supervisor.submit(spec, visitor="a").job_id
while supervisor.feed(running).frame < 3:
    time.sleep(0.05)
print(running, waiting, supervisor.job(running).record.worker.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_supervisor_takes_its_workers_along(home: Path, engine: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, LONG.model_dump_json()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as app:
        assert app.stdout is not None
        running, waiting, pid = app.stdout.readline().split()
        with supervising() as other:
            assert other.jobs() == [], "jobs of a living supervisor are its own"
        app.send_signal(signal.SIGKILL)
        app.wait()
        if engine == "local":  # elsewhere a worker waits some seconds for the app to come back
            wait_for(lambda: not psutil.pid_exists(int(pid)), 5)
    with supervising() as supervisor:
        assert supervisor.job(running).state is State.LOST
        wait_for(lambda: not psutil.pid_exists(int(pid)), 5)
        wait_for(lambda: supervisor.job(waiting).state is State.RUNNING)  # it is taken up again
        supervisor.cancel(waiting)
        with pytest.raises(JobRefused, match="ended without a model"):
            supervisor.recover(waiting)
        supervisor.recover(running)
        job = ended(supervisor, running)
        assert (job.state, job.record.task) == (State.DONE, "recover")
        artifact = registry.open_model(str(job.record.model_id))
        stop = artifact.manifest.spec.stop_after
        assert stop == len(artifact.history) >= 3
        assert artifact.manifest.spec == LONG.stopped(stop)


def test_orders_reach_the_worker_and_the_record(home: Path, engine: str) -> None:
    with supervising() as supervisor:
        with pytest.raises(NotFound):
            supervisor.stop("20260101-000000-000000000000")
        job_id = supervisor.submit(LONG, visitor="a").job_id
        wait_for(lambda: epochs_of(supervisor, job_id) >= 1)
        supervisor.change(job_id, beta=3.0)
        wait_for(lambda: supervisor.feed(job_id).spec)
        supervisor.stop(job_id)
        job = ended(supervisor, job_id)
        assert job.state is State.DONE
        with pytest.raises(JobRefused, match="Expected a job that trains"):
            supervisor.change(job_id, beta=1.0)
        with pytest.raises(JobRefused, match="which is done"):
            supervisor.recover(job_id)
        feed = supervisor.feed(job_id)
    spec = registry.open_model(str(job.record.model_id)).manifest.spec
    assert spec == feed.spec
    (change,) = spec.changes
    assert (change.beta, spec.stop_after) == (3.0, len(feed.history))
    betas = [epoch.beta for epoch in feed.history]
    before = change.epoch - 1
    assert betas == pytest.approx([LONG.beta] * before + [3.0] * (len(betas) - before))


def test_a_warm_worker_trains_the_same_model(home: Path, tmp_path: Path) -> None:
    from vae_core.worker.pipeline import train_model

    spec = default_spec("digits", epochs=2, subset=300)
    with supervising(warm=True) as supervisor:
        supervisor.prepare()
        wait_for(lambda: supervisor.is_warm)
        job_id = supervisor.submit(spec, visitor="a").job_id
        wait_for(lambda: supervisor.feed(job_id).version, 5)
        job = ended(supervisor, job_id)
        assert job.state is State.DONE, job.record.verdict
    cold = train_model(spec, root=tmp_path / "cold")
    warm = registry.open_model(spec.model_id)
    for name in (DECODER, WEIGHTS):
        assert warm.manifest.files[name] == cold.manifest.files[name]


def test_who_trains_before_the_warm_worker_is_ready_gets_that_one(home: Path) -> None:
    def workers() -> list[psutil.Process]:
        return [p for p in psutil.Process().children() if "vae_core.worker" in p.cmdline()]

    with supervising(warm=True) as supervisor:
        assert not workers(), "nobody has shown interest"
        supervisor.prepare()
        (warm,) = wait_for(workers, 10)
        assert not supervisor.is_warm
        job_id = supervisor.submit(tiny_spec("iris"), visitor="a").job_id
        worker = wait_for(lambda: supervisor.job(job_id).record.worker)
        assert worker.pid == warm.pid
        job = ended(supervisor, job_id)
        assert job.state is State.DONE, job.record.verdict


def test_another_process_may_ask_to_cancel(home: Path) -> None:
    with supervising() as supervisor:
        running = supervisor.submit(LONG, visitor="a").job_id
        waiting = supervisor.submit(LONG, visitor="b").job_id
        for job_id in (waiting, running):
            RunDirectory.open(job_id).ask_to_cancel()
        assert ended(supervisor, waiting).state is State.CANCELLED
        assert ended(supervisor, running).state is State.CANCELLED


def test_a_worker_without_a_hold_ends_at_once(home: Path) -> None:
    run = RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=LONG))
    ended = subprocess.run(
        [sys.executable, "-m", "vae_core.worker", str(run.path)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 9
    assert not list((home / "models").glob("[!.]*"))


def test_a_laptop_that_sleeps_goes_on_with_its_run(home: Path) -> None:
    with supervising(warm=False) as supervisor:
        job = supervisor.submit(tiny_spec("iris", epochs=300, patience=0), visitor="a")
        wait_for(lambda: epochs_of(supervisor, job.job_id) > 0)
        worker = supervisor.job(job.job_id).record.worker
        assert worker
        os.kill(worker.pid, signal.SIGSTOP)
        asleep = epochs_of(supervisor, job.job_id)
        time.sleep(2)
        assert supervisor.job(job.job_id).state is State.RUNNING
        assert epochs_of(supervisor, job.job_id) <= asleep + 1
        os.kill(worker.pid, signal.SIGCONT)
        assert ended(supervisor, job.job_id).state is State.DONE


def test_a_clock_that_jumps_ahead_costs_nobody_a_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory.create(
        Record(
            job_id=new_job_id(),
            visitor="a",
            spec=LONG,
            state=State.DONE,
            finished=time.time(),
        )
    )
    with supervising() as supervisor:
        later = time.time() + 20 * 365 * 86_400
        monkeypatch.setattr(time, "time", lambda: later)
        supervisor.prune()
        assert [job.job_id for job in supervisor.jobs()] == [run.job_id]
        assert run.path.is_dir()
