"""What is to be kept is written in the order it was asked for, many questions to a transaction.

Nobody waits for a database that does not answer: what cannot be written is held back, within bounds, and tried
again every few seconds until it can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.state.database import Database, MovedError, NewerError, UnmigratedError
from bot.state.faults import fault_of, unwritable
from bot.state.statements import Row, Statement, Write, grouped

PENDING = 10_000
"""What is held back at most; beyond it the oldest is lost, but never an erasure."""

GATHERING = 0.005
"""Seconds to wait for more before writing: one transaction for many costs little more than for one."""
SLOWER = 10
"""A migration that fails costs a process each time: it is tried again this many times more rarely."""


class Batch:
    """What one transaction will hold, and what became of it."""

    __slots__ = ("done", "erased", "erasing", "saved", "whole", "writes")

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.erasing = False
        self.whole = True
        self.saved = False
        self.erased = False
        self.done = asyncio.Event()


class Writer:
    """One background task that writes whatever is pending, and says once when it cannot."""

    def __init__(self, database: Database, report: Callable[[str], None], retry: float) -> None:
        self.fault: str | None = None
        self.outdated = False
        self._database = database
        self._report = report
        self._retry = retry
        self._trouble: str | None = None
        self._pending = Batch()
        self._current: Batch | None = None
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._again = False
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def degraded(self) -> bool:
        """Whether what is asked for now is only held in memory."""
        return self._trouble is not None

    @property
    def pending(self) -> int:
        """How many rows are held back, or about to be written."""
        return len(self._pending.writes)

    def add(self, statement: Statement, row: Row) -> None:
        """Ask for a row to be written, soon."""
        writes = self._pending.writes
        writes.append((statement, row))
        if len(writes) > PENDING:
            self._lose()
        if self._trouble is None:
            self._wake.set()

    def withdraw(self, unwanted: Callable[[Statement, Row], bool]) -> None:
        """Take back what has not been written yet."""
        self._pending.writes = [write for write in self._pending.writes if not unwanted(*write)]

    def erase(self) -> None:
        """Once what is pending is written, empty the log too."""
        self._pending.erasing = self.outdated = True
        if self._trouble is None:
            self._wake.set()

    async def saved(self, erased: bool = False) -> bool:
        """Whether all that was asked for until now is on disk; at once if the database is known not to answer."""
        if self._trouble is not None or self._task is None:
            return False
        batch = self._pending if self._pending.writes or self._pending.erasing else self._current
        if batch is None:
            return True
        await batch.done.wait()
        return batch.saved and (batch.erased or not erased)

    async def start(self) -> None:
        """Open the database, and keep trying if it cannot be opened."""
        try:
            await self._database.open()
        except Exception as error:  # any fault of any driver: serving goes on without
            self.failed(error)
        self._task = asyncio.get_running_loop().create_task(self._run(), name="state writer")

    async def stop(self) -> None:
        """Write what is pending, if it can be, and close the database."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None
        if self._timer is not None:
            self._timer.cancel()
        await self._database.end()

    def failed(self, error: BaseException) -> None:
        """Tell once, and try again in a while; at once if the file was only moved."""
        trouble = "state_newer" if isinstance(error, NewerError) else "state_degraded"
        self.fault = fault_of(error)
        if trouble != self._trouble:
            self._trouble = trouble
            self._report(trouble)
        slower = SLOWER if isinstance(error, UnmigratedError) else 1
        self._later(0 if isinstance(error, MovedError) else self._retry * slower)

    def _later(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    def _due(self) -> None:
        self._timer = None
        self._again = True
        self._wake.set()

    async def _run(self) -> None:
        while not self._stopping:
            await self._wake.wait()
            if not self._stopping and self._trouble is None:
                await asyncio.sleep(GATHERING)
            self._wake.clear()
            if not self._stopping and (self._trouble is None or self._again):
                await self._attempt()
        if self._pending.writes or self._pending.erasing:
            await self._attempt()

    async def _attempt(self) -> None:
        """Take what is pending and write it; what cannot be written is pending again, before what came since."""
        batch, self._pending = self._pending, Batch()
        batch.erasing, self._again = batch.erasing or self._again, False
        self._current = batch
        try:
            if self._trouble is not None:
                await self._database.open()
            await self._write(batch)
        except Exception as error:  # any fault of any driver: it must never end this task
            since, self._pending = self._pending, Batch()
            self._pending.writes = batch.writes + since.writes
            self._pending.erasing = batch.erasing or since.erasing
            self._lose()
            self.failed(error)
            since.done.set()
        else:
            batch.saved = batch.whole
            self._recovered()
        finally:
            self._current = None
            batch.done.set()

    async def _write(self, batch: Batch) -> None:
        if batch.writes:
            try:
                await self._database.write(grouped(batch.writes))
            except Exception as error:
                if not unwritable(error):
                    raise
                batch.whole = False
                await self._write_singly(batch)
            batch.writes = []  # should emptying the log fail, nothing is counted twice
        if batch.erasing:
            batch.erased = await self._database.truncate()
            if not batch.erased:
                self._later(self._retry)

    async def _write_singly(self, batch: Batch) -> None:
        """One row that no table takes must not keep the others from being written: it alone is lost."""
        while batch.writes:
            try:
                await self._database.write(grouped(batch.writes[:1]))
            except Exception as error:
                if not unwritable(error):
                    raise
            del batch.writes[0]

    def _recovered(self) -> None:
        if self._trouble is not None and self._database.readable:
            self._trouble = self.fault = None
            self._report("state_recovered")
        self.outdated = self._pending.erasing
        if self._pending.writes or self._pending.erasing:
            self._wake.set()

    def _lose(self) -> None:
        """Forget the oldest tenth beyond the bound, all at once, so that being full costs nothing."""
        writes = self._pending.writes
        if len(writes) > PENDING:
            old, kept = writes[: -PENDING * 9 // 10], writes[-PENDING * 9 // 10 :]
            self._pending.writes = [write for write in old if write[0].forgets] + kept
            self._pending.whole = False
