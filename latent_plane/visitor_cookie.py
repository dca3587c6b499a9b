"""Each browser is one visitor: a cookie of our own says which, and nothing in an address does."""

import re
import secrets
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAME = "latent_visitor"
TOKEN = re.compile(r"[0-9a-f]{32}")
A_YEAR = 365 * 24 * 3600


class VisitorCookie:
    """Gives each browser that opens a page and has none yet a random name for a year.

    No script can read it (`HttpOnly`), no other site's request brings it (`SameSite`), and over
    https it is not sent in the clear (`Secure`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_new(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        https = "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto"))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", _fresh(secure=https))
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_new(headers: Headers) -> bool:
    """Whether a browser asks for a page and brings no name that we could have given it."""
    given = SimpleCookie(headers.get("cookie", "")).get(NAME)
    known = given is not None and TOKEN.fullmatch(given.value)
    return "text/html" in headers.get("accept", "") and not known


def _fresh(*, secure: bool) -> str:
    words = [
        f"{NAME}={secrets.token_hex(16)}",
        f"Max-Age={A_YEAR}",
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
    ]
    return "; ".join([*words, "Secure"] if secure else words)
