"""What goes into the state and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.dialogue.memory import Memory


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a chat has chosen; None where it has not."""

    language: str | None = None
    election: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The messages that answer a question, and what the conversation was about before it was asked."""

    sent: tuple[int, ...]
    before: Memory


@dataclass(frozen=True, slots=True)
class Request:
    """A chat that asked to be told about something: the only record that says who."""

    chat_id: int
    election: str
    target: str
    language: str
    asked_on: date | None = field(default=None, compare=False)
    """The day on which it was first asked, of a request that is kept."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that found no answer, for moderators to see what is missing; never who asked."""

    election: str
    language: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnansweredCount:
    """How often, and between which days, one question found no answer."""

    question: Unanswered
    count: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class FeedbackCount:
    """How often one entry got one verdict in one language, over all days that are still kept."""

    election: str
    entry: str
    verdict: str
    language: str
    count: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who may edit the base, and the name they publish it under.

    The key is the keyed hash of a Telegram user number, or `terminal:NAME`.
    """

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit that a moderator asks for, from the first reading to what became of it.

    `operations` is the edit as text, `questions` those it answers, `subject` what it is about in words for people.
    `author` and `reviewer` are keys; `reviewer` is empty until somebody decides.
    """

    id: str
    election: str
    kind: str
    """phrasing, position, fact, topic, candidate, source, correction, removal, muting or reversal"""
    author: str
    author_name: str
    subject: str
    operations: str
    questions: tuple[Unanswered, ...]
    status: str
    """proposed, approved, applied, rejected or withdrawn"""
    reviewer: str
    reviewer_name: str
    made_at: datetime
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Audited:
    """One step of moderation, as the log tells it: who, by public name, did what, and when.

    `id` rises from one step to the next, and is 0 until the log has taken the step in; `proposal` is empty if there
    was none.
    """

    id: int
    at: datetime
    moderator: str
    action: str
    election: str
    subject: str
    before: str
    after: str
    proposal: str = ""
