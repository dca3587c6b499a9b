"""Headers that a security review asks for, on every answer of the app."""

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = "base-uri 'self'; object-src 'none'"
NOT_FRAMED = "; frame-ancestors 'self'"


class SecurityHeaders:
    """Types are not guessed, addresses are not passed on, and only `?embed=true` may be framed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = POLICY if _is_embedded(scope) else POLICY + NOT_FRAMED

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_embedded(scope: Scope) -> bool:
    """Whether the address asks for Streamlit's embedded view."""
    return "true" in parse_qs(scope.get("query_string", b"").decode("latin-1")).get("embed", [])
