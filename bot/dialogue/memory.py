"""What one conversation is about, so that "and the other one?" can be understood; forgotten after half an hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.knowledge.model import Election

KEPT = timedelta(minutes=30)
RECENT = 5


@dataclass(frozen=True, slots=True)
class Memory:
    """Whom and what the last answer was about, who came up before (latest first), the choices it offered."""

    candidates: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    fact: str | None = None
    options: tuple[str, ...] = ()
    language: str | None = None
    at: datetime | None = None

    def fresh(self, now: datetime) -> Memory:
        """The same memory, or only its language once half an hour has passed."""
        if self.at is not None and now - self.at > KEPT:
            return Memory(language=self.language)
        return self

    def naming(self, candidates: tuple[str, ...]) -> Memory:
        """The same memory, now about these candidates; the five latest stay within reach of a pronoun."""
        recent = dict.fromkeys((*candidates, *self.recent))
        return replace(self, candidates=candidates, recent=tuple(recent)[:RECENT])

    def known_to(self, election: Election) -> Memory:
        """The same memory without what the base no longer holds."""
        return replace(
            self,
            candidates=tuple(c for c in self.candidates if c in election.candidates),
            recent=tuple(c for c in self.recent if c in election.candidates),
            topics=tuple(t for t in self.topics if election.has("topics", t)),
            fact=self.fact if self.fact and election.has("facts", self.fact) else None,
        )
