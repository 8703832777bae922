"""One database, opened with care: the right version, still the file it was, and nothing said of what is in it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.connecting import closed, file_of, is_file, made, with_driver
from bot.state.faults import unwritable
from bot.state.revisions import HEAD, REVISIONS, URL_VARIABLE
from bot.state.statements import Group, Row, Statement, in_one_order
from bot.state.tables import metadata

FILES = ("", "-wal", "-shm")
MIGRATION_SECONDS = 60
REVISION = text("SELECT version_num FROM alembic_version")


class NewerError(Exception):
    """The tables are of a version of this program that is newer than this one; they are left alone."""


class UnmigratedError(Exception):
    """The tables could not be brought to this version; `python -m bot.state.migrations` tells why."""


class MovedError(Exception):
    """The file was deleted or replaced; what was just written went to a file nobody will find."""


class ClosedError(Exception):
    """The database is not open."""


class UnsureError(Exception):
    """The connection broke in the instant of a commit: nobody can tell whether anything was changed."""


class Database:
    """One connection that writes and one that reads, so that no reader waits for a writer.

    A server may end a connection at any time, and so may what stands between: whatever fails on one is tried once more,
    at once, over a new one, before the database counts as not answering. So what is counted may be counted twice, if
    the connection ends in the instant of a commit.
    """

    def __init__(self, url: str, busy: float) -> None:
        self.url = with_driver(url)
        self.openings = 0
        self._path = file_of(self.url)
        self._identity: dict[str, tuple[int, int]] = {}
        self._alone = asyncio.Lock()
        self._one_writes = asyncio.Lock()
        self._writing: AsyncConnection | None = None
        self._reading: AsyncConnection | None = None
        self._interrupted = False
        self._committing = False
        self._made = made(self.url, busy)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._made.dialect.name

    @property
    def shared(self) -> bool:
        """Whether other replicas may be at work in it, on other hosts."""
        return not is_file(self.url)

    @property
    def readable(self) -> bool:
        """Whether it is worth asking; whoever stopped waiting for an answer has broken nothing for others."""
        return self._reading is not None or self._interrupted

    async def open(self) -> None:
        """Close what is open, then open what is there now, made or migrated if need be; raises whatever fails."""
        await self.close()
        async with self._alone:
            self._clear_away()
            self._create()
            reading = await self._checked()
            try:
                self._writing = await self._made.connect()
                if self._path is not None:
                    await self._writing.exec_driver_sql("PRAGMA journal_mode=WAL")
                    await self._writing.execute(REVISION)  # only now there is a log to know again
                    await self._writing.commit()
            except BaseException:
                await closed(reading, self._writing)
                self._writing = None
                raise
            self._reading = reading
            self._identity = self._files()
            self.openings += 1

    async def close(self) -> None:
        """Let go of both connections; a broken one too."""
        async with self._alone, self._one_writes:
            self._interrupted = False
            reading, self._reading = self._reading, None
            writing, self._writing = self._writing, None
            await closed(reading, writing)

    async def end(self) -> None:
        """Let go of all; a database in memory ends here."""
        await self.close()
        await self._made.dispose()

    async def write(self, groups: Sequence[Group]) -> None:
        """All of it on disk, or nothing and an error."""
        await self._changed(in_one_order(groups) if self.shared else groups)
        if self.moved():
            raise MovedError

    async def change(self, statement: Statement, row: Row) -> int:
        """How many rows were changed: of two who take the same thing at once, only one hears that it was there.

        `UnsureError` if nobody can tell: said again, it would find that it was taken already.
        """
        changed = await self._changed([(statement, row)], unsure=UnsureError)
        if self.moved():
            raise MovedError
        return changed

    async def _changed(
        self, groups: Sequence[Group | tuple[Statement, Row]], unsure: type[Exception] | None = None
    ) -> int:
        async with self._one_writes:
            if self._writing is None:
                raise ClosedError
            try:
                return await self._committed(self._writing, groups)
            except Exception as error:
                if not self.shared or unwritable(error):
                    raise
                if self._committing and unsure is not None:
                    raise unsure from error
            broken, self._writing = self._writing, None
            await closed(broken)
            self._writing = await self._made.connect()
            try:
                return await self._committed(self._writing, groups)
            except Exception as error:
                if self._committing and unsure is not None:
                    raise unsure from error
                raise

    async def _committed(
        self, connection: AsyncConnection, groups: Sequence[Group | tuple[Statement, Row]]
    ) -> int:
        try:
            return await connection.run_sync(self._execute, groups)
        except BaseException:
            with suppress(Exception):
                await connection.rollback()
            raise

    def _execute(self, connection: Connection, groups: Sequence[Group | tuple[Statement, Row]]) -> int:
        """Each statement once, with all its rows, and one commit; how many rows were changed, if it was one for one."""
        self._committing, changed = False, 0
        for statement, rows in groups:
            changed = connection.execute(statement.sql, rows).rowcount
        self._committing = True
        connection.commit()
        self._committing = False
        return changed

    async def read(self, question: Select[Any], values: Row) -> Sequence[RowMapping]:
        """The rows; after an error nothing more is asked until the database was opened again."""
        async with self._alone:
            if not self.readable:
                raise ClosedError
            self._interrupted, again = False, self.shared
            while True:
                try:
                    if self._reading is None:
                        self._reading = await self._checked()
                    return await self._found(self._reading, question, values)
                except Exception as error:
                    if self._reading is not None and unwritable(error):
                        return ()  # a number no table could hold: nothing is wrong with the database
                    await self._let_go_of_reading()
                    if not again:
                        raise
                    again = False
                except BaseException:
                    self._interrupted = True
                    await self._let_go_of_reading()
                    raise

    async def _found(
        self, reading: AsyncConnection, question: Select[Any], values: Row
    ) -> Sequence[RowMapping]:
        found: Sequence[RowMapping] = (await reading.execute(question, values)).mappings().all()
        return found

    async def _let_go_of_reading(self) -> None:
        reading, self._reading = self._reading, None
        await closed(reading)

    async def another(self) -> AsyncConnection:
        """One more connection to a server, each sentence a transaction of its own."""
        connection = await self._made.connect()
        try:
            return await connection.execution_options(isolation_level="AUTOCOMMIT")
        except BaseException:
            await closed(connection)
            raise

    async def truncate(self) -> bool:
        """Empty the log, in which erased rows would else stay legible; False while somebody else reads it."""
        async with self._one_writes:
            if self._path is None or self._writing is None:
                return self._path is None
            row = (await self._writing.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            await self._writing.commit()
            return bool(row[0] == 0)

    def moved(self) -> bool:
        """Whether the open file is no longer the one at its path."""
        if self._path is None:
            return False
        try:
            found = os.stat(self._path)  # noqa: PTH116 (several thousand times a second)
        except OSError:
            return True
        return (found.st_dev, found.st_ino) != self._identity.get("")

    def _files(self) -> dict[str, tuple[int, int]]:
        found = {}
        for suffix in FILES if self._path else ():
            with suppress(OSError):
                status = Path(f"{self._path}{suffix}").stat()
                found[suffix] = (status.st_dev, status.st_ino)
        return found

    def _clear_away(self) -> None:
        """The log of a file that is gone must not be played into the file that has taken its place."""
        now = self._files()
        if self._identity and now.get("") != self._identity.get(""):
            for suffix in ("-wal", "-shm"):
                if suffix in now and now[suffix] == self._identity.get(suffix):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        self._identity = {}

    def _create(self) -> None:
        """An empty file that only its owner can read; SQLite gives its log the same rights."""
        if self._path is None or self._path.exists() or self.url.query:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    async def _checked(self) -> AsyncConnection:
        """A connection to tables of exactly this version."""
        connection = await self._made.connect()
        try:
            if self.dialect == "sqlite" and self._path is None:
                await connection.run_sync(metadata.create_all)
                await connection.commit()
                return connection
            if self.dialect == "postgresql":
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            if await connection.run_sync(known_revision) != HEAD:
                await self._migrate(connection)
        except BaseException:
            await closed(connection)
            raise
        return connection

    async def _migrate(self, connection: AsyncConnection) -> None:
        """In a process of its own: what migrates needs more memory than all that serves."""
        if self.dialect == "sqlite":  # fails at once, and cheaply, where the migration would
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await connection.rollback()
        url = self.url.render_as_string(hide_password=False)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.state.migrations"),
            env={**os.environ, URL_VARIABLE: url},
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            code = await asyncio.wait_for(child.wait(), MIGRATION_SECONDS)
        except BaseException:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            raise
        if code:
            raise UnmigratedError


def known_revision(connection: Connection) -> str | None:
    """The version of the tables, if it is one that this program knows; None if there are none yet."""
    try:
        revision = connection.execute(REVISION).scalar()
    except DBAPIError:
        connection.rollback()
        if connection.dialect.has_table(connection, "alembic_version"):
            raise
        return None
    if revision is not None and revision not in REVISIONS:
        raise NewerError
    return revision
