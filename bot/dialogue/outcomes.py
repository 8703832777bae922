"""What a question may come to; composing matches on these, so that forgetting one is a type error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """One candidate's statements on one or more topics."""

    candidate: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What several candidates, or with none named all of them, are on record as saying on a topic."""

    candidates: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """Who someone is, and all their positions."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """A sourced fact."""

    fact: str


@dataclass(frozen=True, slots=True)
class NoPosition:
    """Understood, and nothing sourced on record, of these candidates or of anyone, on these topics or this fact."""

    candidates: tuple[str, ...]
    topics: tuple[str, ...] = ()
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Clarification:
    """Two or more readings too close to choose between."""

    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decline:
    """A request for advice, a prediction or a judgement, an insult, or an order to the bot."""

    reason: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """Talk about the bot itself: greeting, thanks, what it can do, its sources, privacy, language."""

    subject: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Out of scope or not understood, with the reason and whatever name was in the way."""

    reason: str
    name: str = ""
    targets: tuple[str, ...] = ()


Outcome = (
    Position | Comparison | CandidateCard | FactAnswer | NoPosition | Clarification | Decline | Help | Unknown
)

NAMES: dict[type, str] = {
    Position: "position",
    Comparison: "comparison",
    CandidateCard: "candidate",
    FactAnswer: "fact",
    NoPosition: "no_position",
    Clarification: "clarification",
    Decline: "decline",
    Help: "help",
    Unknown: "unknown",
}
