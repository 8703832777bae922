"""How Telegram says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GONE_QUERY = "query is too old and response timeout expired or query ID is invalid"


class Refused(Exception):  # noqa: N818
    """What the bot is told instead of a result.

    `blame` is False where the bot could not have known: a user who blocked it meanwhile, a query that a test let
    expire. Such refusals are in `refusals` but not in `violations`.
    """

    def __init__(
        self,
        description: str,
        code: int = 400,
        *,
        blame: bool = True,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(description)
        kind = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}.get(code)
        self.description = f"{kind}: {description}" if kind else description
        self.code = code
        self.blame = blame
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON object that Telegram answers."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": dict(self.parameters)} if self.parameters else body


@dataclass(frozen=True)
class Violation:
    """Something the bot asked for that Telegram does not allow, so that a test can say that there was none."""

    method: str
    description: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
