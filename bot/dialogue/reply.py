"""A reply as parts that every channel can show in its own way: lines, statements with their source, choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest

from bot.dialogue.outcomes import NAMES, Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """A fixed sentence, or a heading over the statements that follow; it may lead to a page."""

    text: str
    heading: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim with its quote and its source; `id` is the position or fact it belongs to."""

    id: str
    text: str
    source: str
    source_line: str
    url: str | None = None
    quote: str | None = None
    note: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice offered: what it says, and the id it leads to."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the voter gets: what was understood, the parts in order, and where to go next."""

    outcome: Outcome
    language: str
    understood: str
    parts: tuple[Line | Statement, ...]
    suggestions: tuple[Suggestion, ...] = ()
    readings: tuple[Suggestion, ...] = ()
    """What else the question may have meant, for whoever says that this is not what they asked."""
    none_of_these: str | None = None
    candidates: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    score: float = 0.0
    election: str = field(default="")

    @property
    def name(self) -> str:
        return NAMES[type(self.outcome)]

    @property
    def statements(self) -> list[Statement]:
        return [part for part in self.parts if isinstance(part, Statement)]

    @property
    def claims(self) -> list[str]:
        """The positions shown, each once."""
        return list(dict.fromkeys(s.id for s in self.statements if "/" in s.id))

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(s.source for s in self.statements))


def plain(reply: Reply, choices: bool = True) -> str:
    """A reply as plain text; statements in a row from one source are followed by it once."""
    lines = [reply.understood, ""] if reply.understood else []
    for part, following in zip_longest(reply.parts, reply.parts[1:]):
        if isinstance(part, Line):
            lines.append(part.text)
            continue
        lines.append(f"• {part.text}")
        lines += [f"  {more}" for more in (part.quote, part.note and f"({part.note})") if more]
        if not (isinstance(following, Statement) and following.source == part.source):
            lines += [f"  {more}" for more in (part.source_line, part.url) if more]
        if not isinstance(following, Statement):
            lines.append("")
    if choices and reply.suggestions:
        lines += [] if lines and not lines[-1] else [""]
        lines += [f"{number}. {s.text}" for number, s in enumerate(reply.suggestions, 1)]
        if reply.none_of_these:
            lines.append(f"{len(reply.suggestions) + 1}. {reply.none_of_these}")
    return "\n".join(lines).strip()
