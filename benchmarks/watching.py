"""What those who watch a training cost the server: statuses polled, or sent as they are posted.

A server of its own posts a status once a second on one channel. Its watchers ask for it as the page
does (`latent_plane.routes.status`), or are sent it as server-sent events from an endpoint that is
here only to be compared: it wakes when something is posted, and compresses that once for all. The
watchers share the machine with the server, whose processor time alone is counted.
"""

import asyncio
import json
import multiprocessing
import socket
import threading
import time
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import numpy as np
from bench import Result, main, model_of, processor_seconds

from tests.browser.running import Server

CHANNEL = "run-watched"
PACE = 0.7
"""Seconds between two polls of the page."""
POST_SECONDS = 1.0
SETTLE_SECONDS = 1.5
STATUSES = 20
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
HEADERS = (
    "Host: localhost",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "Accept: */*",
    "Accept-Language: en-GB,en;q=0.9",
    "Referer: http://localhost/train?job=20260101-000000-000000000000",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Site: same-origin",
)

Posted = tuple[Any, dict[str, str]]
"""A status and its parts, as `Channel.post` takes them."""
Watch = Callable[[int, int, float], Coroutine[Any, Any, int]]
"""A watcher on a port, its number and its seconds: how many bytes it was sent."""


def measure(watchers: int, seconds: float, rounds: int) -> Iterator[Result]:
    """Medians of the ways in turn, each less what the server uses while nobody watches."""
    ways: dict[str, Watch] = {
        "polled": _poll,
        "sent as events": _listen("identity"),
        "sent as events, compressed": _listen("gzip"),
    }
    used: dict[str, list[float]] = {name: [] for name in ways}
    sent: dict[str, list[float]] = {name: [] for name in ways}
    alone = []
    with serving() as server:
        for _ in range(rounds):
            alone.append(_cost(server, _nobody, 1, seconds)[0])
            for name, watch in ways.items():
                cpu, received = _cost(server, watch, watchers, seconds)
                used[name].append(cpu)
                sent[name].append(received / (watchers * (seconds + SETTLE_SECONDS) * 1000))
    idle = float(np.median(alone))
    yield Result("posting alone, CPU", 1000 * idle, "ms/s")
    costs = {name: 1000 * (float(np.median(cpu)) - idle) / watchers for name, cpu in used.items()}
    for name in ways:
        yield Result(
            f"{name}, {watchers} watchers: CPU a watcher", costs[name], "ms/s",
            times=costs[name] / costs["polled"] if costs["polled"] > 0 else None, baseline="polled",
        )  # fmt: skip
        yield Result(f"{name}: sent to a watcher", float(np.median(sent[name])), "kB/s")


@contextmanager
def serving() -> Iterator[Server]:
    """A server in a process of its own, which posts for as long as it runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        port = listening.getsockname()[1]
        statuses = [_status(moment) for moment in range(1, 1 + STATUSES)]
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_serve, args=(listening, statuses), daemon=True)
        process.start()
        try:
            time.sleep(2 * SETTLE_SECONDS)  # until something is posted
            yield Server(f"http://127.0.0.1:{port}", process.pid or 0)
        finally:
            process.terminate()
            process.join(timeout=20)


def _serve(listening: socket.socket, statuses: list[Posted]) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    from latent_plane.headers import SecurityHeaders
    from latent_plane.routes import OwnRoutes

    posts = Posts(statuses)

    async def events(request: Request) -> StreamingResponse:
        compressed = "gzip" in request.headers["accept-encoding"]
        headers = {"Cache-Control": "no-store"} | (
            {"Content-Encoding": "gzip"} if compressed else {}
        )
        return StreamingResponse(posts.stream(compressed), 200, headers, "text/event-stream")

    app = SecurityHeaders(OwnRoutes(Starlette(routes=[Route("/events", events)])))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))

    async def run() -> None:
        posts.start(asyncio.get_running_loop())
        await server.serve(sockets=[listening])

    asyncio.run(run())


class Posts:
    """A status a second on the channel, and the events that say the same."""

    def __init__(self, statuses: list[Posted]) -> None:
        self._statuses = cycle(statuses)
        self._plain = self._packed = b""
        self._posted = asyncio.Event()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        threading.Thread(target=self._run, args=(loop,), daemon=True).start()

    async def stream(self, compressed: bool) -> AsyncIterator[bytes]:
        """An event for each post from now on."""
        if compressed:
            yield GZIP_HEAD
        while True:
            await self._posted.wait()
            yield self._packed if compressed else self._plain

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        import gzip

        from latent_plane.broadcast import open_channel

        channel = open_channel(CHANNEL)
        while True:
            due = time.monotonic() + POST_SECONDS
            channel.post(*next(self._statuses))
            assert channel.newest is not None
            event = b"data: " + gzip.decompress(channel.newest[1]) + b"\n\n"
            loop.call_soon_threadsafe(self._tell, event)
            time.sleep(max(0.0, due - time.monotonic()))

    def _tell(self, event: bytes) -> None:
        """Compressed so that it can follow any other in a stream: nothing refers to what was."""
        deflate = zlib.compressobj(4, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(event) + deflate.flush(zlib.Z_FULL_FLUSH)
        self._plain, self._packed = event, packed
        self._posted.set()  # wakes those who wait now
        self._posted = asyncio.Event()


def _status(moment: int) -> Posted:
    """A status as of a run on the digits: its curves, and where 1,797 examples are by now."""
    from latent_plane import plane_part
    from latent_plane.broadcast import Status
    from latent_plane.live_figures import figures_part
    from vae_core.artifacts import registry
    from vae_core.figures import kl_figure, loss_figure

    artifact = registry.open_model(model_of("digits"))
    history = artifact.history[: 1 + moment % len(artifact.history)]
    mean = artifact.latents.mean + np.random.default_rng(moment).normal(0, 0.05, (1, 2))
    figures = [loss_figure(history, epochs=len(artifact.history)), kl_figure([2.1, 1.9])]
    parts = {
        "figures": figures_part(figures, ["Epoch ", f"{len(history)}", " of the run"]),
        "plane": plane_part(figure_url="content/f", decoder_url="content/d", points=mean),
    }
    return Status(moment, "running", (moment % 100) / 100, f"Epoch {moment}"), parts


def _cost(server: Server, watch: Watch, watchers: int, seconds: float) -> tuple[float, int]:
    """Processor seconds a second of the server, and bytes sent, while `watchers` watch."""

    async def run() -> tuple[float, int]:
        port = int(server.address.rsplit(":", 1)[1])
        crowd = [
            asyncio.create_task(watch(port, number, seconds + SETTLE_SECONDS))
            for number in range(watchers)
        ]
        await asyncio.sleep(SETTLE_SECONDS)
        started, before = time.perf_counter(), processor_seconds(server.pid)
        await asyncio.sleep(seconds - SETTLE_SECONDS)
        used = processor_seconds(server.pid) - before
        passed = time.perf_counter() - started
        return used / passed, sum(await asyncio.gather(*crowd))

    return asyncio.run(run())


async def _nobody(_port: int, _number: int, seconds: float) -> int:
    await asyncio.sleep(seconds)
    return 0


async def _poll(port: int, number: int, seconds: float) -> int:
    """Ask each 0.7 s on one connection that stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(PACE * number * 0.618 % PACE)
    version, received, ends = 0, 0, time.perf_counter() + seconds
    while time.perf_counter() < ends:
        due = time.perf_counter() + PACE
        _ask(writer, f"/status/{CHANNEL}?after={version}", "gzip, deflate, br, zstd")
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        if head.startswith(b"HTTP/1.1 200"):
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            version = json.loads(zlib.decompress(body, 31))["version"]
        received += len(head) + len(body)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    writer.close()
    return received


def _listen(encoding: str) -> Watch:
    """One request, and then read what comes."""

    async def listen(port: int, _number: int, seconds: float) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        _ask(writer, "/events", encoding)
        received = len(await reader.readuntil(b"\r\n\r\n"))
        inflate, events = zlib.decompressobj(31), 0
        try:
            async with asyncio.timeout(seconds):
                while size := int(await reader.readuntil(b"\r\n"), 16):
                    chunk = (await reader.readexactly(size + 2))[:-2]
                    text = inflate.decompress(chunk) if encoding == "gzip" else chunk
                    events += text.endswith(b"\n\n")
                    received += size + 8
        except TimeoutError:
            pass
        writer.close()
        if events < 0.8 * seconds / POST_SECONDS:
            raise SystemExit(f"Expected an event a second in {seconds:g} s. Received: {events}")
        return received

    return listen


def _ask(writer: asyncio.StreamWriter, path: str, encoding: str) -> None:
    lines = (f"GET {path} HTTP/1.1", *HEADERS, f"Accept-Encoding: {encoding}", "", "")
    writer.write("\r\n".join(lines).encode())


if __name__ == "__main__":
    main(
        "Watchers of a training: statuses polled, or sent as events",
        measure,
        watchers={"type": int, "default": 30, "help": "how many watch the run"},
        seconds={"type": float, "default": 20.0, "help": "seconds of each measurement"},
        rounds={"type": int, "default": 3, "help": "measurements of each way"},
    )
