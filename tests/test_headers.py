"""The headers that a security review asks for, on each answer."""

import pytest
from starlette.types import Receive, Scope, Send

from latent_plane.headers import SecurityHeaders
from tests.asgi import Answer, get

NOT_FRAMED = "frame-ancestors 'self'"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers, and has a policy of its own under `/own`."""
    own = [(b"content-security-policy", b"default-src 'none'")] if scope["path"] == "/own" else []
    await send({"type": "http.response.start", "status": 404, "headers": own})
    await send({"type": "http.response.body", "body": b"page"})


def answer(url: str) -> Answer:
    return get(SecurityHeaders(page), url)


@pytest.mark.parametrize("url", ["/", "/train?job=1", "/content/0.json", "/?embed=true"])
def test_types_are_not_guessed_and_addresses_not_passed_on(url: str) -> None:
    found = answer(url)
    assert (found.status, found.body) == (404, b"page")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in found.headers["permissions-policy"]
    assert "object-src 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "framed"),
    [
        ("", False),
        ("embed=false", False),
        ("z=embed%3Dtrue", False),
        ("embedded=true", False),
        ("embed=true", True),
        ("model=mnist&embed=true&embed_options=dark_theme", True),
    ],
)
def test_only_the_embedded_view_may_be_framed_elsewhere(query: str, framed: bool) -> None:
    policy = answer(f"/?{query}").headers["content-security-policy"]
    assert (NOT_FRAMED not in policy) is framed


def test_a_policy_of_the_answer_itself_stays() -> None:
    assert answer("/own").headers.getlist("content-security-policy") == ["default-src 'none'"]


def test_websockets_pass() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    coroutine = SecurityHeaders(app)({"type": "websocket"}, None, None)  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert seen == ["websocket"]
