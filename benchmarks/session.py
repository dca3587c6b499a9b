"""A visitor without a browser: Streamlit's protocol over a websocket, and a browser's downloads."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

CHANNEL = re.compile(rb"status/run-[0-9a-z-]+")
SERVED = re.compile(rb"content/[0-9a-f]+\.(?:json|onnx)")
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
LARGEST_MESSAGE = 2**26
PATIENCE = 60.0
"""Seconds until an answer that does not come ends the benchmark."""


@dataclass
class Session:
    """One open page. `script` is the server's name of it, `fragment` that of its last fragment,
    `channel` the address that it asks for the newest status, empty without any.

    `version` is that of the status that it has, `phase` what it says. `wanted` are the addresses of
    figure and decoder that it names, `had` those that were fetched; `failures` are errors that the
    page showed.
    """

    address: str
    socket: Any
    page: str
    query: str
    script: str = ""
    fragment: str = ""
    channel: str = ""
    version: int = 0
    phase: str = ""
    wanted: set[str] = field(default_factory=set)
    had: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    async def run(self, fragment: str = "") -> float:
        """Seconds from the wish for a rerun, of the page or a fragment, to its end."""
        request = BackMsg()
        request.rerun_script.query_string = self.query
        request.rerun_script.page_name = self.page
        request.rerun_script.page_script_hash = self.script
        request.rerun_script.fragment_id = fragment
        started = time.perf_counter()
        await self.socket.send(request.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._take(await self.socket.recv()):
                pass
        return time.perf_counter() - started

    async def look(self) -> float:
        """Ask for the status that is new on the channel; the seconds that it took."""
        started = time.perf_counter()
        if content := await _fetch(self.address, f"{self.channel}?after={self.version}"):
            status = json.loads(gzip.decompress(content))
            self.version, self.phase = status["version"], status["phase"]
            self.wanted = {path.decode() for path in SERVED.findall(gzip.decompress(content))}
        return time.perf_counter() - started

    async def fetch(self) -> float:
        """Fetch what the newest status names and was not there before; the seconds it took."""
        started = time.perf_counter()
        missing = self.wanted - self.had
        self.had |= missing
        await asyncio.gather(*(_fetch(self.address, path) for path in missing))
        return time.perf_counter() - started

    def _take(self, message: bytes) -> bool:
        """Note what a message says; whether the script has ended."""
        told = ForwardMsg.FromString(message)
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.script = told.navigation.page_script_hash
        elif kind == "delta":
            self.fragment = told.delta.fragment_id or self.fragment
            if told.delta.new_element.WhichOneof("type") == "exception":
                self.failures.append(told.delta.new_element.exception.message)
            if found := CHANNEL.search(message):
                self.channel = found[0].decode()
        return kind == "script_finished" and bool(told.script_finished != AGAIN)


@asynccontextmanager
async def session(address: str, *, page: str, query: str = "") -> AsyncIterator[Session]:
    """A visitor who has opened `page` with `query`; it has run once."""
    url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(
        url, subprotocols=[Subprotocol("streamlit")], max_size=LARGEST_MESSAGE
    ) as socket:
        opened = Session(address, socket, page, query)
        await opened.run()
        yield opened


async def _fetch(address: str, path: str) -> bytes:
    """Fetch a file as a browser does that has never had it, on a connection of its own."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    lines = (f"GET /{path} HTTP/1.1", f"Host: {parts.netloc}", "Accept-Encoding: gzip")
    writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
        raise SystemExit(f"Expected {path}. Received: {head[:40]!r}")
    return body
