"""The knowledge folder as it was at an earlier commit, where it is in a git checkout."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.moderation.git import Git, GitError

SECONDS = 30.0
"""How long git may take to find a commit and write its files."""
ID = 12


class Unreachable(Exception):  # noqa: N818 - it is an answer to a moderator, not a fault of the program
    """Why there is no such folder: `no_git`, `no_checkout`, `no_revision` or `not_there`."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Earlier:
    """A copy of the folder as it was, and the commit it is from."""

    folder: Path
    commit: str


@contextmanager
def unpacked(root: Path, revision: str) -> Iterator[Earlier]:
    """The folder at a revision, in a temporary copy; whatever git calls a commit will do."""
    git = Git(root, SECONDS)
    commit = _commit(git, revision)
    with tempfile.TemporaryDirectory(prefix="election-bot-") as made:
        folder, archive = Path(made) / root.name, Path(made) / "archive.tar"
        try:
            git("archive", "--format=tar", f"--output={archive}", commit)
        except GitError as error:
            raise Unreachable("not_there") from error
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        yield Earlier(folder, commit[:ID])


def _commit(git: Git, revision: str) -> str:
    """The whole id of the commit that a revision names."""
    try:
        git("rev-parse", "--git-dir")
    except GitError as error:
        raise Unreachable("no_git" if error.fault == "no-git" else "no_checkout") from error
    if revision.startswith("-") or not revision.isprintable():
        raise Unreachable("no_revision")
    try:
        return git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except GitError as error:
        raise Unreachable("no_revision") from error
