"""The folder of knowledge files behind the answers: what changes there is live at once, unless it is not sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.channels.telegram.desk import Desk
from bot.channels.telegram.formatting import escaped, messages, paragraph
from bot.channels.telegram.sending import send
from bot.dialogue.assistant import Assistant
from bot.knowledge.document import Problem
from bot.knowledge.model import Base
from bot.moderation.committing import revision
from bot.moderation.watching import Refusal, Reloading, changes

if TYPE_CHECKING:
    from bot.channels.telegram.moderating.bench import Bench

TOLD = 10
"""How many problems a moderator is sent at most."""


class Folder:
    """Keeps a desk at what its folder says; the last sound base goes on answering while the folder is not."""

    def __init__(self, desk: Desk, root: Path, keep: Callable[[Base], Base]) -> None:
        self.root = root
        self.bench: Bench | None = None
        """What moderators work with, once one has come."""
        self.commit: str | None = None
        """The last commit of the folder, if it has any, with `+` if it was changed since."""
        self.problems: tuple[Problem, ...] = ()
        """Why what the folder says now is not answered from."""
        self.changed = asyncio.Event()
        """There is a new base, of which those who wait may have to be told."""
        self._desk = desk
        self._reloading = Reloading(root, desk.assistant, keep, desk.now)
        self._alone = asyncio.Lock()

    def served(self) -> Assistant:
        """Who answers voters now."""
        return self._desk.assistant

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the folder until the bot is stopped."""
        self.commit = await asyncio.to_thread(revision, self.root)
        async for _ in changes(self.root, stop):
            await self.refresh()

    async def refresh(self) -> bool:
        """Read the folder now; whether voters are answered with what it says."""
        async with self._alone:
            found = await self._reloading.again()
            if isinstance(found, Refusal):
                await self._refuse(found.problems)
                return False
            mended, self.problems = bool(self.problems), ()
            if isinstance(found, Assistant):
                self._desk.serve(found)
                self.commit = await asyncio.to_thread(revision, self.root)
                self._desk.report("reloaded", base=found.base.version, commit=self.commit)
                self.changed.set()
            if mended:
                await self._tell_moderators("moderation.refused.mended", ())
            return True

    async def _refuse(self, problems: tuple[Problem, ...]) -> None:
        if problems == self.problems:
            return
        self.problems = problems
        self._desk.report("refused", level="warning", problems=len(problems), first=str(problems[0].place))
        await self._tell_moderators("moderation.refused.title", problems)

    async def _tell_moderators(self, key: str, problems: tuple[Problem, ...]) -> None:
        """Write to each moderator; whoever cannot be reached is left out."""
        for moderator in sorted(self._desk.settings.moderator_ids):
            voter = await self._desk.voter(moderator, moderator)
            more = len(problems) - TOLD
            lines = [escaped(str(problem)) for problem in problems[:TOLD]]
            lines += [escaped(voter.say("moderation.preview.more", count=more))] if more > 0 else []
            texts = messages([paragraph(escaped(voter.say(key))), *(paragraph(line) for line in lines)])
            with suppress(TelegramError):
                await send(self._desk.bot, moderator, texts)
