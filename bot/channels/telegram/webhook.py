"""The web application that Telegram brings updates to: acknowledged when done, so that a killed bot loses none."""

from __future__ import annotations

import json
from hmac import compare_digest
from typing import TYPE_CHECKING

from bot.channels.telegram.desk import Desk
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.standing import routes

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_BYTES = 1_048_576


def application(desk: Desk, intake: Intake, path: str) -> Starlette:
    """The address Telegram knows and, unless they have a port of their own, those for whoever watches over the bot."""
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    secret = desk.settings.secret.encode()

    async def update(request: Request) -> Response:
        """200 when the update is dealt with, 503 when it should be brought again."""
        if not compare_digest(request.headers.get(HEADER, "").encode(), secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            desk.counts.malformed.add()
            desk.report("malformed", level="warning")
            return Response(status_code=200)  # it is no update, and would only come again
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            desk.counts.malformed.add()
            desk.report("malformed", level="warning")
            return Response(status_code=200)
        return Response(status_code=200 if await intake.take(raw) else 503)

    watching = routes(desk) if desk.settings.status_port is None else []
    return Starlette(routes=[Route(path, update, methods=["POST"]), *watching])


async def _body(request: Request) -> bytes | None:
    """The body of a request; None if it is larger than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)
