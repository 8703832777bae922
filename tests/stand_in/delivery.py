"""Updates brought to a webhook as Telegram does: several at a time, one at a time for each chat, until accepted."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.stand_in.core import Core, Webhook
from tests.stand_in.updates import Queued
from tests.stand_in.wire import unchunked

BACKOFF, LONGEST_BACKOFF = 0.05, 1.0
PATIENCE = 60.0
Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Delivery:
    """Brings what is queued to one webhook. Lives on the server's event loop, under the lock of the core."""

    def __init__(self, core: Core, webhook: Webhook, act: Callable[[dict[str, Any]], None]) -> None:
        self.core = core
        self.webhook = webhook
        self.act = act
        self.parts = urlsplit(webhook.url)
        self.lanes: dict[Any, deque[Queued]] = {}
        self.ready: deque[Any] = deque()
        self.tasks: set[asyncio.Task[None]] = set()
        self.pipes: list[Pipe] = []
        self.closed = False
        for queued in [*core.updates.pending.values(), *core.updates.extra.values()]:
            self.add(queued)

    def add(self, queued: Queued) -> None:
        """One more to bring."""
        lane = self.lanes.get(queued.lane)
        if lane is None:
            self.lanes[queued.lane] = deque([queued])
            self.ready.append(queued.lane)
        else:
            lane.append(queued)

    def wake(self) -> None:
        """Begin as many deliveries as the bot allows."""
        while self.ready and len(self.tasks) < self.webhook.max_connections and not self.closed:
            lane = self.ready.popleft()
            task = asyncio.get_running_loop().create_task(self._bring(lane, self.lanes[lane][0]))
            self.tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        with self.core.changed:
            self.tasks.discard(task)
            self.wake()

    async def _bring(self, lane: Any, queued: Queued) -> None:
        if not queued.done:
            with self.core.changed:
                queued.tries += 1
                self.core.updates.deliveries[queued.update_id] += 1
                self.core.changed.notify_all()
            status, body, problem = await self._post(queued)
            with self.core.changed:
                self.core.last_activity = time.monotonic()
                if 200 <= status < 300:
                    self._act_on(body)
                else:
                    self.webhook.last_error = problem or f"Wrong response from the webhook: {status}"
                    self.webhook.last_error_date = int(time.time())
                if 200 <= status < 300 or queued.once:
                    self.core.updates.done(queued)
                self.core.changed.notify_all()
        with self.core.changed:
            if not queued.done:
                pause = min(BACKOFF * 2 ** (queued.tries - 1), LONGEST_BACKOFF)
                asyncio.get_running_loop().call_later(pause, self._again, lane)
                return
            self.lanes[lane].popleft()
            if self.lanes[lane]:
                self.ready.append(lane)
            else:
                del self.lanes[lane]

    def _again(self, lane: Any) -> None:
        with self.core.changed:
            self.ready.append(lane)
            self.wake()

    def _act_on(self, body: bytes) -> None:
        if body[:1] != b"{":
            return
        try:
            wanted = json.loads(body)
        except ValueError:
            return
        if isinstance(wanted, dict) and "method" in wanted:
            self.act(wanted)

    async def _post(self, queued: Queued) -> tuple[int, bytes, str]:
        body = queued.body if isinstance(queued.body, bytes) else json.dumps(queued.body).encode()
        pipe: Pipe | None = None
        try:
            async with asyncio.timeout(PATIENCE):
                pipe = self.pipes.pop() if self.pipes else None
                if pipe is None or pipe[0].at_eof() or pipe[1].is_closing():
                    _hang_up(pipe)
                    pipe = None
                    pipe = await self._connect()
                pipe[1].write(self._head(len(body)) + body)
                status, answer, keep = await _response(pipe[0])
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _hang_up(pipe)
            return 0, b"", f"Connection failed: {type(error).__name__}"
        except asyncio.CancelledError:
            _hang_up(pipe)
            raise
        if keep and not self.closed:
            self.pipes.append(pipe)
        else:
            _hang_up(pipe)
        return status, answer, ""

    async def _connect(self) -> Pipe:
        secure = self.parts.scheme == "https"
        context = ssl._create_unverified_context() if secure else None
        port = self.parts.port or (443 if secure else 80)
        return await asyncio.open_connection(self.parts.hostname, port, ssl=context)

    def _head(self, length: int) -> bytes:
        target = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
        secret = f"X-Telegram-Bot-Api-Secret-Token: {self.webhook.secret}\r\n" if self.webhook.secret else ""
        return (
            f"POST {target} HTTP/1.1\r\nHost: {self.parts.netloc}\r\nContent-Type: application/json\r\n"
            f"{secret}Content-Length: {length}\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
        ).encode()

    def close(self) -> None:
        """No more deliveries; those under way are given up, and happen again with the next webhook."""
        self.closed = True
        for task in self.tasks:
            task.cancel()
        for pipe in self.pipes:
            _hang_up(pipe)
        self.pipes.clear()


def _hang_up(pipe: Pipe | None) -> None:
    if pipe:
        pipe[1].transport.abort()


async def _response(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection can be used again."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    keep = headers.get("connection", "").lower() != "close"
    if "content-length" in headers:
        return status, await reader.readexactly(int(headers["content-length"])), keep
    if "chunked" in headers.get("transfer-encoding", ""):
        data = b""
        while (taken := unchunked(data)) is None:
            more = await reader.read(65536)
            if not more:
                raise ConnectionError
            data += more
        return status, taken[0], keep
    if status == 204:
        return status, b"", keep
    return status, await reader.read(), False
