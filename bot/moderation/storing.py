"""Edits written so that no file is ever seen half, none is lost, and one writer waits for the other.

A set of files changes together: their new texts stand in hidden files beside them, then a journal says what is
under way, then each is renamed into its place. A process killed before the journal was there has changed
nothing; what one killed after it left undone, `recover` does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.knowledge.document import FILE_BYTES, short
from bot.moderation.committing import Commit, Stored, committed, revision

__all__ = [
    "Busy",
    "Commit",
    "Stored",
    "Unfinished",
    "finish",
    "is_knowledge",
    "locked",
    "recover",
    "revision",
    "store",
    "texts",
]

LOCK = ".lock"
JOURNAL = ".edit.json"
BROKEN = ".edit.json.broken"
BESIDE = ".edit."
"""What the name of a file that is still being written begins with, so that nothing reads it."""

FOLDERS = ("topics", "facts", "candidates", "questions")
FILES = ("election", "sources", "parties", "people", "places", "muted")
POLL = 0.02

_IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_Contents = Mapping[str, bytes | None]


class Busy(Exception):  # noqa: N818 - it is an answer: somebody else is writing, try again
    """Others kept the knowledge folder to themselves for as long as we would wait."""


class Unfinished(Exception):  # noqa: N818 - it is an answer: `recover` first
    """What a killed process had begun must be finished before anything is read for the next edit."""


@contextmanager
def locked(root: Path, seconds: float = 10) -> Iterator[None]:
    """The knowledge folder for oneself, over threads and processes, once whoever has it is done.

    Not to be nested. A folder that cannot be written is an OSError.
    """
    until = time.monotonic() + seconds
    while (descriptor := _taken(root / LOCK)) is None:
        if time.monotonic() > until:
            raise Busy
        time.sleep(POLL)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def texts(root: Path, files: Iterable[str]) -> dict[str, str | None]:
    """Each file as it stands, with its own line breaks and byte order mark; None where there is none.

    ValueError for what is no knowledge file, for links, and for bytes that are no text.
    """
    contents = {file: _content(_path(root, file)) for file in files}
    return {file: None if held is None else held.decode("utf-8") for file, held in contents.items()}


def store(root: Path, changed: Mapping[str, str | None], commit: Commit | None) -> Stored:
    """All these texts in the place of their files, and the commit they are in, or why there is none.

    Without a `commit` it is left to whoever edits the folder to commit them, as after an edit by hand.

    To be called with the folder `locked`. An OSError before the journal is written has changed nothing; after
    it, which only a failing disk brings about, `recover` goes on from there.
    """
    contents = _encoded(changed)
    paths = {file: _path(root, file) for file in contents}
    if (root / JOURNAL).exists():
        raise Unfinished
    found = {file: _digest(_content(path)) for file, path in paths.items()}
    try:
        prepared = _prepared(root, contents)
        _keep_journal(root, contents, found, commit)
    except OSError:
        (root / JOURNAL).unlink(missing_ok=True)
        _tidy(root)
        raise
    return _finish(root, contents, prepared, commit)


def finish(root: Path, seconds: float = 10) -> None:
    """Let an edit that is being written come to its end, or bring it there if its process was killed.

    To be called before the folder is read as a whole; where it cannot be written it is read as it is.
    """
    if (root / JOURNAL).exists():
        with suppress(Busy, OSError), locked(root, seconds):
            recover(root)


def recover(root: Path) -> bool:
    """Whether a killed process had begun an edit; it is now done, and in the commit it was meant for.

    To be called with the folder `locked`. A journal that is damaged, or whose files somebody else has written
    since, is set aside as `.edit.json.broken` and followed in nothing.
    """
    begun = None
    if (root / JOURNAL).exists():
        try:
            begun = _journal(root)
        except (ValueError, RecursionError):
            (root / JOURNAL).replace(root / BROKEN)
    _tidy(root)
    if begun is None:
        return False
    contents, commit = begun
    _finish(root, contents, _prepared(root, contents), commit)
    return True


# --- one writer at a time --------------------------------------------------------------------------------


def _taken(path: Path) -> int | None:
    """A descriptor of the lock once it is ours; None if it is somebody else's, or has been swept away."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


# --- which files -----------------------------------------------------------------------------------------


def _path(root: Path, file: str) -> Path:
    """Where a file of the base stands; ValueError for what is none, or is reached by a link."""
    if not is_knowledge(file):
        raise ValueError(f"{short(file)} is no file of the knowledge folder")
    path = root
    for part in file.split("/"):
        path /= part
        if path.is_symlink():
            raise ValueError(f"{short(file)} is reached by a link; edit what the link leads to")
    if path.exists() and not path.is_file():
        raise ValueError(f"{short(file)} is not a regular file")
    return path


def is_knowledge(file: str) -> bool:
    """Whether a file of this name, from the knowledge folder on, is one that is read."""
    parts = file.removesuffix(".yaml").split("/")
    if not file.endswith(".yaml") or not all(len(p) <= 64 and _IDENTIFIER.fullmatch(p) for p in parts):
        return False
    return (len(parts) == 2 and parts[1] in FILES) or (len(parts) == 3 and parts[1] in FOLDERS)


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if len(content) > FILE_BYTES:
        raise ValueError(f"{path.name} is larger than {FILE_BYTES // 1024} KiB")
    return content


def _encoded(changed: Mapping[str, str | None]) -> dict[str, bytes | None]:
    contents = {file: None if text is None else text.encode("utf-8") for file, text in changed.items()}
    for file, content in contents.items():
        if content is not None and len(content) > FILE_BYTES:
            raise ValueError(f"{short(file)} would be larger than {FILE_BYTES // 1024} KiB")
    return contents


# --- the journal -----------------------------------------------------------------------------------------


def _keep_journal(
    root: Path, contents: _Contents, found: Mapping[str, str | None], commit: Commit | None
) -> None:
    """What is under way, written whole or not at all: from here on it will be done."""
    changed = {file: None if held is None else held.decode("utf-8") for file, held in contents.items()}
    named = asdict(commit) if commit is not None else None
    written = json.dumps({"changed": changed, "found": dict(found), "commit": named}).encode()
    _write(root / f"{JOURNAL}.new", written, 0o600)
    (root / f"{JOURNAL}.new").replace(root / JOURNAL)
    _settle(root)


def _journal(root: Path) -> tuple[dict[str, bytes | None], Commit | None]:
    """What a journal tells to do; ValueError if it is damaged or has been overtaken."""
    held = json.loads((root / JOURNAL).read_bytes())
    match held:
        case {
            "changed": dict(changed),
            "found": dict(found),
            "commit": dict() | None as named,
        } if changed.keys() == found.keys() and all(_is_text(text) for text in changed.values()):
            contents, commit = _encoded(changed), _commit(named)
        case _:
            raise ValueError("this journal does not say what to do")
    for file, content in contents.items():
        if _digest(_content(_path(root, file))) not in (found[file], _digest(content)):
            raise ValueError(f"{short(file)} was written by somebody else since")
    return contents, commit


def _commit(named: dict[str, Any] | None) -> Commit | None:
    """The commit that a journal speaks of, if it speaks of one; ValueError if it says no name for it."""
    match named:
        case None:
            return None
        case {"message": str(message), "author": str(author), "reviewer": str() | None as reviewer}:
            return Commit(message, author, reviewer)
    raise ValueError("this journal does not say whose edit it is")


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


# --- writing ---------------------------------------------------------------------------------------------


def _prepared(root: Path, contents: _Contents) -> dict[Path, Path]:
    """The new texts, safe on the disk beside the files they will replace, each with that file's rights."""
    prepared = {}
    for file, content in contents.items():
        path = root / file
        if content is not None and content != _content(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f"{BESIDE}{path.name}")
            _write(beside, content, 0o644, path.stat() if path.exists() else None)
            prepared[path] = beside
    return prepared


def _write(path: Path, content: bytes, mode: int, like: os.stat_result | None = None) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        if like is not None:
            with suppress(PermissionError):  # only root may give files away, and then an editor's stay theirs
                os.fchown(file.fileno(), like.st_uid, like.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _finish(root: Path, contents: _Contents, prepared: Mapping[Path, Path], commit: Commit | None) -> Stored:
    """Each file renamed into its place or taken away, then the commit; then the journal has had its day."""
    for path, beside in prepared.items():
        beside.replace(path)
    for file, content in contents.items():
        if content is None:
            (root / file).unlink(missing_ok=True)
    for folder in sorted({folder for file in contents for folder in (root / file).parents}, reverse=True):
        if folder.is_relative_to(root) and folder.is_dir():
            _settle(folder)
    stored = committed(root, list(contents), commit) if commit is not None else Stored()
    (root / JOURNAL).unlink()
    _settle(root)
    return stored


def _settle(folder: Path) -> None:
    """What was renamed in a folder is so after a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tidy(root: Path) -> None:
    """Nothing is left of texts that never came into their place."""
    left = [root / f"{JOURNAL}.new", *root.glob(f"*/{BESIDE}*.yaml")]
    for folder in FOLDERS:
        left += root.glob(f"*/{folder}/{BESIDE}*.yaml")
    for path in left:
        path.unlink(missing_ok=True)
