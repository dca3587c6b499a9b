"""The connection to a Dask cluster: one thread with an event loop, which alone speaks to it.

It knows the workers and their slots, follows each job from its start to its end, and connects
again when the scheduler was gone.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from distributed import Client, Security

from vae_core import paths
from vae_core.jobs.engines.dask_job import DaskJob
from vae_core.jobs.engines.dask_worker import Order, work
from vae_core.jobs.state import Reason, State, Verdict
from vae_core.jobs.worker_process import Limits, Outcome

log = logging.getLogger(__name__)

RESOURCE = "train"
LOOK_SECONDS = 0.25
"""Between two looks at the workers."""
RETRY_SECONDS = 1.0
"""Between two tries to reach the scheduler."""
ANSWER_SECONDS = 10.0
"""A scheduler that is silent for longer counts as gone."""
NO_SCHEDULER = (
    "The connection to the scheduler of the cluster broke. Jobs that wait will begin when it is "
    "there again; train this one again, or keep its best epoch so far."
)


class Link:
    """Keeps a client connected; `take_up` and `close` may be called from any thread.

    `follow` is what is done for each job, as long as the connection holds.
    """

    def __init__(
        self,
        address: str,
        limits: Limits | None,
        follow: Callable[["Link", Client, DaskJob], Coroutine[Any, Any, None]],
    ) -> None:
        self.address, self.limits = address, limits
        self._follow_one = follow
        self.slots = 0
        self.workers: frozenset[str] = frozenset()
        self.client: Client | None = None
        self.topic = f"latent-{secrets.token_hex(8)}"
        self.token = f".engine-{secrets.token_hex(16)}"
        self.following: dict[asyncio.Task[None], DaskJob] = {}
        self.announced: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._closing = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="dask", daemon=True)
        self._thread.start()

    def take_up(self, job: DaskJob) -> None:
        """Begin to follow a job."""
        self._loop.call_soon_threadsafe(self._follow, job)

    def close(self) -> None:
        """Release what runs, disconnect, and end the thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(timeout=15)
        with suppress(OSError):
            (paths.home() / self.token).unlink(missing_ok=True)

    def submit(self, client: Client, order: Order) -> Any:
        """Have the scheduler start the thin task of an attempt; its future."""
        self.announced[order.name] = self._loop.create_future()
        return client.submit(
            work, order, key=order.name, pure=False, retries=0, resources={RESOURCE: 1}
        )

    async def refresh(self) -> None:
        """Ask the scheduler who is there. Raises `OSError` when it does not answer."""
        assert self.client is not None
        scheduler: Any = self.client.scheduler
        identity = await asyncio.wait_for(scheduler.identity(n_workers=-1), ANSWER_SECONDS)
        places = {
            address: int(min(worker["resources"].get(RESOURCE, 0), worker["nthreads"]))
            for address, worker in identity["workers"].items()
        }
        self.workers, self.slots = frozenset(places), sum(places.values())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._stay_connected())
        finally:
            self._loop.close()

    async def _stay_connected(self) -> None:
        with suppress(OSError):  # then no worker finds it, and all is sent as bytes
            paths.home().mkdir(parents=True, exist_ok=True)
            (paths.home() / self.token).touch()
        said = False
        while not self._closing.is_set():
            try:
                async with self._connected() as self.client:
                    said = False
                    await self._stay(self.client)
            except Exception as error:  # a wrong certificate is a TypeError in Dask; jobs wait
                if not said:
                    log.warning("no scheduler at %s, jobs wait: %s", self.address, error)
                said = True
            finally:
                self.client, self.slots, self.workers = None, 0, frozenset()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), RETRY_SECONDS)

    def _connected(self) -> Client:
        security = Security() if self.address.startswith("tls") else None
        return Client(
            self.address,
            asynchronous=True,
            security=security,
            set_as_default=False,
            timeout=ANSWER_SECONDS,
        )

    async def _stay(self, client: Client) -> None:
        """Return when the link is closed; raises `OSError` when the scheduler is gone."""
        client.subscribe_topic(self.topic, self._on_announcement)
        try:
            while not self._closing.is_set() and client.status == "running":
                await self.refresh()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), LOOK_SECONDS)
            if not self._closing.is_set():
                raise ConnectionError(f"the connection is {client.status}")
        finally:
            await self._give_up_jobs()

    async def _give_up_jobs(self) -> None:
        self.slots = 0
        for job in self.following.values():
            job.outcome = Outcome(State.LOST, Verdict.of(Reason.CLUSTER, NO_SCHEDULER))
        tasks = list(self.following)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _follow(self, job: DaskJob) -> None:
        if self.client is None or self.slots == 0:
            job.outcome = Outcome(State.LOST, Verdict.of(Reason.CLUSTER, NO_SCHEDULER))
            return
        task = self._loop.create_task(self._follow_one(self, self.client, job))
        self.following[task] = job
        task.add_done_callback(self.following.pop)

    def _on_announcement(self, event: tuple[float, dict[str, Any]]) -> None:
        _, about = event
        waiting = self.announced.get(about["name"])
        if waiting is not None and not waiting.done():
            waiting.set_result(about)
