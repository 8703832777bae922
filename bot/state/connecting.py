"""How to reach the database that an address names, and how to let go of it."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, NullPool, StaticPool, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

PATIENCE = 5
"""Seconds within which a server answers, or is taken to be gone."""
SILENT = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""A host that vanished is noticed by the server within half a minute, which then frees what it held."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class NoDriverError(Exception):
    """What speaks to a PostgreSQL server is not installed: the extra `postgres`."""


def with_driver(url: str) -> URL:
    """The address with the driver that does not block; one that already names a driver stays as it is."""
    parsed = make_url(url)
    parsed = parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
    secured = {"ssl" if name == "sslmode" else name: value for name, value in parsed.query.items()}
    return parsed if is_file(parsed) else parsed.set(query=secured)


def is_file(url: URL) -> bool:
    """Whether it is SQLite's: one file, thus one host."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path | None:
    """Where the file is; None for a database in memory or on a server."""
    name = (url.database or "").removeprefix("file:")
    return Path(name) if is_file(url) and name not in ("", ":memory:") else None


def made(url: URL, busy: float) -> AsyncEngine:
    """Parameters hidden, so that no error ever quotes a row; connections are ours to hold, thus no pool."""
    # Below INFO, aiosqlite writes whole statements with their values into the log.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    if not is_file(url):
        return on_a_server(url)
    pool = NullPool if file_of(url) else StaticPool
    found = create_async_engine(url, hide_parameters=True, poolclass=pool, connect_args={"timeout": busy})
    event.listen(found.sync_engine, "connect", prepare)
    return found


def on_a_server(url: URL) -> AsyncEngine:
    """Patient for seconds only; `NoDriverError` if nothing is installed that speaks to one."""
    given: dict[str, Any] = {"timeout": PATIENCE, "command_timeout": PATIENCE}
    given["server_settings"] = {"application_name": "election-bot", **SILENT}
    try:
        return create_async_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=given)
    except ModuleNotFoundError:
        raise NoDriverError from None


def prepare(connection: Any, _record: object) -> None:
    """NORMAL: a commit is in the log when it returns, so a killed process loses nothing; no flush to the disk is
    awaited, so a power cut may lose the last moments, but never breaks the file. secure_delete: erased rows are
    overwritten with zeros. cache_size: a quarter of a megabyte is enough for rows this small.
    """
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA cache_size=-256")
        cursor.close()
    except BaseException:
        connection.close()
        raise


async def closed(*connections: AsyncConnection | None) -> None:
    """Close what can be closed; what cannot is given up."""
    for connection in connections:
        if connection is not None:
            try:
                await connection.close()
            except Exception:  # whatever is broken about it, it is let go
                with suppress(Exception):
                    await connection.invalidate()
