"""What is kept, as the rows of the tables, and rows as what was kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from bot.state import keeping
from bot.state.memories import memory_of, numbers_of, seconds, utc
from bot.state.records import Answer, Audited, Proposal, Request, Unanswered, UnansweredCount
from bot.state.statements import Row
from bot.state.tables import MODERATOR_KEY

TEXT = 500
"""Characters of an unanswered question; more would not fit PostgreSQL's keys, nor a moderator's patience."""


def clean(words: str | None) -> str | None:
    """Text that every database takes: no halves of characters, no zero bytes."""
    return words and words.encode("utf-8", "replace").decode().replace("\0", "")


def whose(key: str) -> str | None:
    """A moderator's key, as far as the tables take it."""
    return clean(key[:MODERATOR_KEY])


def named(question: Unanswered) -> dict[str, Any]:
    """What tells one unanswered question from another."""
    row = {"election": clean(question.election), "language": clean(question.language)}
    return row | {"text": clean(question.text[:TEXT])}


def wanted(request: Request) -> dict[str, Any]:
    """What tells one request from another."""
    row: Row = {"chat_id": request.chat_id, "election": clean(request.election)}
    return row | {"target": clean(request.target)}


def moment(at: int) -> datetime:
    """Seconds since 1970 as a time, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def answer_of(row: Mapping[Any, Any]) -> tuple[str, Answer, datetime]:
    """An answer with whose it is, and when it was given."""
    return row["person"], Answer(numbers_of(row["sent"]), memory_of(row["before"])), moment(row["at"])


def unanswered_of(row: RowMapping) -> UnansweredCount:
    """A question with how often, and between which days, it was asked."""
    question = Unanswered(row["election"], row["language"], row["text"], row["reason"])
    return UnansweredCount(question, row["count"], row["first_day"], row["last_day"])


def questions_text(questions: tuple[Unanswered, ...]) -> str:
    """Questions as compact text; ASCII only, so that every database takes it."""
    found = [[one.election, one.language, one.text, one.reason] for one in questions]
    return json.dumps(found, separators=(",", ":"))


def questions_of(text: object) -> tuple[Unanswered, ...]:
    """The questions that were written, or none if the text is anything else."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, list) or not all(isinstance(one, list) and len(one) == 4 for one in found):
        return ()
    if not all(isinstance(word, str) for one in found for word in one):
        return ()
    return tuple(Unanswered(*one) for one in found)


def proposal_row(proposal: Proposal) -> Row:
    """The row of a proposal."""
    words = ("id", "election", "kind", "author_name", "subject", "operations", "status", "reviewer_name")
    row: Row = {name: clean(getattr(proposal, name)) for name in words}
    row |= {"author": whose(proposal.author), "reviewer": whose(proposal.reviewer)}
    row |= {"questions": questions_text(proposal.questions), "made_at": seconds(proposal.made_at)}
    return row | {"decided_at": None if proposal.decided_at is None else seconds(proposal.decided_at)}


def proposal_of(row: RowMapping) -> Proposal:
    """A proposal, times in whole seconds."""
    decided = row["decided_at"]
    read: Row = {"questions": questions_of(row["questions"]), "made_at": moment(row["made_at"])}
    return Proposal(**{**row, **read, "decided_at": None if decided is None else moment(decided)})


def audit_row(entry: Audited) -> Row:
    """The row of a step, which the database numbers."""
    words = ("moderator", "action", "election", "subject", "before", "after", "proposal")
    row: Row = {name: clean(getattr(entry, name)) for name in words}
    return row | {"at": seconds(entry.at)}


def audited_of(row: RowMapping) -> Audited:
    """A step of the log, its time in whole seconds."""
    return Audited(**{**row, "at": moment(row["at"])})


def oldest(now: datetime) -> dict[str, Any]:
    """For each table, the time before which nothing in it is kept any longer."""
    today = utc(now).date()
    return {
        "conversations": seconds(now - keeping.CONVERSATIONS),
        "answers": seconds(now - keeping.ANSWERS),
        "updates": seconds(now - keeping.UPDATES),
        "chats": today - keeping.CHATS,
        "notifications": today - keeping.NOTIFICATIONS,
        "feedback": today - keeping.FEEDBACK,
        "unanswered": today - keeping.UNANSWERED,
        "moderators": today - keeping.MODERATORS,
        "drafts": seconds(now - keeping.DRAFTS),
        "proposals": seconds(now - keeping.PROPOSALS),
        "audit": seconds(now - keeping.AUDIT),
        "dismissed": today - keeping.DISMISSED,
    }
