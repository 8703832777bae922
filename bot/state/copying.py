"""All rows of the state, out of one database and into another: the same text whichever databases they are.

Out of it they come while the bot serves, all as they were at one moment. Into it they go while nobody else has it
open, all or none. What an older version kept is brought to this one on the side, in a database that is thrown away.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.connecting import closed, file_of, made, with_driver
from bot.state.database import Database, UnmigratedError, known_revision
from bot.state.faults import fault_of, unwritable
from bot.state.revisions import HEAD
from bot.state.tables import metadata

ROWS = 500
"""How many rows are held in memory at a time."""
BUSY_S = 10.0
"""How long somebody who is writing is waited for."""
LEAVING_S = 2.0
"""How long connections that were just closed may still be counted by PostgreSQL."""
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
)

Lines = AsyncGenerator[bytes, None]


class Missing(Exception):  # noqa: N818 - it is an answer: look elsewhere
    """There is no state at that address yet."""


class InUse(Exception):  # noqa: N818 - it is an answer: stop the bot first
    """Somebody else has the state open."""


class Filled(Exception):  # noqa: N818 - it is an answer: say that it may be replaced
    """There are rows in the state already."""


class Faulty(Exception):  # noqa: N818 - it is an answer: look at the database
    """The database does not do as it is asked; the kind of trouble, without a word of what was read or written."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Unsettled(Faulty):
    """It failed at the very last, when all was in: whether it holds the rows now, it does not say."""


class Unfit(Exception):  # noqa: N818 - it is an answer: this backup is not to be trusted
    """A row is none that its table could hold."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


# --- out of a database -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state as it was at one moment."""

    revision: str
    tables: Mapping[str, Table]
    connection: AsyncConnection

    async def lines(self, table: str) -> Lines:
        """Each row of a table as a line of JSON, never many in memory."""
        asked = select(self.tables[table]).execution_options(yield_per=ROWS)
        rows = await self.connection.stream(asked)
        try:
            async for row in rows.mappings():
                written = {column: _written(value) for column, value in row.items()}
                yield json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        except ValueError as error:  # SQLite keeps what is no day at all in a column of days, if told to
            raise Faulty(fault_of(error)) from None
        finally:
            await rows.close()


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Snapshot]:
    """The state as it is now, whatever is written meanwhile; `Missing` if there is none."""
    address = with_driver(url)
    path = file_of(address)
    if address.get_backend_name() == "sqlite" and (path is None or not path.exists()):
        raise Missing
    async with _connected(url, BUSY_S) as connection:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN")
        else:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        revision = await connection.run_sync(known_revision)
        if revision is None:
            raise Missing
        yield Snapshot(revision, await connection.run_sync(_tables_at, revision), connection)


@asynccontextmanager
async def _connected(url: str, busy: float) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction is undone unless it was committed; `Faulty` for whatever the database refuses."""
    connection = engine = None
    try:
        try:
            engine = made(with_driver(url), busy)
            connection = await engine.connect()
        except OSError as error:
            raise Faulty(fault_of(error)) from None
        yield connection
    except (DBAPIError, TimeoutError, ConnectionError) as error:
        raise Faulty(fault_of(error)) from None
    finally:
        if connection is not None:
            with suppress(Exception):  # whatever is broken about it, nothing was committed
                await connection.rollback()
        await closed(connection)
        if engine is not None:
            await engine.dispose()


def _tables_at(connection: Connection, revision: str) -> Mapping[str, Table]:
    """The tables of a version: those of this one as they are declared, those of an older one as they are found."""
    if revision == HEAD:
        return metadata.tables
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in metadata.tables)
    return found.tables


# --- into a database -------------------------------------------------------------------------------------


class Target:
    """A database that takes rows in, of which none is there before all are."""

    def __init__(self, connection: AsyncConnection, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._connection = connection

    async def put(self, table: str, lines: Lines) -> None:
        """Take in the rows of a table; `Unfit` for what it cannot hold."""
        into = self.tables[table]
        columns = dict(into.columns.items())
        try:
            async for rows in _batches(lines):
                await self._connection.execute(insert(into), [_row(columns, line) for line in rows])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Unfit(table) from error
        except StatementError as error:
            if unwritable(error):
                raise Unfit(table) from error
            raise

    async def settle(self) -> None:
        """Have the database number what comes next after the highest number that came in."""
        for table in self.tables.values():
            column = table.autoincrement_column
            if column is not None and self._connection.dialect.name == "postgresql":
                highest = select(func.coalesce(func.max(column), 1), func.max(column).is_not(None)).subquery()
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                await self._connection.execute(select(func.setval(sequence, *highest.columns)))


@asynccontextmanager
async def replacing(url: str, replace: bool) -> AsyncIterator[Target]:
    """A state that is as it was if anything goes wrong in the block, and else holds what was put in, and only that.

    `Unsettled` if it failed after the block, in the one word that makes it so. `InUse` while somebody else has it
    open; `Filled` if there are rows and it is not to `replace` them.
    """
    await _open_once(url)
    async with _alone(url) as connection:
        if not replace and await _filled(connection):
            raise Filled
        await _empty(connection)
        target = Target(connection, metadata.tables)
        yield target
        try:
            await connection.commit()
        except (DBAPIError, OSError) as error:
            raise Unsettled(fault_of(error)) from None


async def _filled(connection: AsyncConnection) -> bool:
    for table in metadata.sorted_tables:
        if (await connection.execute(select(table).limit(1))).first() is not None:
            return True
    return False


async def _empty(connection: AsyncConnection) -> None:
    """From here on nobody can so much as read the tables before the transaction is over."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(metadata.tables)
        await connection.exec_driver_sql(f"TRUNCATE {names}")
        return
    for table in metadata.sorted_tables:
        await connection.execute(delete(table))


async def _open_once(url: str) -> None:
    """Have the tables made, or brought to this version, as the bot would at its start; but not under a bot's feet."""
    address = with_driver(url)
    path = file_of(address)
    if path is None and address.get_backend_name() == "sqlite":
        raise Missing  # in the memory of another process
    if path is None or path.exists():
        async with _alone(url):
            pass
    database = Database(url, BUSY_S)
    try:
        await database.open()
    except (DBAPIError, OSError, UnmigratedError) as error:
        raise Faulty(fault_of(error)) from None
    finally:
        await database.end()


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction in a database that nobody else has open."""
    async with _connected(url, LEAVING_S) as connection:
        if connection.dialect.name == "sqlite":
            await _claim_file(connection)
        else:
            await _claim_server(connection)
        yield connection


async def _claim_file(connection: AsyncConnection) -> None:
    """Whoever has a file with a log open holds a lock on it, which keeps this one from being had."""
    try:
        await connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
        await connection.exec_driver_sql("BEGIN EXCLUSIVE")
    except DBAPIError as error:
        if fault_of(error).startswith("SQLITE_BUSY"):
            raise InUse from None
        raise


async def _claim_server(connection: AsyncConnection) -> None:
    """Whoever else is there under the same name is a bot, or a moderator at a terminal."""
    given_up = time.monotonic() + LEAVING_S
    while (await connection.execute(OTHERS)).scalar():
        await connection.rollback()
        if time.monotonic() > given_up:
            raise InUse
        await asyncio.sleep(0.05)


# --- from an older version to this one -------------------------------------------------------------------


@asynccontextmanager
async def brought_here(
    revision: str, names: Collection[str], lines: Callable[[str], Lines]
) -> AsyncIterator[Callable[[str], Lines]]:
    """The rows of each table of this version, from those that this version or an older one kept."""
    if revision == HEAD:
        if set(names) != set(metadata.tables):
            raise Unfit(min(set(names) ^ set(metadata.tables)))
        yield lines
        return
    async with _migrated(revision, names, lines) as found:
        yield found.lines


@asynccontextmanager
async def _migrated(
    revision: str, names: Collection[str], lines: Callable[[str], Lines]
) -> AsyncIterator[Snapshot]:
    from bot.state.migrations.upgrading import upgrade

    async with AsyncExitStack() as open_:
        folder = open_.enter_context(TemporaryDirectory(prefix="election-bot-"))
        url = f"sqlite+aiosqlite:///{Path(folder) / 'older.sqlite3'}"
        await asyncio.to_thread(upgrade, url, revision)
        async with _alone(url) as connection:
            tables = await connection.run_sync(_tables_at, revision)
            if set(names) != set(tables):
                raise Unfit(min(set(names) ^ set(tables)))
            target = Target(connection, tables)
            for table in tables:
                await target.put(table, lines(table))
            await connection.commit()
        await asyncio.to_thread(upgrade, url, HEAD)
        yield await open_.enter_async_context(snapshot(url))


# --- rows as text ----------------------------------------------------------------------------------------


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


READ: Mapping[type, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    bytes: lambda value: b64decode(value, validate=True),
}
"""What stands as text in a line, and how it becomes a value again; everything else stands for itself."""


def _row(columns: Mapping[str, Column[Any]], line: bytes) -> dict[str, Any]:
    """A row as it was; ValueError for what is none of this table."""
    row = json.loads(line)
    if not isinstance(row, dict) or row.keys() != columns.keys():
        raise ValueError("these are not the columns")
    return {name: _value(columns[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None  # the database itself knows where nothing may be missing
    kind = column.type.python_type
    found = READ[kind](value) if kind in READ else value
    if type(found) is not kind and (type(found), kind) != (int, float):
        raise ValueError("this is of another kind")
    return found


async def _batches(lines: Lines) -> AsyncIterator[list[bytes]]:
    batch: list[bytes] = []
    async for line in lines:
        batch.append(line)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
