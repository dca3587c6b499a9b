"""One job on a cluster, from its submission until its model is here.

The rule for a worker that dies: the job begins once more, elsewhere and from its start, unless
somebody has changed it meanwhile; a job whose second worker dies is lost.
"""

import asyncio
import logging
import platform
import secrets
import time
from contextlib import suppress
from typing import Any

from distributed import Client

from vae_core import disk, paths
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import FILES, MANIFEST
from vae_core.errors import ArtifactCorrupt, LatentError, NotFound
from vae_core.jobs.engines.dask_job import DaskJob
from vae_core.jobs.engines.dask_link import Link
from vae_core.jobs.engines.dask_worker import LEASE, Look, Order, lead
from vae_core.jobs.engines.transfer import (
    MOST,
    PIECE,
    Known,
    belongings,
    check_arrival,
    dialect,
    take,
)
from vae_core.jobs.process import is_alive
from vae_core.jobs.run_directory import CONTROL
from vae_core.jobs.state import Process, Reason, State, Verdict, verdict_of
from vae_core.jobs.worker_process import Outcome

log = logging.getLogger(__name__)

ATTEMPTS = 2
LOOK_SECONDS = 0.2
LOOK_SECONDS_EACH = 0.004
"""With many jobs each is looked at less often, so that the scheduler has time for the others."""
RELEASE_SECONDS = 2.0
NOBODY_SECONDS = 60.0
"""How long a job that has begun waits for a worker when there is none at all."""


class _WorkerGone(Exception):
    """The worker that had the job is no longer part of the cluster."""


async def follow(link: Link, client: Client, job: DaskJob) -> None:
    """Have a job done, in the event loop of the link."""
    await Follower(link, client, job).follow()


class Follower:
    """Follows one job; made and used in the link's event loop only."""

    def __init__(self, link: Link, client: Client, job: DaskJob) -> None:
        self._link, self._client, self._job = link, client, job
        self._woken, loop = asyncio.Event(), asyncio.get_running_loop()
        self._known: Known = {}
        self._drafts: dict[str, bytes] = {}
        self._worker, self._name, self._shared = "", "", False

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._woken.set)

        job.wake = wake

    async def follow(self) -> None:
        """Until the job has an outcome."""
        try:
            outcome = await self._attempts()
        except OSError as error:
            outcome = Outcome(State.FAILED, verdict_of(error, paths.home()))
        except LatentError as error:
            outcome = Outcome(State.FAILED, Verdict.of(Reason.DATA, str(error)))
        except Exception as error:
            log.exception("a job could not be followed")
            outcome = Outcome(State.FAILED, Verdict.of(Reason.CLUSTER, repr(error)))
        self._job.outcome = self._job.outcome or outcome

    async def _attempts(self) -> Outcome:
        for _ in range(ATTEMPTS):
            try:
                return await self._attempt()
            except _WorkerGone:
                changed = bool(self._job.run.commands(0))
                if self._job.is_cancelled:
                    return Outcome(State.CANCELLED)
                if changed:
                    break
                await self._begin_again()
        return Outcome(State.LOST, Verdict.of(Reason.CLUSTER))

    async def _begin_again(self) -> None:
        """Make the run ready for another worker, once the first can't write into it any more."""
        ends = time.monotonic() + LEASE + 2
        here = self._job.process is not None and not self._job.process.host
        while self._shared and time.monotonic() < ends:
            if here and not is_alive(self._job.process):
                break
            await self._pause(0.1)
        self._job.run.begin_again()
        self._known, self._drafts, self._job.process = {}, {}, None

    async def _attempt(self) -> Outcome:
        self._name = f"{self._job.run.job_id}-{secrets.token_hex(4)}"
        order = Order(
            self._name, self._job.run.job_id, self._link.topic, self._link.token, self._link.limits
        )
        future = self._link.submit(self._client, order)
        try:
            if not await self._begun(future):
                return Outcome(State.CANCELLED)
            if not self._shared:
                await self._deliver()
            await self._lead("begin")
            look = await self._watch()
            if look is None:
                return Outcome(State.CANCELLED)
            assert look.outcome is not None
            if look.outcome.state is State.DONE and not self._shared:
                await self._fetch(str(look.outcome.model_id))
            return look.outcome
        finally:
            await self._release(future)

    async def _begun(self, future: Any) -> bool:
        """Wait until a worker has announced the task; False when the job is not wanted any more.

        Raises `_WorkerGone` when the task died, or when no worker is left to take it.
        """
        announced, ends = self._link.announced[self._name], time.monotonic() + NOBODY_SECONDS
        while not announced.done():
            if self._job.is_cancelled or self._job.closed.is_set():
                return False
            if future.status in ("error", "cancelled", "lost"):
                await self._explain(future)
            if self._link.slots:
                ends = time.monotonic() + NOBODY_SECONDS
            elif time.monotonic() > ends:
                raise _WorkerGone
            await self._pause(0.02)
        about = announced.result()
        self._worker, self._shared = about["worker"], about["shared"] and self._is_at_home()
        if about["dialect"] != dialect():
            raise ArtifactCorrupt(
                f"Expected the same version of Latent Explorer on the worker {self._worker} as "
                "here. Received: another one. Install the same everywhere."
            )
        return True

    async def _explain(self, future: Any) -> None:
        """Raise what ended a task that never began."""
        error = await future.exception() if future.status == "error" else None
        if error is None or "KilledWorker" in type(error).__name__:
            raise _WorkerGone
        raise RuntimeError(f"the worker could not begin: {error!r}") from error

    def _is_at_home(self) -> bool:
        return self._job.run.path == (paths.home() / "runs").absolute() / self._job.run.job_id

    async def _deliver(self) -> None:
        files = await asyncio.to_thread(belongings, self._job.run, self._job.record)
        for place, content in files.items():
            for offset in range(0, max(len(content), 1), PIECE):
                await self._lead("deliver", place, offset, content[offset : offset + PIECE])
        if self._job.record.task == "recover":  # its events are here and there already
            events = next(c for place, c in files.items() if place.endswith("events.jsonl"))
            self._known["events.jsonl"] = (len(events), 0)

    async def _watch(self) -> Look | None:
        """The last look at the job; None when it was given up here."""
        while not self._job.closed.is_set():
            control = await asyncio.to_thread(self._control)
            self._woken.clear()
            look: Look = await self._lead("look", control, self._job.is_cancelled, self._known)
            if self._job.closed.is_set():
                break
            if look.process is not None:
                self._job.process = _seen_from_here(look.process)
            if look.news is not None:
                take(self._job.run, look.news, self._known, self._drafts)
            complete = look.news is None or look.news.complete
            if look.outcome is not None and complete:
                return look
            if complete:
                await self._pause(max(LOOK_SECONDS, LOOK_SECONDS_EACH * len(self._link.following)))
        return None

    def _control(self) -> bytes:
        try:
            return (self._job.run.path / CONTROL).read_bytes()
        except FileNotFoundError:
            return b""

    async def _fetch(self, model_id: str) -> None:
        """Bring the model here, unless it is here already, and publish it if it verifies."""
        with suppress(NotFound):
            registry.open_model(model_id)
            return
        sizes: dict[str, int] = await self._lead("model", model_id)
        if set(sizes) != {*FILES, MANIFEST} or sum(sizes.values()) > MOST:
            raise ArtifactCorrupt(f"Expected a whole model. Received: {sizes} from a worker")
        with registry.staging(registry.user_root()) as staged:
            for name, size in sizes.items():
                with (staged / name).open("wb") as stream:
                    while stream.tell() < size:
                        piece = await self._lead("piece", model_id, name, stream.tell())
                        if not piece:
                            raise ArtifactCorrupt(
                                f"Expected {size} bytes of {name}. Received: less"
                            )
                        stream.write(piece)
            await asyncio.to_thread(check_arrival, staged, model_id)

    async def _lead(self, what: str, *arguments: Any) -> Any:
        """Call the task. Raises `_WorkerGone` as soon as the scheduler misses the worker."""
        call = asyncio.ensure_future(
            self._client.run(lead, self._name, what, *arguments, workers=[self._worker])
        )
        try:
            while not (await asyncio.wait({call}, timeout=0.25))[0]:
                if self._worker not in self._link.workers:
                    raise _WorkerGone
            return call.result()[self._worker]
        except (OSError, NotFound) as error:
            if isinstance(error, OSError) and error.errno in disk.FULL:
                raise
            raise _WorkerGone from error
        finally:
            call.cancel()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)

    async def _release(self, future: Any) -> None:
        """End the task, if it still is; a worker that does not hear it waits for its lease."""
        self._link.announced.pop(self._name, None)
        if self._worker in self._link.workers:
            with suppress(OSError, _WorkerGone, RuntimeError):
                await asyncio.wait_for(self._lead("release"), RELEASE_SECONDS)
        with suppress(OSError):
            await asyncio.wait_for(future.cancel(), RELEASE_SECONDS)


def _seen_from_here(process: Process) -> Process:
    """The same process, whose machine has no name where it is this one."""
    return process.model_copy(update={"host": ""}) if process.host == platform.node() else process
