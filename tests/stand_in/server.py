"""The stand-in: an HTTP server on loopback in a thread of its own, and the hands and eyes of a test."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from tests.stand_in.api import Api
from tests.stand_in.asking import Asking
from tests.stand_in.control import Control
from tests.stand_in.core import Core
from tests.stand_in.membership import Membership
from tests.stand_in.talking import Talking
from tests.stand_in.trouble import Trouble
from tests.stand_in.watching import Watching
from tests.stand_in.wire import Connection, Reply, Request


class StandIn(Talking, Asking, Membership, Watching, Trouble):
    """Telegram, as far as the bot can tell. A context manager; `url` is what the bot takes for api.telegram.org.

    The bot runs in another thread or process: whoever waits in the bot's own event loop keeps it from working.
    `privacy` is the bot's privacy mode in groups, on by default as with BotFather. `keep` bounds what is remembered:
    messages, calls, updates and queries, the oldest going first. It can be entered again after it was left, on the
    same port and with all it knew, as if Telegram had been out of reach meanwhile.
    """

    def __init__(
        self,
        token: str = "123456789:AAF-stand-in-token_0123456789abcdefg",
        username: str = "election_bot",
        *,
        supports_inline: bool = True,
        privacy: bool = True,
        keep: int = 100_000,
        port: int = 0,
    ) -> None:
        self.core = Core(token, username, supports_inline=supports_inline, privacy=privacy, keep=keep)
        self.port = port
        self.api: Api | None = None
        self._control = Control(self)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._alive: set[Connection] = set()
        self._stop: asyncio.Event | None = None

    @property
    def token(self) -> str:
        """The only token that is accepted."""
        return self.core.token

    @property
    def username(self) -> str:
        """The bot's, without @."""
        return self.core.world.me.username or ""

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end: the bot's methods are at `{url}/bot{token}/{method}`."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> StandIn:
        started = threading.Event()
        failed: list[BaseException] = []
        self._thread = threading.Thread(
            target=self._run, args=(started, failed), daemon=True, name="stand-in"
        )
        self._thread.start()
        started.wait()
        if failed:
            raise failed[0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread:
            self._thread.join()

    def release(self) -> None:
        """Answer all calls that a `timeout` fault holds back."""
        if self._loop and self.api:
            self._loop.call_soon_threadsafe(self.api.release)

    def _run(self, started: threading.Event, failed: list[BaseException]) -> None:
        try:
            asyncio.run(self._serve(started))
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        api = self.api = Api(self.core, loop)
        self.core.wake = lambda: self._wake(loop, api)
        with self.core.changed:
            api.channel.resume()
        server = await loop.create_server(
            lambda: Connection(self._handle, self._alive), "127.0.0.1", self.port, backlog=1024
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        with self.core.changed:
            self.core.wake = lambda: None
            api.channel.close()
        for connection in list(self._alive):
            connection.abort()
        self._control.close()
        self._control = Control(self)
        await asyncio.sleep(0)

    def _wake(self, loop: asyncio.AbstractEventLoop, api: Api) -> None:
        loop.call_soon_threadsafe(api.channel.wake)

    def _handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/bot"):
            assert self.api
            self.api.handle(request, reply)
        elif request.path.startswith("/_control/"):
            self._control.handle(request, reply)
        else:
            reply.send(404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
