"""The routes of our own that browsers fetch from, in front of those of Streamlit.

`OwnRoutes` is a middleware and not a list of routes for `streamlit.starlette.App`: so what it
answers passes none of Streamlit's middleware, which would compress each answer anew and make a
poll several times as dear. Streamlit's own scripts and style sheets it sends uncompressed; they
are answered here too, compressed once: a quarter of the bytes before the first picture.
"""

import gzip
import re
from pathlib import Path
from urllib.parse import quote

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from latent_plane import assets, broadcast

BUNDLE = Path(streamlit.__file__).parent / "static" / "static"
"""Streamlit's scripts and style sheets, whose names are made of their content."""
FOR_GOOD = "public, max-age=31536000, immutable"
NOT_STORED = "no-store"
ATTEMPT = re.compile(r"(?<=/)~\d+/")
"""The folder in which a browser asks anew for modules that did not come; it remembers failures."""
PAGE_AND_SLASH = re.compile(r"/[^/]+/")
"""What Streamlit would redirect to an address from the root of the server."""


async def content(request: Request) -> Response:
    """A served file: compressed where the browser takes that, and not sent to one that has it."""
    name = ATTEMPT.sub("", request.path_params["name"])
    asset = assets.store.find(name)
    if asset is None:
        return Response("This file is no longer served.", 404, {"Cache-Control": NOT_STORED})
    return await _sent(request, name, asset)


async def _sent(request: Request, name: str, asset: assets.Asset) -> Response:
    """The file, whose content never changes under that name."""
    headers = {"Cache-Control": FOR_GOOD, "ETag": f'"{name}"', "Vary": "Accept-Encoding"}
    headers["X-Plain-Length"] = str(asset.plain_size)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if asset.compressed:
        if not _takes_gzip(request):
            plain = await run_in_threadpool(lambda: gzip.decompress(asset.path.read_bytes()))
            return Response(plain, headers=headers, media_type=asset.media_type)
        headers["Content-Encoding"] = "gzip"
    return FileResponse(asset.path, headers=headers, media_type=asset.media_type)


async def status(request: Request) -> Response:
    """The newest status of a channel, 204 for a browser that has it (`?after=` its version)."""
    channel = broadcast.find_channel(request.path_params["name"])
    if channel is None or channel.newest is None:
        return Response("Nothing is told here.", 404, {"Cache-Control": NOT_STORED})
    version, compressed = channel.newest
    headers = {"Cache-Control": NOT_STORED, "Vary": "Accept-Encoding"}
    if request.query_params.get("after") == str(version):
        return Response(status_code=204, headers=headers)
    if not _takes_gzip(request):
        plain = gzip.decompress(compressed)
        return Response(plain, headers=headers, media_type="application/json")
    headers["Content-Encoding"] = "gzip"
    return Response(compressed, headers=headers, media_type="application/json")


class OwnRoutes:
    """Answers what lies under the prefixes of `assets` and `broadcast`; `app` gets the rest.

    `first_page` is the path of the page that lives at the root: under its own path Streamlit shows
    it behind a dialog that says it is not there.
    """

    def __init__(self, app: ASGIApp, first_page: str = "") -> None:
        self._app = app
        self._first_page = first_page
        base = str(config.get_option("server.baseUrlPath") or "").strip("/")
        self._base = f"/{base}" if base else ""
        self._bundle = re.compile(rf"{re.escape(self._base)}/static/([\w./-]+\.(?:js|css))")
        routes = [
            Route(f"{self._base}/{assets.URL_PREFIX}/{{name:path}}", content),
            Route(f"{self._base}/{broadcast.URL_PREFIX}/{{name}}", status),
        ]
        self._router = Router(routes, default=self._rest)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answers = self._router if scope["type"] == "http" else self._app
        await answers(scope, receive, send)

    async def _rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is Streamlit's, but for its way from `train/` to `train` and to the first page."""
        answers, path = self._app, scope["path"].removeprefix(self._base)
        if found := self._bundle.fullmatch(scope["path"]):
            answers = await _bundled(Request(scope), found[1]) or self._app
        elif self._first_page and path.rstrip("/") == f"/{self._first_page}":
            answers = _redirected("../" if path.endswith("/") else "./", scope["query_string"])
        elif PAGE_AND_SLASH.fullmatch(path):
            page = quote(path.strip("/"))
            answers = _redirected(f"../{page}", scope["query_string"])
        await answers(scope, receive, send)


async def _bundled(request: Request, name: str) -> Response | None:
    """Streamlit's file of that name, None where it is not one or nothing is to be gained."""
    path = (BUNDLE / name).resolve()
    readable = request.method == "GET" and _takes_gzip(request)
    if not (readable and path.is_relative_to(BUNDLE.resolve()) and path.is_file()):
        return None
    url = await run_in_threadpool(assets.serve_file, path)
    digest = url.removeprefix(f"{assets.URL_PREFIX}/")
    asset = assets.store.find(digest)
    return None if asset is None else await _sent(request, digest, asset)


def _redirected(place: str, query: bytes) -> Response:
    """To a relative place: a proxy may have taken a path from before the address."""
    return RedirectResponse(place + (f"?{query.decode('latin-1')}" if query else ""), 301)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
