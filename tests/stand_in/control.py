"""The same hands and eyes over HTTP, for a stand-in that runs as another process.

`POST /_control/<operation>` with a JSON object of arguments; chats and users are given by id, messages as
`[chat_id, message_id]` or as the object that an earlier operation returned. The answer is `{"ok": true, "result": …}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from tests.stand_in.people import Sent
from tests.stand_in.wire import Reply, Request
from tests.stand_in.world import Chat, Shown, User, rows_of

if TYPE_CHECKING:
    from tests.stand_in.server import StandIn

OPERATIONS = {
    *("user", "other_bot", "private", "group", "supergroup", "channel"),
    *("say", "say_many", "send_media", "say_via_bot", "say_as_bot", "channel_post", "edit", "delete", "tap"),
    *("inline", "choose", "expire"),
    *("status", "added", "removed", "promoted", "demoted", "blocked", "unblocked", "migrate"),
    *(
        "replies",
        "wait_for_message",
        "callback_answer",
        "wait_for_inline",
        "acknowledged",
        "settled",
        "calls",
    ),
    *("counts", "violations", "refusals", "profile", "deliveries"),
    *("fail", "fail_share", "recover", "latency", "raw", "duplicate", "hold", "let_go", "release"),
}
HIDDEN = {"members", "messages", "removed"}


class Control:
    """Operations run in threads of their own: some wait."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._threads: ThreadPoolExecutor | None = None

    def handle(self, request: Request, reply: Reply) -> None:
        """One operation."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(32, thread_name_prefix="stand-in-control")
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._threads, self._perform, request)
        done.add_done_callback(lambda future: self._answer(future, reply))

    @staticmethod
    def _answer(future: asyncio.Future[tuple[int, bytes]], reply: Reply) -> None:
        if not future.cancelled():
            reply.send(*future.result())

    def _perform(self, request: Request) -> tuple[int, bytes]:
        name = request.path.removeprefix("/_control/")
        try:
            given = json.loads(request.body or b"{}")
            found = self._operation(name)
            result = (
                found(**{key: understood(value) for key, value in given.items()})
                if callable(found)
                else found
            )
            return 200, json.dumps({"ok": True, "result": plain(result)}).encode()
        except Exception as error:
            problem = {"ok": False, "error": f"{type(error).__name__}: {error}"}
            return 408 if isinstance(error, TimeoutError) else 400, json.dumps(problem).encode()

    def _operation(self, name: str) -> Any:
        if name not in OPERATIONS:
            raise LookupError(f"no such operation: {name}; there are {', '.join(sorted(OPERATIONS))}")
        return getattr(self.stand_in, name)

    def close(self) -> None:
        """Begin nothing more."""
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)


def plain(value: Any) -> Any:
    """As JSON can say it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in HIDDEN}
        if isinstance(value, Shown):
            named["buttons"] = plain(value.buttons)
        return {"_": type(value).__name__, **named}
    if isinstance(value, Mapping):
        return {
            key
            if isinstance(key, str)
            else "/".join(map(str, key))
            if isinstance(key, tuple)
            else str(key): plain(v)
            for key, v in value.items()
        }
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return value


def understood(value: Any) -> Any:
    """The other way round: objects that an operation returned, as arguments of the next."""
    if isinstance(value, list):
        pair = len(value) == 2 and all(isinstance(item, int) for item in value)
        return tuple(value) if pair else [understood(item) for item in value]
    if not isinstance(value, dict) or "_" not in value:
        return value
    kind = value["_"]
    if kind in (Chat.__name__, User.__name__):
        return value["id"]
    if kind == Sent.__name__:
        return Sent(**{key: item for key, item in value.items() if key != "_"})
    if kind == Shown.__name__:
        known = {key: item for key, item in value.items() if key not in ("_", "buttons", "rows")}
        return Shown(**known, rows=rows_of(value["payload"].get("reply_markup")))
    return value
