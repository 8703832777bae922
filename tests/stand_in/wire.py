"""HTTP/1.1 on loopback, as little of it as clients of the Bot API use, and quick.

A reply may be sent later, or never, or the connection cut: that is what frameworks do not let one do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

PHRASES = {status.value: status.phrase for status in HTTPStatus}
LARGEST_BODY = 50_000_000


@dataclass(slots=True)
class Request:
    """One request, whole."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Reply:
    """The place for one answer. `gone` is called if the client hangs up before it gets one."""

    __slots__ = ("_connection", "close", "done", "gone")

    def __init__(self, connection: Connection, close: bool) -> None:
        self._connection = connection
        self.close = close
        self.done = False
        self.gone: Callable[[], None] | None = None

    def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        """Answer, and go on with what the client sent next."""
        if self.done:
            return
        self.done = True
        keep = "close" if self.close else "keep-alive"
        head = (
            f"HTTP/1.1 {status} {PHRASES.get(status, 'Unknown')}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: {keep}\r\n\r\n"
        )
        self._connection.answer(head.encode() + body, self.close)

    def cut(self) -> None:
        """Close the connection without a word."""
        if not self.done:
            self.done = True
            self._connection.abort()


Handler = Callable[[Request, Reply], None]


class Connection(asyncio.Protocol):
    """One client, its requests answered one after the other."""

    def __init__(self, handle: Handler, alive: set[Connection]) -> None:
        self.handle = handle
        self.alive = alive
        self.buffer = b""
        self.current: Reply | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.alive.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.alive.discard(self)
        self.transport = None
        current, self.current = self.current, None
        if current and not current.done:
            current.done = True
            if current.gone:
                current.gone()

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        self._go_on()

    def _go_on(self) -> None:
        while self.buffer and self.current is None and self.transport:
            taken = self._take()
            if taken is None:
                return
            self.current = Reply(self, taken.headers.get("connection", "").lower() == "close")
            self.handle(taken, self.current)

    def _take(self) -> Request | None:
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        try:
            method, target, _ = first.split(" ", 2)
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if "chunked" in headers.get("transfer-encoding", ""):
                taken = unchunked(rest)
            else:
                length = int(headers.get("content-length", "0"))
                taken = (rest[:length], rest[length:]) if len(rest) >= length else None
        except ValueError:
            self.abort()
            return None
        if len(self.buffer) > LARGEST_BODY:
            self.abort()
            return None
        if taken is None:
            return None
        body, self.buffer = taken
        path, _, query = target.partition("?")
        return Request(method, unquote(path) if "%" in path else path, query, headers, body)

    def answer(self, data: bytes, close: bool) -> None:
        """Write it, then take the next request."""
        self.current = None
        if self.transport:
            self.transport.write(data)
            if close:
                self.transport.close()
            elif self.buffer:
                asyncio.get_running_loop().call_soon(self._go_on)

    def abort(self) -> None:
        """Drop the client and what it sent."""
        self.buffer = b""
        self.current = None
        if self.transport:
            self.transport.abort()


def unchunked(data: bytes) -> tuple[bytes, bytes] | None:
    """The body that came in chunks and what follows it, or None if more is to come."""
    body = b""
    while True:
        size, found, data = data.partition(b"\r\n")
        if not found:
            return None
        length = int(size.split(b";")[0], 16)
        if len(data) < length + 2:
            return None
        body, data = body + data[:length], data[length + 2 :]
        if length == 0:
            return body, data
