"""What a moderator in a terminal works with: the base as it is on disk, and the state that they share with the bot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.channels.moderation import Moderation
from bot.channels.opening import Clock, Refused
from bot.channels.reviewing.waiting import Waiting
from bot.dialogue.assistant import Assistant
from bot.dialogue.wording import Wording
from bot.knowledge.document import Problem
from bot.knowledge.loading import load
from bot.knowledge.model import Base
from bot.lean import renewed
from bot.matching.checking import problems_of
from bot.moderation import drafting
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Proposals
from bot.moderation.queue import ROWS, Group, queue
from bot.state.records import Moderator
from bot.state.state import State


class Bench:
    """One conversation's; it looks at the folder again each time the queue is shown."""

    def __init__(
        self,
        root: Path,
        base: Base,
        keep: Callable[[Base], Base],
        state: State,
        moderator: Moderator,
        now: Clock,
        waiting: Waiting,
    ) -> None:
        self.moderator = moderator
        self.assistant = Assistant(base)
        self.now = now
        self.wait = waiting
        self.proposals = Proposals(root, state, now, _unheard)
        self.kept = state.moderating
        self.page = 0
        """The page of the queue on which the moderator is."""
        self._root = root
        self._keep = keep
        self._state = state
        self._refused = ""

    @property
    def base(self) -> Base:
        return self.assistant.base

    @property
    def several(self) -> bool:
        return len(self.base.elections) > 1

    @property
    def fault(self) -> str:
        """Why nothing can be read or kept just now; nothing if all is well."""
        return (self._state.fault or "") if self._state.degraded else ""

    def told(self, election: str, say: Wording) -> Moderation:
        """An election in a moderator's words."""
        return Moderation(self.base.elections[election], say)

    def refresh(self) -> tuple[Problem, ...]:
        """Take in what the folder says now; if that is not sound, the problems, once, and the last good base stays."""
        loaded = load(self._root)
        if loaded.base.version in (self.base.version, self._refused):
            return ()
        problems = tuple(p for p in problems_of(loaded, whole=False) if not p.notice)
        base = None if problems else self._kept(loaded.base)
        if base is None:
            self._refused = loaded.base.version
            return problems
        self.assistant = renewed(base, self.assistant, self.now())
        return ()

    def _kept(self, base: Base) -> Base | None:
        """The elections that are looked after here, if they are still there."""
        try:
            return self._keep(base)
        except Refused:
            return None

    def finish(self) -> None:
        """Finish what a killed program had approved and not applied."""
        self.wait(self.proposals.resume())

    # --- the queue

    def groups(self) -> list[Group]:
        """The rows of the queue, those that were dismissed at the end."""
        asked, rated, hidden = self.wait(self._counted())
        return queue(asked, rated, hidden, self.assistant)

    async def _counted(self) -> tuple[Any, Any, Any]:
        state = self._state
        asked, rated = await state.unanswered_questions(ROWS), await state.feedback_counts()
        return asked, rated, await self.kept.dismissed()

    # --- drafts

    def draft(self) -> Draft | None:
        """What the moderator was in the middle of, if its election is still there."""
        text = self.wait(self.kept.draft(self.moderator.key, self.now()))
        draft = drafting.read(text) if text else None
        return draft if draft is not None and draft.election in self.base.elections else None

    def keep(self, draft: Draft) -> bool:
        """Keep what the moderator is in the middle of; whether it could be kept."""
        self.kept.keep_draft(self.moderator.key, draft.written(), self.now())
        return self.wait(self._state.saved())

    def drop(self) -> None:
        self.kept.drop_draft(self.moderator.key)
        self.wait(self._state.saved())


def _unheard(*_: object, **__: object) -> None:
    """Events are for whoever runs the bot; here the moderator is told in sentences."""
