"""What moderators work with: the queue, their proposals and drafts, and the base that goes live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.channels.moderation import Moderation
from bot.lean import beside_answers
from bot.moderation import drafting
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Proposals
from bot.moderation.queue import ROWS, Group, queue
from bot.state.records import Moderator

if TYPE_CHECKING:
    from bot.channels.telegram.desk import Desk, Voter
    from bot.channels.telegram.folder import Folder


class Bench:
    """One for the process; `live` puts a changed base before the voters and tells whether it did."""

    def __init__(self, desk: Desk, folder: Folder) -> None:
        self.proposals = Proposals(folder.root, desk.state, desk.now, desk.report, folder.serving)
        self.kept = desk.state.moderating
        self.live = folder.refresh
        self.folder = folder
        self._warming: asyncio.Task[None] | None = None
        self._groups: dict[str, Group] = {}
        self._grouped: tuple[object, ...] = ()
        """What the groups were made of: the same base and the same questions make the same groups."""

    async def moderator(self, voter: Voter, desk: Desk) -> Moderator | None:
        """The moderator who is speaking, once they have chosen a name."""
        known = await self.kept.moderator(voter.person)
        if known is not None:
            self.kept.name_moderator(known, desk.today())
        return known

    async def groups(self, desk: Desk) -> list[Group]:
        """The rows of the queue, and after them those that were dismissed."""
        asked = await desk.state.unanswered_questions(ROWS)
        rated = await desk.state.feedback_counts()
        hidden = await self.kept.dismissed()
        made_of = (asked, rated, hidden, desk.base.version)
        if made_of != self._grouped:
            found = await asyncio.to_thread(_grouped, asked, rated, hidden, desk.assistant)
            self._groups, self._grouped = {group.id: group for group in found}, made_of
        return list(self._groups.values())

    def warm(self) -> None:
        """Get ready for a preview while a moderator reads the queue."""
        if self._warming is None or self._warming.done():
            self._warming = asyncio.create_task(self.proposals.warm())

    async def group(self, desk: Desk, identifier: str) -> Group | None:
        """The row of that name, if it is still there."""
        await self.groups(desk)
        return self._groups.get(identifier)

    # --- drafts

    async def draft(self, voter: Voter, desk: Desk) -> Draft | None:
        """What the moderator was in the middle of, if its election is still served."""
        text = await self.kept.draft(voter.person, desk.now())
        draft = drafting.read(text) if text else None
        return draft if draft is not None and draft.election in desk.base.elections else None

    def keep(self, voter: Voter, desk: Desk, draft: Draft) -> None:
        self.kept.keep_draft(voter.person, draft.written(), desk.now())

    def drop(self, voter: Voter) -> None:
        self.kept.drop_draft(voter.person)
        self.proposals.trials.forget()


def _grouped(*given: Any) -> list[Group]:
    with beside_answers():
        return queue(*given)


def told(desk: Desk, voter: Voter, election: str) -> Moderation:
    """An election in the words of the moderator who is speaking."""
    return Moderation(desk.base.elections[election], voter.say)
