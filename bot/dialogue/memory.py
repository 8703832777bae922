"""What one conversation is about, so that "and the other one?" can be understood; forgotten after half an hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

KEPT = timedelta(minutes=30)
RECENT = 5


@dataclass(frozen=True, slots=True)
class Memory:
    """Whom and what the last answer was about, who came up before (latest first), and the choices it offered."""

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

    def offering(self, options: tuple[str, ...]) -> Memory:
        return replace(self, options=options)

    def naming(self, candidates: tuple[str, ...]) -> Memory:
        """The same memory, now about these candidates; the five latest stay within reach of a pronoun."""
        recent = dict.fromkeys((*candidates, *self.recent))
        return replace(self, candidates=candidates, recent=tuple(recent)[:RECENT])
