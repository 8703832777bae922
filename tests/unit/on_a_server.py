"""A state on a PostgreSQL server: databases that are ready at once, and what stands in them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import asyncpg

from bot.state.revisions import HEAD, URL_VARIABLE
from bot.state.tables import metadata
from tests.postgres import QUICK, Postgres, running

KEEPING = tuple(setting for setting in QUICK if not setting.startswith("synchronous_commit"))
"""What was committed is there after a crash of the server."""
KILL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'election-bot' AND datname = '{}'"
)


EMPTYING = "; ".join(
    [
        *(f"DELETE FROM {name}" for name in metadata.tables),
        f"UPDATE alembic_version SET version_num = '{HEAD}'",
    ]
)


class Databases:
    """A server with one migrated database, which is emptied for each test: making one takes half a second."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self._url = server.fresh()
        assert migrated(self._url).returncode == 0

    def ready(self) -> str:
        """The address of the database, its tables empty."""
        self.say(EMPTYING)
        return self._url

    def say(self, statement: str) -> str:
        """What the database answers to a statement."""
        return self.server.say(statement, self._url.rpartition("/")[2])

    def end_connections(self, url: str) -> int:
        """End what the bot holds open, as a server or a proxy might at any time; how many there were."""
        return int(self.server.say(KILL.format(url.rpartition("/")[2])))


@contextmanager
def databases() -> Iterator[Databases]:
    with running(KEEPING) as server:
        yield Databases(server)


def migrated(url: str) -> subprocess.CompletedProcess[str]:
    """A database brought to this version, by the program that does that."""
    return subprocess.run(
        [sys.executable, "-m", "bot.state.migrations"],
        env={**os.environ, URL_VARIABLE: url.replace("postgresql://", "postgresql+asyncpg://")},
        capture_output=True,
        text=True,
        check=False,
    )


def rows_on_server(url: str, table: str) -> list[tuple[object, ...]]:
    """What stands in a table, days as text, as SQLite has them."""

    async def fetched() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(url)
        try:
            found = await connection.fetch(f"SELECT * FROM {table} ORDER BY 1")
        finally:
            await connection.close()
        return [tuple(v.isoformat() if isinstance(v, date) else v for v in row.values()) for row in found]

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, fetched()).result()
