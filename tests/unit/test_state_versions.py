"""The tables that a migration makes are those the program speaks of, and a newer database is left alone."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateTable

from bot.state.migrations.__main__ import settings
from bot.state.records import Moderator
from bot.state.revisions import HEAD, REVISIONS, URL_VARIABLE
from bot.state.state import Preferences, State
from bot.state.tables import metadata
from tests.postgres import running
from tests.unit.test_state import CHAT, NOW, PERSON, TALK, TODAY, fill, opened, rows

ONLY = (
    "import os, sys; from alembic import command; from bot.state.migrations.__main__ import settings;"
    f"command.upgrade(settings(os.environ[{URL_VARIABLE!r}]), sys.argv[1])"
)
"""Migrates to one version and no further."""


def migrated(
    path: Path, variable: str = URL_VARIABLE, revision: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(("-c", ONLY, revision) if revision else ("-m", "bot.state.migrations"))],
        env={**os.environ, variable: f"sqlite+aiosqlite:///{path}"},
        capture_output=True,
        text=True,
        check=False,
    )


def made_of(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: " ".join(sql.split()) for name, sql in found if name != "alembic_version"}


def test_migrating_an_empty_database_gives_exactly_the_tables(tmp_path: Path) -> None:
    assert migrated(tmp_path / "migrated.db").returncode == 0
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    made.dispose()
    assert made_of(tmp_path / "migrated.db") == made_of(tmp_path / "made.db")
    found = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with found.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    found.dispose()


def test_the_program_knows_the_versions_without_loading_what_makes_them() -> None:
    scripts = ScriptDirectory.from_config(settings(""))
    assert tuple(one.revision for one in scripts.walk_revisions())[::-1] == REVISIONS
    assert scripts.get_current_head() == HEAD


FIRST_ROWS = {
    "chats": f"('{CHAT}', 'fr', NULL, '2032-03-01')",
    "conversations": f"('{TALK}', '{PERSON}', '{{}}', 1961755200)",
    "answers": f"('{TALK}', 7, '{PERSON}', '[8]', '{{}}', 1961755200)",
    "feedback": "('town-2032', 'a:pool', 'helpful', 'fr', '2032-03-01', 3)",
    "unanswered": "('town-2032', 'fr', 'et le ramassage ?', 'no-topic', 2, '2032-03-01', '2032-03-02')",
    "notifications": "(-1001234567890, 'town-2032', 'second-round', 'fr', '2032-03-01')",
    "updates": "(1000, 1961755200)",
}
"""One row for each table of the first version, as SQL."""


@pytest.mark.anyio
async def test_what_the_first_version_kept_is_kept_by_this_one(tmp_path: Path, anyio_backend: str) -> None:
    path, url = tmp_path / "state.db", f"sqlite:///{tmp_path / 'state.db'}"
    assert migrated(path, revision="0001").returncode == 0
    with sqlite3.connect(path) as connection:
        for table, row in FIRST_ROWS.items():
            connection.execute(f"INSERT INTO {table} VALUES {row}")
    connection.close()
    before = {table: rows(url, table) for table in FIRST_ROWS}
    assert all(before.values())
    assert set(made_of(path)) < set(metadata.tables) | {"ix_conversations_person", "ix_answers_person"}
    async with opened(url) as state:
        assert await state.saved()
        assert await state.preferences(CHAT) == Preferences("fr")
        state.moderating.name_moderator(Moderator(PERSON, "Camille"), TODAY)
        assert await state.moderating.moderator(PERSON) == Moderator(PERSON, "Camille")
    assert {table: rows(url, table) for table in FIRST_ROWS} == before
    assert rows(url, "alembic_version") == [(HEAD,)]


@pytest.mark.anyio
async def test_a_server_keeps_what_the_first_version_kept_and_gets_exactly_the_tables(
    anyio_backend: str,
) -> None:
    with running() as server:
        url = server.fresh()
        database = url.rpartition("/")[2]
        address = url.replace("postgresql://", "postgresql+asyncpg://")
        subprocess.run(
            [sys.executable, "-c", ONLY, "0001"], env={**os.environ, URL_VARIABLE: address}, check=True
        )
        for table, row in FIRST_ROWS.items():
            server.say(f"INSERT INTO {table} VALUES {row}", database)
        before = {table: rows(url, table) for table in FIRST_ROWS}
        assert all(before.values())
        async with opened(url) as state:
            assert await state.preferences(CHAT) == Preferences("fr")
            assert await state.seen(1000)
        assert {table: rows(url, table) for table in FIRST_ROWS} == before
        assert rows(url, "alembic_version") == [(HEAD,)]
        engine = create_async_engine(address, poolclass=NullPool)
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
        await engine.dispose()


def differences(connection: Connection) -> Any:
    """What the tables of a server differ in from those the program speaks of."""
    return compare_metadata(MigrationContext.configure(connection), metadata)


def test_postgresql_would_get_the_same_tables() -> None:
    """And numbers the log itself, beyond what fits an ordinary integer."""
    made = {
        table.name: " ".join(str(CreateTable(table).compile(dialect=postgresql.dialect())).split())
        for table in metadata.sorted_tables
    }
    assert "id BIGSERIAL NOT NULL" in made["audit"]
    assert not any("ROWID" in sql or "AUTOINCREMENT" in sql for sql in made.values())
    assert sum("SERIAL" in sql for sql in made.values()) == 1


def test_migrating_postgresql_makes_the_tables_the_program_speaks_of() -> None:
    made = io.StringIO()
    versions = ScriptDirectory.from_config(settings(""))
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": made, "target_metadata": metadata}
    )
    with Operations.context(context):
        for script in reversed(list(versions.walk_revisions())):
            script.module.upgrade()
    said = " ".join(made.getvalue().split())
    for table in metadata.sorted_tables:
        sql = " ".join(str(CreateTable(table).compile(dialect=postgresql.dialect())).split())
        assert f"{sql};" in said


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    assert migrated(tmp_path / "state.db").returncode == 0
    before = (tmp_path / "state.db").read_bytes()
    assert migrated(tmp_path / "state.db").returncode == 0
    assert (tmp_path / "state.db").read_bytes() == before


def test_a_migration_that_fails_leaves_nothing_half_done_and_names_no_address(tmp_path: Path) -> None:
    path = tmp_path / "secret-name.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE updates (something INTEGER)")
    connection.close()
    child = migrated(path)
    assert child.returncode == 1
    assert child.stderr == "the state could not be migrated: OperationalError\n"
    assert set(made_of(path)) == {"updates"}


@pytest.mark.anyio
async def test_a_newer_database_is_left_alone_until_it_is_no_longer_newer(
    tmp_path: Path, anyio_backend: str
) -> None:
    path, url = tmp_path / "state.db", f"sqlite:///{tmp_path / 'state.db'}"
    async with opened(url) as state:
        await fill(state)
    set_revision(path, "9999")
    before = path.read_bytes()
    said: asyncio.Queue[str] = asyncio.Queue()
    state = State(url, said.put_nowait, retry=0.02)
    await state.open()
    assert state.degraded
    assert await said.get() == "state_newer"
    state.done(1, NOW)
    assert not await state.saved()
    assert await state.seen(1)
    assert not await state.seen(1000)
    assert path.read_bytes() == before
    set_revision(path, HEAD)
    assert await asyncio.wait_for(said.get(), 20) == "state_recovered"
    await state.close()
    assert said.empty()
    assert {1, 1000} == {number for number, _ in rows(url, "updates")}


def set_revision(path: Path, revision: str) -> None:
    connection = sqlite3.connect(path, timeout=5)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
