"""What is kept, as the rows of the tables, and rows as what was kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from bot.state.memories import memory_of, numbers_of
from bot.state.records import Answer, Request, Unanswered, UnansweredCount
from bot.state.statements import Row

TEXT = 500
"""Characters of an unanswered question; more would not fit PostgreSQL's keys, nor a moderator's patience."""


def clean(words: str | None) -> str | None:
    """Text that every database takes: no halves of characters, no zero bytes."""
    return words and words.encode("utf-8", "replace").decode().replace("\0", "")


def named(question: Unanswered) -> dict[str, Any]:
    """What tells one unanswered question from another."""
    row = {"election": clean(question.election), "language": clean(question.language)}
    return row | {"text": clean(question.text[:TEXT])}


def wanted(request: Request) -> dict[str, Any]:
    """What tells one request from another."""
    row: Row = {"chat_id": request.chat_id, "election": clean(request.election)}
    return row | {"target": clean(request.target)}


def answer_of(row: RowMapping) -> tuple[str, Answer, datetime]:
    """An answer with whose it is, and when it was given."""
    at = datetime.fromtimestamp(row["at"], UTC)
    return row["person"], Answer(numbers_of(row["sent"]), memory_of(row["before"])), at


def unanswered_of(row: RowMapping) -> UnansweredCount:
    """A question with how often, and between which days, it was asked."""
    question = Unanswered(row["election"], row["language"], row["text"], row["reason"])
    return UnansweredCount(question, row["count"], row["first_day"], row["last_day"])
