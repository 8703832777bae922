"""One at a time over all replicas: whose turn it is with a chat, or with the base.

A turn is an advisory lock of PostgreSQL, held by a connection: the server frees it when that connection ends, thus
also when a replica dies. Without a shared database there are no replicas, and it is always everybody's turn.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import ARRAY, BigInteger, Boolean, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.connecting import closed
from bot.state.database import Database
from bot.state.gathering import Gathering

PATIENCE = 10.0
"""Seconds that a turn is waited for; Telegram brings again what was not taken."""
PAUSE, LONGEST = 0.005, 0.1
"""Seconds between two looks whether it is one's turn: at first, and later on."""

SENTENCE = text(
    "SELECT CASE WHEN taking THEN pg_try_advisory_lock(number) ELSE pg_advisory_unlock(number) END"
    " FROM unnest(:numbers, :takings) AS asked(number, taking)"
).bindparams(
    bindparam("numbers", type_=ARRAY(BigInteger)),
    bindparam("takings", type_=ARRAY(Boolean)),
)

Asked = tuple[int, bool]
"""The number of a lock, and whether it is to be taken or given back."""


class Turns:
    """Takes and gives back turns, those of the same moment in one question to the database."""

    def __init__(self, database: Database, failed: Callable[[BaseException], None]) -> None:
        self._database = database
        self._failed = failed
        self._connection: AsyncConnection | None = None
        self._held: set[int] = set()
        self._gathered: Gathering[Asked, bool] = Gathering(self._ask, self._unwanted)

    async def take(self, whose: str, patience: float | None = None) -> bool:
        """Whether it is one's turn now, until it is given back; while the database does not answer, it always is."""
        if not self._database.shared:
            return True
        number, pause = number_of(whose), PAUSE
        loop = asyncio.get_running_loop()
        until = loop.time() + (PATIENCE if patience is None else patience)
        while self._database.readable:
            if await self._taken(number):
                return True
            if loop.time() + pause > until:
                return False
            await asyncio.sleep(pause)
            pause = min(LONGEST, 1.5 * pause)
        return True

    def give_back(self, whose: str) -> None:
        """It is somebody else's turn."""
        number = number_of(whose)
        if self._lets_go(number):
            self._gathered.tell((number, False))

    @asynccontextmanager
    async def having(self, whose: str) -> AsyncIterator[bool]:
        """Whether it is one's turn, which is given back when the block has ended."""
        mine = await self.take(whose)
        try:
            yield mine
        finally:
            number = number_of(whose)
            if mine and self._lets_go(number):
                await self._gathered((number, False))

    async def close(self) -> None:
        """Give back all turns."""
        await self._gathered.idle()
        connection, self._connection = self._connection, None
        await closed(connection)

    async def _taken(self, number: int) -> bool:
        """Whether a lock was taken."""
        taken = await self._gathered((number, True))
        if taken:
            self._held.add(number)
        return taken

    def _lets_go(self, number: int) -> bool:
        """Whether a lock was held, and thus is to be given back."""
        held = number in self._held
        self._held.discard(number)
        return held

    def _unwanted(self, asked: Asked, done: bool) -> None:
        """Whoever waited for a lock has stopped waiting; what was given back stays so, wait or not."""
        number, taking = asked
        if taking and done:
            self._gathered.tell((number, False))

    async def _ask(self, asked: Sequence[Asked]) -> Sequence[bool]:
        """What became of each; all are taken if the database does not answer."""
        ordered = sorted(range(len(asked)), key=lambda n: asked[n][1])  # given back before anything is taken
        try:
            found = await self._said([asked[n] for n in ordered])
        except Exception as error:  # any fault of any driver: the answers go on without turns
            self._failed(error)
            return [True] * len(asked)
        answers = dict(zip(ordered, found, strict=True))
        return [answers[n] for n in range(len(asked))]

    async def _said(self, asked: Sequence[Asked]) -> Sequence[bool]:
        """Say it to the database; once more over a new connection if the one there was has been lost."""
        if self._connection is not None:
            try:
                return await _execute(self._connection, asked)
            except Exception:
                connection, self._connection = self._connection, None
                await closed(connection)
        self._connection = await self._database.another()
        try:
            if self._held:  # the old connection lost them; whoever has them now keeps them
                await _execute(self._connection, [(number, True) for number in self._held])
            return await _execute(self._connection, asked)
        except BaseException:
            connection, self._connection = self._connection, None
            await closed(connection)
            raise


def number_of(whose: str) -> int:
    """The number under which the database knows a lock: 64 bits of a hash."""
    return int.from_bytes(hashlib.sha256(whose.encode()).digest()[:8], signed=True)


async def _execute(connection: AsyncConnection, asked: Sequence[Asked]) -> Sequence[bool]:
    values = {"numbers": [number for number, _ in asked], "takings": [taking for _, taking in asked]}
    return [bool(taken) for (taken,) in (await connection.execute(SENTENCE, values)).all()]
