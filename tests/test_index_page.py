"""Our part of Streamlit's html page, and the cookie that tells visitors apart."""

import gzip
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from latent_plane import assets
from latent_plane.index_page import SCRIPT, SPLASH, IndexPage
from latent_plane.visitor_cookie import NAME, VisitorCookie
from tests.asgi import Answer, get

PAGE = b"<!DOCTYPE html><html><head><title>Streamlit</title></head><body>x</body></html>"
AS_PAGE = {"Accept": "text/html,application/xhtml+xml"}


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers a page in two pieces, and `/file` as text; 304 for whoever has it."""
    headers = dict(scope["headers"])
    status = 304 if b"if-none-match" in headers else 200
    kind = b"text/plain" if scope["path"] == "/file" else b"text/html; charset=utf-8"
    start = [(b"content-type", kind), (b"etag", b'"1"'), (b"content-length", b"%d" % len(PAGE))]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[20:]})


def answer(url: str, **headers: str) -> Answer:
    return get(IndexPage(streamlit), url, {**AS_PAGE, **headers})


def test_a_page_has_our_script_before_all_others_and_our_title() -> None:
    found = answer("/train?job=1")
    assert found.body.index(SCRIPT.read_bytes()) < found.body.index(b"<title>Latent Explorer<")
    assert found.body.endswith(b"<body>x</body></html>")
    assert found.headers["content-length"] == str(len(found.body))


def test_modules_that_the_first_picture_waits_for_are_fetched_ahead() -> None:
    page = answer("/").body.decode()
    links = re.findall(r'<link rel="modulepreload" fetchpriority="low" href="\./([^"]+)">', page)
    assert page.index(links[-1]) < page.index("</head>")
    names = {Path(link).name for link in links}
    assert {"main.js", "explorer.js", "painter.js", "latest_only.js"} <= names
    for link in links:
        asset = assets.store.find(link.removeprefix(f"{assets.URL_PREFIX}/"))
        assert asset is not None
        assert asset.media_type == "text/javascript"


def test_a_page_is_compressed_where_the_browser_takes_that() -> None:
    found = answer("/", **{"Accept-Encoding": "gzip, br"})
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-length"] == str(len(found.body))
    assert gzip.decompress(found.body) == answer("/").body


def test_a_browser_with_an_old_page_gets_the_new_one() -> None:
    found = answer("/", **{"If-None-Match": '"1"'})
    assert (found.status, "etag" in found.headers) == (200, False)


@pytest.mark.parametrize(("url", "accept"), [("/file", "text/html"), ("/", "*/*")])
def test_whatever_is_no_page_passes_as_it_is(url: str, accept: str) -> None:
    found = answer(url, Accept=accept)
    assert (found.body, found.headers["etag"]) == (PAGE, '"1"')


def cookie(scheme: str = "", **headers: str) -> SimpleCookie:
    given = {**AS_PAGE, **headers}
    if scheme:
        given["X-Forwarded-Proto"] = scheme
    return SimpleCookie(get(VisitorCookie(streamlit), "/", given).headers.get("set-cookie", ""))


def test_each_browser_gets_a_name_of_its_own_that_only_the_server_reads() -> None:
    first, second = cookie()[NAME], cookie()[NAME]
    assert re.fullmatch(r"[0-9a-f]{32}", first.value)
    assert first.value != second.value
    assert (first["httponly"], first["samesite"], first["secure"]) == (True, "Lax", "")
    assert cookie("https")[NAME]["secure"] is True


def test_a_browser_keeps_its_name_unless_we_cannot_have_given_it() -> None:
    named = {"Cookie": f"other=1; {NAME}={cookie()[NAME].value}"}
    assert not cookie(**named)
    assert NAME in cookie(Cookie=f"{NAME}=teacher")
    assert not get(VisitorCookie(streamlit), "/", {"Accept": "*/*"}).headers.get("set-cookie")


def test_what_is_seen_at_once_goes_when_streamlit_draws() -> None:
    page = PAGE.replace(b"<body>x", b'<body><div id="root"></div>x')

    async def with_root(scope: Scope, receive: Receive, send: Send) -> None:
        start = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": page})

    found = get(IndexPage(with_root), "/", AS_PAGE).body
    assert b'<div id="root">' + SPLASH.read_bytes() + b"</div>" in found
