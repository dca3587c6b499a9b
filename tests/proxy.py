"""A reverse proxy that serves an app under a path and strips it, as a school's server may."""

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "upgrade"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is the browser's to follow."""

    def redirect_request(self, *_: object) -> None:
        return None


_upstream = urllib.request.build_opener(_NoRedirect())


@contextmanager
def stripping(target: str, *, base: str) -> Iterator[str]:
    """Address under the path `base` of a server that hands on to `target` without that path."""
    routes = [
        WebSocketRoute("/{path:path}", _sockets(target)),
        Route("/{path:path}", _http(target)),
    ]
    app = Starlette(routes=[Mount(f"/{base}", routes=routes)])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/{base}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


def _http(target: str):  # type: ignore[no-untyped-def]
    async def forward(request: Request) -> Response:
        return await run_in_threadpool(_fetched, target, request)

    return forward


def _fetched(target: str, request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {k: v for k, v in request.headers.items() if k not in HOP_BY_HOP}
    url = f"{target}/{request.path_params['path']}{query}"
    asked = urllib.request.Request(url, headers=headers, method=request.method)
    try:
        answer = _upstream.open(asked, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP}
        return Response(answer.read(), answer.status, kept)


def _sockets(target: str):  # type: ignore[no-untyped-def]
    async def forward(browser: WebSocket) -> None:
        asked = browser.scope["subprotocols"]
        url = f"{target.replace('http', 'ws', 1)}/{browser.path_params['path']}"
        headers = {"Cookie": browser.headers.get("cookie", "")}
        async with websockets.connect(
            url, subprotocols=asked, additional_headers=headers, max_size=None
        ) as app:
            await browser.accept(subprotocol=app.subprotocol)
            ways = [
                asyncio.create_task(_up(browser, app)),
                asyncio.create_task(_down(app, browser)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
                with suppress(asyncio.CancelledError):
                    await way

    return forward


async def _up(browser: WebSocket, app: websockets.ClientConnection) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            message = await browser.receive()
            if message["type"] == "websocket.disconnect":
                return
            await app.send(message.get("bytes") or message["text"])


async def _down(app: websockets.ClientConnection, browser: WebSocket) -> None:
    async for message in app:
        if isinstance(message, bytes):
            await browser.send_bytes(message)
        else:
            await browser.send_text(message)
