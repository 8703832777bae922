"""The web application that Telegram brings updates to: acknowledged when done, so that a killed bot loses none."""

from __future__ import annotations

import json
from collections.abc import Callable
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from bot import __version__
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.intake import Intake

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_BYTES = 1_048_576


def application(desk: Desk, intake: Intake, path: str, alive: Callable[[], bool]) -> Starlette:
    """Two addresses: the one Telegram knows, and /healthz for whoever watches over the bot."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    secret = desk.settings.secret.encode()

    async def update(request: Request) -> Response:
        """200 when the update is dealt with, 503 when it should be brought again."""
        if not compare_digest(request.headers.get(HEADER, "").encode(), secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            desk.report("malformed", level="warning")
            return Response(status_code=200)  # it is no update, and would only come again
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            desk.report("malformed", level="warning")
            return Response(status_code=200)
        return Response(status_code=200 if await intake.take(raw) else 503)

    async def healthz(_: Request) -> Response:
        return JSONResponse(health(desk, alive()), 200 if alive() else 503)

    return Starlette(
        routes=[Route(path, update, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
    )


def health(desk: Desk, alive: bool) -> dict[str, Any]:
    """Whether the bot is alive, which base it answers from and since when, and whether its state is kept."""
    age = desk.now() - desk.loaded
    checked = min((e.description.checked for e in desk.base.elections.values()), default=None)
    return {
        "status": "ok" if alive else "stopping",
        "version": __version__,
        "base": {
            "version": desk.base.version,
            "commit": desk.folder.commit if desk.folder else None,
            "problems": len(desk.folder.problems) if desk.folder else 0,
            "loaded": desk.loaded.isoformat(timespec="seconds"),
            "age_seconds": int(age.total_seconds()),
            "checked": checked.isoformat() if checked else None,
            "elections": len(desk.base.elections),
        },
        "state": "degraded" if desk.state.degraded else "ok",
    }


async def _body(request: Request) -> bytes | None:
    """The body of a request; None if it is larger than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)
