"""What goes into the state and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

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
