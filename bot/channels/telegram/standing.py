"""How the bot stands, for whoever watches over it: alive, ready to be asked, and what it did in numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot import __version__
from bot.channels.exposition import exposed
from bot.channels.grouping import words
from bot.channels.opening import Refused
from bot.counting import Level

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.channels.telegram.desk import Desk

CHECKED = 3.0
"""Seconds within which a proxy that looks after the bot asks again whether it is ready."""
PATIENCE = 1.0
"""Seconds that the numbers wait for those of the database."""


@dataclass(slots=True)
class Standing:
    """Whether updates may be brought now, and whether whoever keeps asking that knows."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reached: bool = False
    """Telegram knows where to bring updates, or was asked for them and answered."""
    _asked: float = float("-inf")
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> bool:
        return not self.stop.is_set()

    @property
    def ready(self) -> bool:
        return self.alive and self.reached

    def asked(self) -> dict[str, str]:
        """What to answer to whoever wants to know whether the bot is ready."""
        self._asked = monotonic()
        if not self.alive:
            self._told.set()
            return {"status": "not ready", "reason": "stopping"}
        return {"status": "ready"} if self.reached else {"status": "not ready", "reason": "starting"}

    async def leave(self) -> None:
        """Go on until a proxy that asked lately was told that it is over; nobody is waited for who did not ask."""
        if monotonic() - self._asked < CHECKED:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), CHECKED)


def routes(desk: Desk) -> list[Route]:
    """The three addresses for whoever watches over the bot; none of them is for the public."""
    from starlette.responses import JSONResponse, PlainTextResponse, Response
    from starlette.routing import Route

    standing = desk.standing

    async def healthz(_: Request) -> Response:
        return JSONResponse(health(desk), 200 if standing.alive else 503)

    async def readyz(_: Request) -> Response:
        told = standing.asked() | {"state": _state(desk)}
        return JSONResponse(told, 200 if standing.ready else 503)

    async def metrics(request: Request) -> Response:
        measured = [*desk.counts, *levels(desk), *await _queue(desk)]
        say = words()
        try:
            text, content_type = exposed(
                measured, lambda name: say(f"metrics.{name}"), request.headers.get("accept", "")
            )
        except Refused as refused:
            return PlainTextResponse(say(f"terminal.{refused.key}") + "\n", 501)
        return Response(text, headers={"content-type": content_type})

    addresses = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return [Route(path, answer, methods=["GET"]) for path, answer in addresses.items()]


def health(desk: Desk) -> dict[str, Any]:
    """Whether the bot is alive, which base it answers from and since when, and whether its state is kept."""
    checked = min((e.description.checked for e in desk.base.elections.values()), default=None)
    return {
        "status": "ok" if desk.standing.alive else "stopping",
        "version": __version__,
        "base": {
            "version": desk.base.version,
            "commit": desk.folder.commit if desk.folder else None,
            "problems": _problems(desk),
            "loaded": desk.loaded.isoformat(timespec="seconds"),
            "age_seconds": int(_age(desk)),
            "checked": checked.isoformat() if checked else None,
            "elections": len(desk.base.elections),
        },
        "state": _state(desk),
    }


def levels(desk: Desk) -> Iterator[Level]:
    """How things are at this moment."""
    yield Level("build_info", {(__version__, desk.base.version): 1}, ("version", "base"))
    yield Level.of("ready", desk.standing.ready)
    yield Level.of("elections", len(desk.base.elections))
    yield Level.of("base_age_seconds", _age(desk))
    yield Level.of("base_problems", _problems(desk))
    yield Level.of("state_degraded", desk.state.degraded)
    yield Level.of("state_pending", desk.state.pending)
    yield Level.of("under_way", desk.counts.under_way)


async def _queue(desk: Desk) -> list[Level]:
    """What waits for moderators, if the database tells in time."""
    reading = asyncio.ensure_future(desk.state.moderating.waiting())
    await asyncio.wait({reading}, timeout=PATIENCE)
    found = reading.result() if reading.done() else None
    return [Level("queue", {(what,): n for what, n in (found or {}).items()}, ("what",))]


def _age(desk: Desk) -> float:
    return (desk.now() - desk.loaded).total_seconds()


def _problems(desk: Desk) -> int:
    return len(desk.folder.problems) if desk.folder else 0


def _state(desk: Desk) -> str:
    return "degraded" if desk.state.degraded else "ok"
