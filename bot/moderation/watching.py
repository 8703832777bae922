"""A changed knowledge folder goes live at once: it is watched, read beside the answers, and refused if it is broken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchfiles import awatch

from bot.dialogue.assistant import Assistant
from bot.knowledge.document import Place, Problem, reason, short
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Base
from bot.lean import beside_answers, make_ready, renewed, trim
from bot.matching.checking import new_problems
from bot.moderation.storing import Busy, finish, locked, recover

GATHER_MS, STILL_MS = 100, 50
"""Changes that follow each other within so many milliseconds are one, and so long until they are told."""
LOOK_MS = 500
"""How often to look whether the folder is still the one that is watched."""
SETTLING_S = 2.0
"""How long to wait for an edit that is being written."""
AWAY_S = 1.0
"""How often to look whether a folder that is not there has come back."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a changed base does not go live, sorted by place; the one before it keeps answering."""

    problems: tuple[Problem, ...]


class Reloading:
    """Turns the knowledge folder, as it now is, into an assistant that is ready to take over."""

    def __init__(
        self,
        root: Path,
        assistant: Assistant,
        keep: Callable[[Base], Base],
        now: Callable[[], datetime],
        loaded: Loaded | None = None,
    ) -> None:
        self.root = root
        self.keep = keep
        self.now = now
        self._serving = assistant
        self._loaded = loaded
        self._one_at_a_time = asyncio.Lock()

    @property
    def serving(self) -> tuple[Loaded | None, Assistant]:
        """Who answers now, and what was read for that."""
        return self._loaded, self._serving

    async def again(self) -> Assistant | Refusal | None:
        """The folder read now: an assistant to take over at once, or why there is none; None if nothing changed.

        Whoever takes it serves it without awaiting anything before: what was laid out in the meantime is, in it.
        """
        async with self._one_at_a_time:
            ready = {*self._serving.scopes.ready}
            found = await asyncio.to_thread(self._read)
            if not isinstance(found, tuple):
                return found
            loaded, assistant = found
            while late := [i for i in self._serving.scopes.ready if i not in ready]:
                ready.update(late)  # voters have asked about these for the first time meanwhile
                await asyncio.to_thread(self._make_ready, assistant, late)
            outdated: list[object] = [*self._serving.scopes.pieces(), *_pieces(self._loaded)]
            self._serving, self._loaded = assistant, loaded
            asyncio.get_running_loop().call_soon(_let_go, outdated)
            return assistant

    def _read(self) -> tuple[Loaded, Assistant] | Refusal | None:
        with beside_answers():
            try:
                return self._made()
            except OSError as error:
                return self._refused(f"this folder cannot be read: {reason(error)}")
            except Exception as error:  # whatever it is, the base that answers now goes on answering
                return self._refused(f"this base cannot be used: {short(error)}")

    def _made(self, alone: bool = False) -> tuple[Loaded, Assistant] | Refusal | None:
        """What the folder says; read `alone` before it is refused, as an edit of several files may be half done."""
        if not alone:
            finish(self.root)
        loaded = load(self.root, self._loaded)
        unread = any(not problem.notice for problem in loaded.problems)
        if loaded.base.version == self._serving.base.version and not unread:
            return None
        problems = new_problems(loaded, self._loaded.base if self._loaded is not None else Base({}, ""))
        if problems and not alone:
            with suppress(Busy, OSError), locked(self.root, SETTLING_S):
                recover(self.root)
                return self._made(alone=True)
        if problems:
            return Refusal(problems)
        base = self.keep(loaded.base)
        if not base.elections:
            return self._refused("the election that is answered about is not here any more")
        return loaded, renewed(base, self._serving, self.now())

    def _refused(self, why: str) -> Refusal:
        return Refusal((Problem(Place(self.root.name), why),))

    def _make_ready(self, assistant: Assistant, elections: list[str]) -> None:
        with beside_answers():
            make_ready(assistant, elections, self.now())


def _pieces(loaded: Loaded | None) -> list[object]:
    return [*loaded.made.values(), *loaded.base.elections.values()] if loaded is not None else []


def _let_go(outdated: list[object]) -> None:
    """Free an old base bit by bit and beside the answers: all at once would keep an answer waiting."""

    def free() -> None:
        while outdated:
            outdated.pop()
        trim()

    with suppress(RuntimeError):  # if everything stops at this moment, there are no answers left to wait
        asyncio.get_running_loop().run_in_executor(None, free)


async def changes(root: Path, stop: asyncio.Event) -> AsyncGenerator[None, None]:
    """Tells when files of the knowledge folder have changed, until told to stop.

    The folder may be deleted, replaced by another or away for a while: going is a change, and so is coming back.
    """
    told, batches = True, _batches
    while not stop.is_set():
        watched = _identity(root)
        try:
            async with aclosing(batches(root, stop)) as found:
                async for batch in found:
                    replaced = str(root) in batch or _identity(root) != watched
                    if batch or replaced or not told:
                        told = True
                        yield
                    if replaced:
                        break
        except FileNotFoundError:
            pass
        except OSError:  # it may not be watched, or too many files are: then it is looked through instead
            batches = _looked_through
        told = False
        if _identity(root) is None:
            await _pause(stop)


async def _batches(root: Path, stop: asyncio.Event) -> AsyncGenerator[set[str], None]:
    """The paths of each batch of changes that matter, and now and then an empty one."""
    async for batch in awatch(
        root,
        watch_filter=lambda _, path: _matters(root, path),
        debounce=GATHER_MS,
        step=STILL_MS,
        stop_event=_Stopping(stop),
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        yield {path for _, path in batch}


async def _looked_through(root: Path, stop: asyncio.Event) -> AsyncGenerator[set[str], None]:
    """The same where nothing tells: every second, by the times and sizes of the files."""
    before = await asyncio.to_thread(_times, root)
    yield set()
    while not stop.is_set():
        await _pause(stop)
        now = await asyncio.to_thread(_times, root)
        yield {path for path, _ in before ^ now}
        before = now


def _times(root: Path) -> set[tuple[str, tuple[int, int, int]]]:
    found = set()
    for folder, _, names in os.walk(root):
        for path in (f"{folder}{os.sep}{name}" for name in names if name.endswith(".yaml")):
            with suppress(OSError):
                now = os.stat(path)  # noqa: PTH116 - a Path for each file, every second, is a waste
                if _matters(root, path):
                    found.add((path, (now.st_mtime_ns, now.st_size, now.st_ino)))
    return found


async def _pause(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), AWAY_S)


class _Stopping:
    """Whether to stop: `awatch` also says so by itself when it is cancelled, which is nobody else's business."""

    def __init__(self, told: asyncio.Event) -> None:
        self._told = told
        self._own = False

    def is_set(self) -> bool:
        return self._own or self._told.is_set()

    def set(self) -> None:
        self._own = True


def _matters(root: Path, path: str) -> bool:
    """Whether a path may change what is read: a YAML file, or a folder, which may be gone; nothing hidden."""
    try:
        parts = Path(path).relative_to(root).parts
    except ValueError:
        return False
    hidden = any(part.startswith(".") for part in parts)
    return not hidden and (not parts or parts[-1].endswith(".yaml") or "." not in parts[-1])


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder stands at a path, so that another one there is noticed; None if there is none."""
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
