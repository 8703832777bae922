"""What was done a moment ago and need not be done again for a while, and how much somebody did: over all replicas.

A mark has a hash for a name, a keyed one wherever it is about a chat or a person, and is over after its time. In a
shared database it lives there, by the clock of that database; else, and while nothing can be written there, in the
memory of this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import BigInteger, BindParameter, Boolean, bindparam, case, delete, func

from bot.state.lookups import MARK, Found, milliseconds
from bot.state.recent import Recent
from bot.state.statements import Row, Statement, inserting
from bot.state.tables import marks
from bot.state.writing import Writer

HELD = 5_000

Look = Callable[[str, Row], Awaitable[Found]]
Change = Callable[[Statement, Row], Awaitable[int | None]]


class Sentences:
    """All that is said to the database about marks."""

    def __init__(self, dialect: str) -> None:
        inserted, now = inserting(dialect)(marks), milliseconds()
        length: BindParameter[int] = bindparam("length", type_=BigInteger)
        fresh = inserted.values(key=bindparam("key"), person=bindparam("person"), until=now + length)
        key = [marks.c.key]
        anew = {"until": now + length, "person": inserted.excluded.person}
        further = bindparam("further", type_=Boolean)
        start = case((further, func.greatest(marks.c.until, now)), else_=now)
        person = case((further, marks.c.person), else_=inserted.excluded.person)
        later = {"until": start + length, "person": person}
        self.put = Statement(marks.name, fresh.on_conflict_do_update(index_elements=key, set_=later))
        self.first = Statement(
            marks.name,
            fresh.on_conflict_do_update(index_elements=key, set_=anew, where=marks.c.until <= now),
        )
        self.old = Statement(marks.name, delete(marks).where(marks.c.until < now))
        self.drop = Statement(marks.name, delete(marks).where(marks.c.key == bindparam("key")))


class Marks:
    """`person` is whose they are, and who can have them erased; lengths are in milliseconds."""

    def __init__(self, writer: Writer, shared: bool, dialect: str, look: Look, change: Change) -> None:
        self._writer = writer
        self._say = Sentences(dialect) if shared else None
        self._look = look
        self._change = change
        self._held: Recent[str, tuple[str, int]] = Recent(HELD)

    async def left(self, key: str) -> int:
        """How long it will be until a mark is over; nothing if there is none."""
        found = await self._look(MARK, {"key": key}) if self._say is not None else None
        if found is not None and not self._writer.degraded:
            return max(0, found[0]["left"]) if found else 0
        return self._left(key)

    def put(self, key: str, person: str, length: int) -> None:
        """Set a mark, whether or not there was one."""
        self._put(key, person, length, further=False)

    def push(self, key: str, person: str, length: int) -> None:
        """Set a mark, or put its end off: what many add up to is counted to the last."""
        self._put(key, person, length, further=True)

    async def first(self, key: str, length: int, person: str = "") -> bool:
        """Whether nobody, on any replica, has set this mark; it is set then."""
        if self._say is not None:
            changed = await self._change(self._say.first, {"key": key, "person": person, "length": length})
            if changed is not None:
                return bool(changed)
        if self._left(key):
            return False
        self._hold(key, person, length)
        return True

    async def drop(self, key: str) -> None:
        """It is over now, for all."""
        self._held.drop(lambda other, _: other == key)
        if self._say is not None:
            await self._change(self._say.drop, {"key": key})

    def forget(self, person: str) -> None:
        """Let go of somebody's, in the memory of this process."""
        self._held.drop(lambda _, held: held[0] == person)

    def purge(self) -> None:
        """Let go of what is over."""
        now = _now()
        self._held.drop(lambda _, held: held[1] <= now)
        if self._say is not None:
            self._writer.add(self._say.old, {})

    def _put(self, key: str, person: str, length: int, *, further: bool) -> None:
        self._hold(key, person, length + (self._left(key) if further else 0))
        if self._say is not None:
            row = {"key": key, "person": person, "length": length, "further": further}
            self._writer.add(self._say.put, row)

    def _left(self, key: str) -> int:
        held = self._held.get(key)
        return max(0, held[1] - _now()) if held is not None else 0

    def _hold(self, key: str, person: str, length: int) -> None:
        self._held.put(key, (person, _now() + length))


def _now() -> int:
    return int(1_000 * asyncio.get_running_loop().time())
