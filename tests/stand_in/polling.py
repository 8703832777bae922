"""getUpdates, as long as the bot wants to wait."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stand_in.core import Core
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused

LONGEST_POLL = 50
PATIENCE = 0.02  # for the end of a connection to arrive, before its poll counts as a second bot
WEBHOOK_IS_SET = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
KINDS = re.compile(r"[a-z_]{1,64}")
Answer = Callable[[Any], None]


@dataclass
class Poll:
    """A request that waits for updates. `answer` gets the updates, or a refusal."""

    limit: int
    answer: Answer
    timer: asyncio.TimerHandle | None = None
    over: bool = False


def allow(core: Core, params: Params) -> None:
    """Remember which updates the bot wants; an empty list means the usual ones, none given means as before."""
    kinds = params.json("allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list) or not all(isinstance(k, str) and KINDS.fullmatch(k) for k in kinds):
        raise Refused("can't parse allowed_updates: expected an Array of String")
    core.updates.allowed = set(kinds) or None


class Polling:
    """At most one poll at a time, as Telegram has it. Lives on the server's event loop."""

    def __init__(self, core: Core, loop: asyncio.AbstractEventLoop) -> None:
        self.core = core
        self.loop = loop
        self.current: Poll | None = None

    def poll(self, params: Params, answer: Answer) -> Poll | None:
        """Answer at once if there is something, or after `timeout` seconds with nothing."""
        if self.core.webhook:
            raise Refused(WEBHOOK_IS_SET, 409)
        allow(self.core, params)
        self._end_earlier()
        offset = params.whole("offset")
        if offset > 0:
            self.core.updates.acknowledge_below(offset)
        elif offset < 0:
            self.core.updates.keep_last(-offset)
        limit = min(max(params.whole("limit", 100), 1), 100)
        timeout = min(max(params.whole("timeout"), 0), LONGEST_POLL)
        batch = self.core.updates.batch(limit)
        if batch or not timeout:
            answer(batch)
            return None
        poll = self.current = Poll(limit, answer)
        poll.timer = self.loop.call_later(timeout, self._finish, poll, [])
        return poll

    def _end_earlier(self) -> None:
        earlier, self.current = self.current, None
        if earlier:
            reason = "terminated by other getUpdates request; make sure that only one bot instance is running"
            self.loop.call_later(PATIENCE, self._finish, earlier, Refused(reason, 409))

    def _finish(self, poll: Poll, result: Any) -> None:
        with self.core.changed:
            if poll.over:
                return
            self.forget(poll)
            poll.answer(result)
            self.core.changed.notify_all()

    def forget(self, poll: Poll) -> None:
        """The client hung up, or has its answer."""
        poll.over = True
        if poll.timer:
            poll.timer.cancel()
        if self.current is poll:
            self.current = None

    def wake(self) -> None:
        """There may be something for the poll that waits."""
        poll = self.current
        if poll and (batch := self.core.updates.batch(poll.limit)):
            self._finish(poll, batch)

    def refuse(self) -> None:
        """A webhook was set while a poll waited."""
        if self.current:
            self._finish(self.current, Refused("terminated by setWebhook request", 409))
