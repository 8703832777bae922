"""The state and the knowledge as they were together at one moment, put away in one file, and put back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bot.knowledge.document import FILE_BYTES, Problem
from bot.knowledge.loading import load
from bot.matching.checking import grave_problems
from bot.moderation.archive import KNOWLEDGE, STATE, Archive, Manifest, Newer, packing
from bot.moderation.committing import PROGRAM
from bot.moderation.storing import Commit, Stored, is_knowledge, locked, recover, revision, store
from bot.state.copying import Lines, brought_here, replacing, snapshot
from bot.state.revisions import REVISIONS
from bot.state.state import State

T = TypeVar("T")


class Differs(Exception):  # noqa: N818 - it is an answer: say that it may be replaced
    """The knowledge folder holds something else."""


class Linked(Exception):  # noqa: N818 - it is an answer: name another folder
    """What stands in the place of a file of the backup is a link, or no file."""


# --- put away ------------------------------------------------------------------------------------------------


async def back_up(url: str, root: Path, path: Path, now: datetime) -> Manifest:
    """All of it in a new file. The folder is kept from moderators until its files are in and the rows stand still."""
    with packing(path, now) as pack:
        async with AsyncExitStack() as open_:
            with _still(root):
                state = await open_.enter_async_context(snapshot(url))
                commit = revision(root)
                for file in files(root):
                    with pack.part(f"{KNOWLEDGE}{file}") as put:
                        put((root / file).read_bytes())
            for table in sorted(state.tables):
                with pack.part(f"{STATE}{table}.jsonl") as put:
                    async with aclosing(state.lines(table)) as lines:
                        async for line in lines:
                            put(line)
        return pack.finish(state.revision, commit)


def files(root: Path) -> list[str]:
    """The files of a folder from which is answered, by their names in it; notes and what nothing reads are not."""
    found = (path for pattern in ("*/*.yaml", "*/*/*.yaml") for path in root.glob(pattern))
    fit = (path for path in found if path.is_file() and path.stat().st_size <= FILE_BYTES)
    return sorted(file for path in fit if is_knowledge(file := path.relative_to(root).as_posix()))


def problems(root: Path) -> tuple[Problem, ...]:
    """What keeps a knowledge folder from being answered from."""
    return grave_problems(load(root))


@contextmanager
def _still(root: Path) -> Iterator[None]:
    """The folder without an edit half made; where nothing can be written, nobody edits either."""
    if not os.access(root, os.W_OK):
        yield
        return
    with locked(root):
        recover(root)
        yield


# --- put back ------------------------------------------------------------------------------------------------


@contextmanager
def unpacked(archive: Archive, target: Path) -> Iterator[Path]:
    """The knowledge of a backup in a folder on the side, near where it will be if there is nothing yet."""
    near = None if target.exists() else target.parent
    if near is not None:
        near.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".election-bot-", dir=near) as name:
        root = Path(name) / "knowledge"
        root.mkdir()
        for file in archive.manifest.files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(archive.text(file))
        yield root


def changed(new: Path, target: Path) -> dict[str, str | None]:
    """Each file that must change for a folder to say what the `new` one says: its text, or None if it must go."""
    before, after = files(target), files(new)
    texts: dict[str, str | None] = {file: None for file in before if file not in after}
    for file in after:
        content = (new / file).read_bytes()
        if file not in before or content != (target / file).read_bytes():
            texts[file] = content.decode()
    return texts


def put_in_place(new: Path, target: Path, replace: bool, made_at: str) -> Stored:
    """The `new` folder's files where they belong: all at once, or as one edit of the folder that is there."""
    if not target.exists():
        os.sync()
        new.rename(target)
        return Stored()
    with locked(target):
        recover(target)
        texts = changed(new, target)
        if texts and files(target) and not replace:
            raise Differs
        if not texts:
            return Stored()
        try:
            return store(target, texts, Commit(f"restore: {made_at}", PROGRAM))
        except ValueError:
            raise Linked from None


async def restore_state(url: str, archive: Archive, replace: bool, then: Callable[[], T]) -> T:
    """The rows of a backup in place of those that are there, and what is to be done with them or not at all."""
    manifest = archive.manifest
    if manifest.revision not in REVISIONS:
        raise Newer

    async def lines(table: str) -> Lines:
        for line in archive.lines(table):
            yield line

    async with (
        brought_here(manifest.revision, manifest.tables, lines) as here,
        replacing(url, replace) as target,
    ):
        for table in target.tables:
            await target.put(table, here(table))
        await target.settle()
        return then()


async def purge(url: str, now: datetime) -> None:
    """Erase what has outlived its time since the backup was made."""
    state = State(url, lambda _: None)
    await state.open()
    try:
        await state.purge(now)
    finally:
        await state.close()
