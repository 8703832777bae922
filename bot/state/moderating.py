"""What moderators need to outlive a restart: names, drafts, proposals, the log of all steps, what was dismissed.

All of it is read from the database each time, never from memory: other replicas and terminals write there too. While
the database does not answer there is nothing to read, and `State.degraded` says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping, Select

from bot.state import keeping
from bot.state.keys import LENGTH
from bot.state.marks import Marks
from bot.state.memories import seconds, utc
from bot.state.records import Audited, Moderator, Proposal, Unanswered
from bot.state.rows import audit_row, audited_of, clean, moment, named, proposal_of, proposal_row, whose
from bot.state.statements import ModeratorChanges, ModeratorQuestions, Row, Statement
from bot.state.writing import Writer

BEYOND = 2**63 - 1
"""Larger than the number of any step of the log."""

TAKING = 10_000
"""Milliseconds for which a name is reserved for whoever is about to take it."""

Rows = Callable[[Select[Any], Row], Awaitable[Sequence[RowMapping] | None]]


class Moderating:
    """The moderators' half of the state. What is asked for without awaiting in between is written together or not at
    all: a proposal is never without its step in the log.
    """

    def __init__(self, writer: Writer, rows: Rows, dialect: str, marks: Marks) -> None:
        self._marks = marks
        self._writer = writer
        self._rows = rows
        self._change = ModeratorChanges(dialect)
        self._ask = ModeratorQuestions()

    # --- moderators

    async def moderator(self, key: str) -> Moderator | None:
        """The name a moderator chose; None until they have, and after they asked to be forgotten."""
        rows = await self._rows(self._ask.moderator, {"key": whose(key)})
        return Moderator(**rows[0]) if rows else None

    async def names(self) -> dict[str, str]:
        """The names that moderators chose, by their keys."""
        rows = await self._rows(self._ask.names, {})
        return {row["key"]: row["name"] for row in rows or ()}

    def name_moderator(self, moderator: Moderator, today: date) -> None:
        """Keep the name, and that the moderator was seen today: to be asked for each day on which they do something."""
        row = {"key": whose(moderator.key), "name": clean(moderator.name), "seen_on": today}
        self._writer.add(self._change.name, row)

    async def draft(self, key: str, now: datetime) -> str | None:
        """What the moderator was writing, if they were, and not more than a week ago."""
        rows = await self._rows(self._ask.draft, {"key": whose(key)})
        if not rows or utc(now) - moment(rows[0]["at"]) > keeping.DRAFTS:
            return None
        return str(rows[0]["draft"])

    def keep_draft(self, key: str, text: str, now: datetime) -> None:
        """Keep what the moderator is writing, in place of what they wrote before."""
        row = {"key": whose(key), "draft": clean(text), "at": seconds(now)}
        self._writer.add(self._change.keep_draft, row)

    def drop_draft(self, key: str) -> None:
        """It was proposed, or given up."""
        self._writer.add(self._change.drop_draft, {"key": whose(key)})

    @asynccontextmanager
    async def taking(self, name: str) -> AsyncIterator[bool]:
        """Whether nobody else is about to take this name, on this replica or another.

        The mark is a plain hash of the name, for seconds: the name is about to be public, and terminals have no key.
        """
        key = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
        alone = await self._marks.first(key, TAKING)
        try:
            yield alone
            await self._writer.saved()
        finally:
            if alone:
                await self._marks.drop(key)

    # --- proposals

    async def proposals(self, statuses: Sequence[str]) -> list[Proposal]:
        """All proposals that stand like this, the oldest first."""
        rows = await self._rows(self._ask.proposals, {"statuses": list(statuses)})
        return [proposal_of(row) for row in rows or ()]

    async def proposal(self, identifier: str) -> Proposal | None:
        """How a proposal stands now, whoever decided it, and wherever."""
        rows = await self._rows(self._ask.proposal, {"id": clean(identifier)})
        return proposal_of(rows[0]) if rows else None

    def keep_proposal(self, proposal: Proposal) -> None:
        """Keep the proposal as it stands now; whose it is does not change."""
        self._writer.add(self._change.keep_proposal, proposal_row(proposal))

    def take_back(self, identifier: str) -> bool:
        """Ask no more for what `saved` could not write about a proposal; False if it is being written again."""
        wanted, found = clean(identifier), []

        def about(statement: Statement, row: Row) -> bool:
            names = {self._change.keep_proposal: "id", self._change.audit: "proposal"}
            if statement in names and row[names[statement]] == wanted:
                found.append(row)
                return True
            return False

        self._writer.withdraw(about)
        return bool(found)

    async def approved(self, author: str, kind: str) -> int:
        """How many of the author's proposals of a kind were applied after somebody else had read them."""
        rows = await self._rows(self._ask.approved, {"author": whose(author), "kind": clean(kind)})
        return int(rows[0]["count"]) if rows else 0

    # --- the log

    def audit(self, entry: Audited) -> None:
        """Add a step to the log, which numbers it; no step is ever changed."""
        self._writer.add(self._change.audit, audit_row(entry))

    async def audited(
        self, limit: int, before: int | None = None, election: str | None = None
    ) -> list[Audited]:
        """The latest steps, newest first; or those before the step of a number; or those of one election."""
        values: Row = {"limit": limit, "before": BEYOND if before is None else max(0, min(before, BEYOND))}
        if election is None:
            rows = await self._rows(self._ask.audited, values)
        else:
            rows = await self._rows(self._ask.audited_of, values | {"election": clean(election)})
        return [audited_of(row) for row in rows or ()]

    async def audit_entry(self, identifier: int) -> Audited | None:
        """The step with this number."""
        if not 0 < identifier < BEYOND:
            return None
        rows = await self._rows(self._ask.audit_entry, {"id": identifier})
        return audited_of(rows[0]) if rows else None

    # --- dismissed and waiting

    async def waiting(self) -> dict[str, int] | None:
        """How many questions without an answer nobody dismissed, and how many proposals wait; None if not known."""
        rows = await self._rows(self._ask.waiting, {})
        return {name: int(count) for name, count in rows[0].items()} if rows else None

    def dismiss(self, question: Unanswered, day: date) -> None:
        """A moderator need not see this question again; or, without language, the verdicts on this entry."""
        self._writer.add(self._change.dismiss, named(question) | {"day": day})

    def restore(self, question: Unanswered) -> None:
        """It was dismissed by mistake."""
        self._writer.add(self._change.restore, named(question))

    def take_back_dismissals(self, questions: Sequence[Unanswered], step: Audited) -> bool:
        """Ask no more for what `saved` could not write of these and their step; False if it is being written again."""
        wanted, log, found = [named(question) for question in questions], audit_row(step), []

        def about(statement: Statement, row: Row) -> bool:
            told = statement in (self._change.dismiss, self._change.restore)
            unwanted = row == log if statement is self._change.audit else told and _without_day(row) in wanted
            found.extend([row] if unwanted else [])
            return unwanted

        self._writer.withdraw(about)
        return bool(found)

    async def dismissed(self) -> list[Unanswered]:
        """All that was dismissed, the oldest first; for what reason they had no answer is not kept."""
        rows = await self._rows(self._ask.dismissed, {})
        return [Unanswered(**row, reason="") for row in rows or ()]


def _without_day(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "day"}
