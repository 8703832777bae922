"""How to reach the database that an address names, and how to let go of it."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, NullPool, StaticPool, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def with_driver(url: str) -> URL:
    """The address with the driver that does not block; one that already names a driver stays as it is."""
    parsed = make_url(url)
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))


def file_of(url: URL) -> Path | None:
    """Where the file is; None for a database in memory or on a server."""
    name = (url.database or "").removeprefix("file:")
    return Path(name) if url.get_backend_name() == "sqlite" and name not in ("", ":memory:") else None


def made(url: URL, busy: float) -> AsyncEngine:
    """Parameters hidden, so that no error ever quotes a row; connections are ours to hold, thus no pool."""
    # Below INFO, aiosqlite writes whole statements with their values into the log.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, poolclass=NullPool)
    pool = NullPool if file_of(url) else StaticPool
    found = create_async_engine(url, hide_parameters=True, poolclass=pool, connect_args={"timeout": busy})
    event.listen(found.sync_engine, "connect", prepare)
    return found


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
