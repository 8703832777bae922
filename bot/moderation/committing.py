"""Each edit as a commit that names its moderator, where the knowledge folder is in a git checkout.

A missing git, a foreign lock or a refusal never costs an edit: the files stand as they were written, and the
caller is told why there is no commit. Nothing a moderator types reaches a shell: it is handed over as
one argument or one variable of the environment, without what ends a line or an address.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.moderation.git import Fault, Git, GitError, clean

SECONDS = 20.0
"""How long a commit may take before it is given up."""
PATIENCE = 2.0
"""How long another git that holds a lock is waited for."""
GLANCE = 5.0
"""How long `revision` may take."""
SUBJECT = 120
NAME = 60

PROGRAM = "election-bot"
ADDRESS = "moderator@election-bot.invalid"
HIDDEN = (".lock", "**/.edit.*")
"""What storing leaves beside the knowledge, and is none."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What an edit is called in the history, and the public names of who answers for it."""

    message: str
    author: str
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The short id of the commit that holds an edit; else why there is none, and git's own words for the log."""

    commit: str | None = None
    fault: Fault = ""
    said: str = ""


def committed(root: Path, files: Collection[str], commit: Commit) -> Stored:
    """These files of the knowledge folder, and nothing else that may be staged, as one commit.

    Where they are as they were last committed, the commit is that one.
    """
    if not files:  # to git, no names would mean all there is
        return Stored()
    git = Git(root, SECONDS)
    try:
        prefix = git("rev-parse", "--show-prefix").removesuffix("\n")
        ignored = _committed(git, prefix, files, commit)
        last = git("log", "-1", "--format=%h", "--", *files).strip()
    except GitError as refusal:
        return Stored(None, refusal.fault, refusal.said)
    if ignored:
        return Stored(None, "ignored", clean(" ".join(ignored), SUBJECT))
    return Stored(last or None)


def revision(root: Path) -> str | None:
    """The short id of the last commit that touched the folder, with "+" if something is not committed."""
    git = Git(root, GLANCE)
    hidden = [f":(exclude,glob){name}" for name in HIDDEN]
    try:
        last = git("log", "-1", "--format=%h", "--", ".").strip()
        changed = last and git("status", "--porcelain", "--untracked-files=all", "--", ".", *hidden)
    except GitError:
        return None
    return f"{last}+" if changed else last or None


def _committed(git: Git, prefix: str, files: Collection[str], commit: Commit) -> list[str]:
    """Commits what changed in these files; those that git ignores come back."""
    named = {"GIT_AUTHOR_NAME": _name(commit.author), "GIT_AUTHOR_EMAIL": ADDRESS}
    named |= {"GIT_COMMITTER_NAME": PROGRAM, "GIT_COMMITTER_EMAIL": ADDRESS}
    given_up = time.monotonic() + PATIENCE
    tried = False
    while True:
        states = list(_states(git, prefix, files))
        changed = sorted({path for path, state in states if state != "!!"})
        if not changed:
            return [path for path, state in states]
        try:
            if new := sorted({path for path, state in states if state != "!!" and state[1] != " "}):
                git("add", "--", *new)
            message = f"--message={_message(commit, changed)}"
            git("commit", "--quiet", "--cleanup=whitespace", message, "--only", "--", *changed, **named)
        except GitError as refusal:
            # A git whose caller was killed may still be at it: what it did is seen when we look again.
            if time.monotonic() > given_up or (refusal.fault != "locked" and tried):
                raise
            tried = tried or refusal.fault != "locked"
            time.sleep(0.05)


def _states(git: Git, prefix: str, files: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each of the files that is not as it was last committed, with git's two letters for it."""
    options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored")
    for entry in git("status", *options, "--", *files).split("\0"):
        if entry:
            yield entry[3:].removeprefix(prefix), entry[:2]


def _message(commit: Commit, files: list[str]) -> str:
    subject = clean(commit.message, SUBJECT) or clean(", ".join(files), SUBJECT)
    lines = [subject, "", f"Proposed-by: {_name(commit.author)}"]
    if commit.reviewer is not None:
        lines.append(f"Reviewed-by: {_name(commit.reviewer)}")
    return "\n".join(lines)


def _name(name: str) -> str:
    """A name that git accepts: it takes none that is made of punctuation only."""
    cleaned = clean(name, NAME)
    return cleaned if any(c.isalnum() for c in cleaned) else "moderator"
