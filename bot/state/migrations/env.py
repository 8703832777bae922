"""Run by Alembic: all missing versions in one transaction, so that a process killed halfway leaves nothing."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from bot.state.revisions import LOCK
from bot.state.tables import metadata


def migrate(connection: Connection) -> None:
    """Take the lock first, then look what is missing: another replica may have just done it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


async def run() -> None:
    """Open the database, migrate it, and let go of it whatever happens."""
    database = create_async_engine(context.config.attributes["url"], hide_parameters=True, poolclass=NullPool)
    try:
        async with database.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await database.dispose()


asyncio.run(run())
