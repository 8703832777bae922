"""Which versions of the tables there have been, known without loading the program that makes them."""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003")
"""Oldest first; a test holds them equal to the files in `migrations/versions`."""

HEAD = REVISIONS[-1]
URL_VARIABLE = "ELECTION_BOT_MIGRATED_URL"
"""The child process reads the address here: an environment is seen by fewer eyes than a command line."""

LOCK = 7_020_262
"""PostgreSQL: two replicas that start together migrate one after the other."""
