"""Brings a database to a version that need not be the newest: what an older one kept is first read as it was."""

from __future__ import annotations

from alembic import command

from bot.state.migrations.__main__ import settings


def upgrade(url: str, revision: str) -> None:
    """Bring a database, empty or older, to a version. Not to be called from where a loop is running."""
    command.upgrade(settings(url), revision)
