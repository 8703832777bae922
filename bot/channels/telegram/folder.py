"""The folder of knowledge files behind the answers: what changes there is live at once, unless it is not sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped, messages, paragraph
from bot.channels.telegram.sending import send
from bot.dialogue.assistant import Assistant
from bot.dialogue.problems import told
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base
from bot.moderation.committing import revision
from bot.moderation.watching import Refusal, Reloading, changes

if TYPE_CHECKING:
    from bot.channels.telegram.moderating.bench import Bench

TOLD = 10
"""How many problems a moderator is sent at most."""
DAY = 86_400.0
"""Seconds for which no replica tells again what another has told."""
BEGINNING = 1.0
"""Seconds after which the folder is surely being watched."""


class Folder:
    """Keeps a desk at what its folder says; the last sound base goes on answering while the folder is not."""

    def __init__(
        self, desk: Desk, root: Path, keep: Callable[[Base], Base], loaded: Loaded | None = None
    ) -> None:
        self.root = root
        self.commit: str | None = None
        """The last commit of the folder, if it has any, with `+` if it was changed since."""
        self.problems: tuple[Problem, ...] = ()
        """Why what the folder says now is not answered from."""
        self.languages: dict[str, str] = {}
        """The language that each moderator spoke last, as far as they have spoken since the bot was started."""
        self.changed = asyncio.Event()
        """There is a new base, of which those who wait may have to be told."""
        self._desk = desk
        self._reloading = Reloading(root, desk.assistant, keep, desk.now, loaded)
        self._alone = asyncio.Lock()
        self._telling: set[asyncio.Task[None]] = set()
        self._bench: Bench | None = None

    @property
    def bench(self) -> Bench:
        """What moderators work with, laid out once one of them comes."""
        if self._bench is None:
            from bot.channels.telegram.moderating.bench import Bench

            self._bench = Bench(self._desk, self)
        return self._bench

    def serving(self) -> tuple[Loaded | None, Assistant]:
        """Who answers voters now, and what was read for that."""
        return self._reloading.serving

    def served(self) -> Assistant:
        """Who answers voters now."""
        return self._desk.assistant

    async def moderator(self, number: int) -> Voter:
        """A moderator to be written to, in their language."""
        return await self._desk.voter(number, number, self.languages.get(self._desk.key(number)))

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the folder until the bot is stopped."""
        beginning = asyncio.create_task(self._begin(stop))
        try:
            async for _ in changes(self.root, stop):
                await self.refresh()
        finally:
            await asyncio.gather(beginning, *self._telling)

    async def _begin(self, stop: asyncio.Event) -> None:
        """Finish what was approved before the bot was stopped; then read once what was changed before it watched."""
        self.commit = await asyncio.to_thread(revision, self.root)
        if await self._desk.state.moderating.proposals(["approved"]):
            await self.bench.proposals.resume()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BEGINNING)
        if not stop.is_set():
            await self.refresh()

    async def refresh(self) -> bool:
        """Read the folder now; whether voters are answered with what it says."""
        async with self._alone:
            found = await self._reloading.again()
            if isinstance(found, Refusal):
                self._refuse(found.problems)
                return False
            mended, self.problems = self.problems, ()
            if isinstance(found, Assistant):
                self.commit = None  # until git has told: the one before belongs to another base
                self._desk.serve(found)
            # Also if nothing is new: what was read between the writing of an edit and its commit has one only now.
            self.commit = await asyncio.to_thread(revision, self.root)
            if isinstance(found, Assistant):
                self._desk.counts.reloads.add("ok")
                self._desk.report("reloaded", base=found.base.version, commit=self.commit)
                self.changed.set()
            if mended:
                self._tell("moderation.refused.mended", (), instead_of=mended)
            return True

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        if problems == self.problems:
            return
        before, self.problems = self.problems, problems
        self._desk.counts.reloads.add("refused")
        self._desk.report("refused", level="warning", problems=len(problems), first=str(problems[0].place))
        self._tell("moderation.refused.title", problems, instead_of=before)

    def _tell(self, key: str, problems: tuple[Problem, ...], instead_of: tuple[Problem, ...]) -> None:
        """Have it told beside the reading, which never waits for Telegram; by one replica for all."""
        task = asyncio.create_task(self._tell_once(key, problems, instead_of))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_once(
        self, key: str, problems: tuple[Problem, ...], instead_of: tuple[Problem, ...]
    ) -> None:
        """Tell it unless another replica has; what it takes the place of is told again should it come back."""
        first = await self._desk.limits.first(f"base {problems}", DAY)
        await self._desk.limits.again(f"base {instead_of}")
        if first:
            await self._tell_moderators(key, problems)

    async def _tell_moderators(self, key: str, problems: tuple[Problem, ...]) -> None:
        """Write to each moderator; whoever cannot be reached is left out."""
        for moderator in sorted(self._desk.settings.moderator_ids):
            voter = await self.moderator(moderator)
            more = len(problems) - TOLD
            lines = [escaped(told(problem, voter.say)) for problem in problems[:TOLD]]
            lines += [escaped(voter.say("moderation.preview.more", count=more))] if more > 0 else []
            texts = messages([paragraph(escaped(voter.say(key))), *(paragraph(line) for line in lines)])
            with suppress(TelegramError):
                await send(self._desk.bot, moderator, texts)
