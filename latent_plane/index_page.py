"""Streamlit's html page with what has to be in it before its scripts run."""

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latent_plane.registration import modules_of

DOCUMENT = Path(__file__).parent / "frontend" / "document"
SCRIPT = DOCUMENT / "history.js"
SPLASH = DOCUMENT / "splash.html"
ROOT = b'<div id="root">'
"""What Streamlit draws in; whatever is there before goes when it draws."""
TITLE = b"<title>Streamlit</title>", b"<title>Latent Explorer</title>"
FIRST = "plane/main.js"
"""The module that the first picture waits for."""
PRELOAD = '<link rel="modulepreload" fetchpriority="low" href="./{}">'
PASSED_ON = (b"accept-encoding", b"if-none-match", b"if-modified-since")
"""What Streamlit must not see, so that it answers with the whole page, uncompressed."""


class IndexPage:
    """Adds our part to the head of each html page; everything else passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        takes_gzip = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        plain = {**scope, "headers": [h for h in scope["headers"] if h[0] not in PASSED_ON]}
        await self._app(plain, receive, _Rewriter(send, takes_gzip=takes_gzip))


class _Rewriter:
    """Holds an html answer back until it is whole, and sends it with our part."""

    def __init__(self, send: Send, *, takes_gzip: bool) -> None:
        self._send = send
        self._takes_gzip = takes_gzip
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        page, compressed = _with_our_part(self._body, tuple(modules_of(FIRST)))
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified"):
            del headers[name]
        headers["Vary"] = "Accept-Encoding"
        if self._takes_gzip:
            headers["Content-Encoding"] = "gzip"
        body = compressed if self._takes_gzip else page
        headers["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")


@lru_cache(maxsize=4)
def _with_our_part(page: bytes, modules: tuple[str, ...]) -> tuple[bytes, bytes]:
    """The page with our script first in its head, what is seen at once, and the `modules` that are
    to be fetched while Streamlit's own scripts are read; the same compressed."""
    script = b"<script>" + SCRIPT.read_bytes() + b"</script>"
    ahead = "".join(PRELOAD.format(url) for url in modules).encode()
    whole = page.replace(b"<head>", b"<head>" + script, 1).replace(*TITLE, 1)
    whole = whole.replace(b"</head>", ahead + b"</head>", 1)
    whole = whole.replace(ROOT, ROOT + SPLASH.read_bytes(), 1)
    return whole, gzip.compress(whole, mtime=0)
