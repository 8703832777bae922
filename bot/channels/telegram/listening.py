"""Where the bot listens: for Telegram, and for whoever watches over it."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot.channels.opening import Refused
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.polling import GRACE
from bot.channels.telegram.standing import routes

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette


@asynccontextmanager
async def watched(desk: Desk) -> AsyncIterator[None]:
    """Tell on a port of its own how the bot stands, from before it serves until after; not without STATUS_PORT."""
    settings = desk.settings
    if settings.status_port is None:
        yield
        return
    with extra():
        from starlette.applications import Starlette

        server = web_server(Starlette(routes=routes(desk)))
    listener = listening(settings.status_host, settings.status_port, "STATUS")
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@contextmanager
def extra() -> Iterator[None]:
    """Where the web server is loaded, which not every installation has."""
    try:
        yield
    except ImportError:
        raise Refused("no_server") from None


def web_server(app: Starlette) -> uvicorn.Server:
    """A server that leaves signals to the bot."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
    )


def listening(host: str, port: int, settings: str) -> socket.socket:
    """A port to listen on, or a refusal that names the settings: uvicorn would end the process in its own way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        key = "port_taken" if error.errno == errno.EADDRINUSE else "no_listening"
        raise Refused(key, host=host, port=port, settings=settings, error=error) from None
