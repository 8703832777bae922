"""Brings the database named in the environment to the newest version, and says nothing but by its exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.state.revisions import HEAD, URL_VARIABLE


def settings(url: str) -> Config:
    """Alembic, told where the versions are and which database is meant."""
    config = Config(attributes={"url": url})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def main() -> int:
    """0 if the database is of the newest version now; the kind of error, never its text, goes to stderr."""
    try:
        command.upgrade(settings(os.environ[URL_VARIABLE]), HEAD)
    except Exception as error:  # whatever it is: its text could hold the address, thus a password
        sys.stderr.write(f"the state could not be migrated: {type(error).__name__}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
