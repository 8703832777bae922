"""Each update is handled once, in the order in which it came within a chat, and then acknowledged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from time import perf_counter
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update

from bot.channels.telegram.application import App, kind_of
from bot.channels.telegram.desk import Desk

ATTEMPTS = 5
"""How often an update is tried whose answer could not be sent while others could, before it is given up."""


class Intake:
    """The way in for updates, whether Telegram brings them or they are fetched."""

    def __init__(self, app: App, desk: Desk, concurrency: int) -> None:
        self._app = app
        self._desk = desk
        self._room = asyncio.Semaphore(concurrency)
        self._room_for_groups = asyncio.Semaphore(max(1, concurrency // 2))
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[int, asyncio.Future[bool]] = {}
        self._attempts: Counter[int] = Counter()
        self._taken: dict[int, int] = {}

    async def take(self, raw: Mapping[str, Any]) -> bool:
        """Whether an update is dealt with for good; if not, it should be brought again."""
        try:
            update = Update.de_json(dict(raw), self._app.bot)
            update_id, chat_id = _numbers(update)
        except Exception as error:  # whatever it is, it is no update, and never will be
            self._desk.counts.malformed.add()
            self._desk.report("malformed", level="warning", error=type(error).__name__)
            return True
        if update_id in self._under_way:
            return await asyncio.shield(self._under_way[update_id])
        future = asyncio.get_running_loop().create_future()
        self._under_way[update_id] = future
        self._desk.counts.under_way = len(self._under_way)
        taken = False
        try:
            taken = await self._once(update, chat_id)
        except Exception as error:  # none is known; should there be one, the next attempt may go well
            self._desk.counts.faults.add()
            self._desk.report("failed", level="error", exc_info=error)
            taken = not self._may_come_again(update_id)
        finally:
            del self._under_way[update_id]
            self._desk.counts.under_way = len(self._under_way)
            future.set_result(taken)
        return taken

    async def _once(self, update: Update, chat_id: int) -> bool:
        began, state = perf_counter(), self._desk.state
        lock = self._chats.setdefault(chat_id, asyncio.Lock())
        if state.shared:
            async with lock:
                return await self._in_turn(update, chat_id, began)
        if await state.seen(update.update_id):
            return self._known(update)
        async with lock, self._room_of(chat_id):
            await self._app.process_update(update)
        return await self._done(update, began)

    async def _in_turn(self, update: Update, chat_id: int, began: float) -> bool:
        """The same where other replicas may have updates of the same chat, or this very one."""
        state, whose = self._desk.state, self._desk.key(chat_id)
        if not await state.turns.take(whose):
            self._desk.counts.updates.add(kind_of(update), "again")
            return False
        try:
            if await state.seen(update.update_id):
                return self._known(update)
            async with self._room_of(chat_id):
                await self._app.process_update(update)
            done = await self._done(update, began)
            if not done:
                await state.saved()  # whoever has the next turn reads what was written in this one
            return done
        finally:
            state.turns.give_back(whose)

    def _room_of(self, chat_id: int) -> asyncio.Semaphore:
        """A group may have to wait a minute for its turn to be written to; private chats must not wait with it."""
        return self._room_for_groups if chat_id < 0 else self._room

    def _known(self, update: Update) -> bool:
        self._desk.counts.updates.add(kind_of(update), "known")
        return True

    async def _done(self, update: Update, began: float) -> bool:
        """Whether it is dealt with; then it is not answered again should it come again."""
        counts, kind = self._desk.counts, kind_of(update)
        if update.update_id in self._desk.undelivered:
            self._desk.undelivered.discard(update.update_id)
            if self._may_come_again(update.update_id):
                counts.updates.add(kind, "again")
                return False
        self._forget(update.update_id)
        self._desk.state.done(update.update_id, self._desk.now())
        await self._desk.state.saved()
        counts.updates.add(kind, "done")
        counts.handling.add(perf_counter() - began)
        return True

    def _may_come_again(self, update_id: int) -> bool:
        """Whether there is an attempt left; if not, it is given up, so that it does not hold up all that follows.

        An attempt counts if Telegram took something else since the one before: no answer is lost because Telegram
        was away, however long.
        """
        taken = getattr(self._app.bot.rate_limiter, "taken", 0)
        self._attempts[update_id] += self._taken.get(update_id) != taken
        self._taken[update_id] = taken
        if self._attempts[update_id] < ATTEMPTS:
            return True
        self._forget(update_id)
        self._desk.counts.given_up.add()
        self._desk.report("given_up", level="warning")
        return False

    def _forget(self, update_id: int) -> None:
        self._attempts.pop(update_id, None)
        self._taken.pop(update_id, None)


def _numbers(update: Update) -> tuple[int, int]:
    """The numbers of an update and of the chat, or the person, whose turn it is; TypeError if they are none."""
    chat = update.effective_chat or update.effective_user
    numbers = update.update_id, chat.id if chat is not None else 0
    if not all(type(number) is int for number in numbers):
        raise TypeError
    return numbers
