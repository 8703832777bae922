"""Fetches updates by long polling and confirms only those that are done, so that a killed bot loses none."""

from __future__ import annotations

import asyncio
from itertools import chain, repeat
from typing import Any

from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.application import HEARD
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.intake import Intake

LONG = 50
"""Seconds that Telegram holds a request when there is nothing new."""
BATCH = 100
PATIENCE = 10.0
"""Seconds that an answer may take beyond those for which Telegram was asked to hold it."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
GRACE = 20
"""Seconds that answers under way have when the bot is stopped."""


class Polling:
    """Asks for what is new, and again for what is not done yet.

    Telegram forgets all updates below the number that is asked for next, so that is the lowest one not yet done.
    What comes again meanwhile is under way, and not begun twice.
    """

    def __init__(self, desk: Desk, intake: Intake) -> None:
        self._desk = desk
        self._intake = intake
        self._begun: dict[int, asyncio.Task[None]] = {}
        self._done: set[int] = set()
        """What was done and may come again, since an earlier one is still under way."""
        self._next = 0
        self._stopping = asyncio.Event()
        self._moved = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Fetch until told to stop; then finish what has begun, and leave the rest to Telegram."""
        failures = 0
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                fetching = asyncio.create_task(self._fetch())
                await asyncio.wait({fetching, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if not fetching.done():
                    fetching.cancel()
                    break
                failures = 0 if fetching.result() else failures + 1
                if failures:
                    await self._pause(PAUSES[min(failures, len(PAUSES)) - 1])
        finally:
            stopped.cancel()
        await self._finish()
        await self._confirm()

    async def _finish(self) -> None:
        """Wait a while for what has begun; what is not done by then is left to Telegram."""
        begun = list(self._begun.values())
        if begun:
            _, late = await asyncio.wait(begun, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*begun, return_exceptions=True)

    async def _fetch(self) -> bool:
        """Begin whatever is new; False if Telegram could not be reached.

        Until Telegram has answered once it need not hold the request: the bot is ready when it is known to be reached.
        """
        waiting = 0 if self._begun or not self._desk.standing.reached else LONG
        try:
            updates = await self._get(self._offset(), waiting)
        except RetryAfter as error:
            await self._pause(float(error._retry_after.total_seconds()))
            return True
        except Exception as error:  # whatever was answered, the next answer may be one of Telegram's
            self._desk.report("not_fetched", level="warning", error=type(error).__name__)
            return False
        self._desk.standing.reached = True
        fresh = [raw for raw in updates if self._is_new(raw)]
        self._done &= {number for raw in updates if (number := _number(raw)) is not None}
        if fresh:  # not the highest ever: after a quiet week Telegram may go on from a lower number
            self._next = max(int(raw["update_id"]) for raw in fresh) + 1
        for raw in fresh:
            self._begin(raw)
        if (self._begun and len(self._begun) * 2 > BATCH) or not fresh:
            await self._something_done()
        return True

    async def _get(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        # Not by its usual name: that parses all updates together, and one that is malformed would hide the others.
        values = {"timeout": timeout, "limit": BATCH, "allowed_updates": HEARD}
        if offset is not None:
            values["offset"] = offset
        found = await self._desk.bot.do_api_request("get_Updates", values, read_timeout=timeout + PATIENCE)
        return found if isinstance(found, list) else []

    def _offset(self) -> int | None:
        return min(self._begun, default=self._next) or None

    def _is_new(self, raw: dict[str, Any]) -> bool:
        number = _number(raw)
        return number is not None and number not in self._begun and number not in self._done

    def _begin(self, raw: dict[str, Any]) -> None:
        number = int(raw["update_id"])
        self._begun[number] = asyncio.create_task(self._work(number, raw))

    async def _work(self, number: int, raw: dict[str, Any]) -> None:
        taken = False
        try:
            for pause in chain(PAUSES, repeat(PAUSES[-1])):
                taken = await self._intake.take(raw)
                if taken or self._stopping.is_set():
                    break
                await self._pause(pause)
        finally:
            if taken or not self._stopping.is_set():
                del self._begun[number]
                self._done.add(number)
            self._moved.set()

    async def _something_done(self) -> None:
        """Wait, at most a second, until something that has begun is done."""
        if not self._begun:
            return
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), 1.0)
        except TimeoutError:
            return

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _confirm(self) -> None:
        """Tell Telegram what is done; from the first that is not, all comes again, and what is done is known."""
        if not self._next:
            return
        try:
            await self._get(self._offset(), 0)
        except TelegramError:
            return  # it will come again, and be known as done


def _number(raw: object) -> int | None:
    """The number of an update, if it is one."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int else None
