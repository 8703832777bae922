"""The whole story of an answer in a few lines: understand, decide, compose, remember."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from bot.dialogue.composing import OFFERED, Setting, compose, suggested
from bot.dialogue.deciding import decide, follow
from bot.dialogue.memory import Memory
from bot.dialogue.offering import Nearest, by_nearness, near, unassociated
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    FactAnswer,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.query import Query
from bot.dialogue.reply import Reply, Suggestion
from bot.dialogue.scopes import Scope, Scopes
from bot.dialogue.understanding import understand
from bot.dialogue.what import DEFAULT, Thresholds
from bot.knowledge.model import Base

READINGS = 3


@dataclass(frozen=True, slots=True)
class Utterance:
    """What arrived: a text, or the id of a choice that was tapped, in a conversation about one election."""

    text: str
    election: str
    choice: str | None = None
    language: str | None = None
    client_language: str | None = None
    conversation: str = ""


class Assistant:
    """Answers utterances from a base; holds nothing of any conversation.

    One for a new version of a base may take over what the one `before` it had laid out and is still true.
    """

    def __init__(self, base: Base, thresholds: Thresholds = DEFAULT, before: Assistant | None = None) -> None:
        self.base = base
        self.scopes: Scopes = Scopes(base, before.scopes if before is not None else None)
        self._leading: dict[tuple[str, str, str, str], bool] = {}
        self.thresholds = thresholds
        self.nearest: Nearest | None = before.nearest if before is not None else None
        """What tells the meaning of a question, to whoever is offered something instead of an answer; never decides."""

    def respond(self, utterance: Utterance, memory: Memory, now: datetime) -> tuple[Reply, Memory]:
        """The reply to an utterance, and what to remember of it."""
        scope = self.scopes.scope(utterance.election)
        memory = memory.fresh(now).known_to(scope.election)
        query = self.understand(utterance, memory)
        if utterance.choice is not None:
            outcome = follow(utterance.choice, scope.election)
        else:
            outcome = decide(query, scope, memory, self.thresholds)
        language = utterance.language or query.language
        score = query.ranking[0].coverage if query.ranking else 0.0
        setting = Setting(scope.election, language, now, utterance.conversation, round(score, 3))
        reply = compose(outcome, setting)
        readings = suggested(_other_readings(query, reply), setting)
        suggestions = self._offered(query, reply, utterance, setting)
        reply = replace(reply, suggestions=suggestions, readings=readings)
        return reply, _remembered(reply.outcome, reply, memory, now)

    def understand(self, utterance: Utterance, memory: Memory) -> Query:
        """What an utterance says, before anything is decided."""
        preferred = [
            code for code in (utterance.language, memory.language, utterance.client_language) if code
        ]
        return understand(utterance.text, self.scopes.scope(utterance.election), preferred)

    def _offered(
        self, query: Query, reply: Reply, utterance: Utterance, setting: Setting
    ) -> tuple[Suggestion, ...]:
        """Only suggestions that lead somewhere when typed as well as when tapped; readings to choose from all stay."""
        scope = self.scopes.scope(utterance.election)
        if isinstance(reply.outcome, Clarification):
            return by_nearness(reply.suggestions, query, scope, self.nearest)
        offered = unassociated(reply.suggestions, query, reply.outcome, scope)
        if isinstance(reply.outcome, Unknown) and utterance.choice is None:
            offered = suggested(near(query, reply.outcome, scope, self.nearest), setting) or offered
        leading = (s for s in offered if self._leads(s, reply.language, utterance.election, scope))
        return tuple(islice(leading, OFFERED))

    def _leads(self, suggestion: Suggestion, language: str, election: str, scope: Scope) -> bool:
        key = (suggestion.text, suggestion.target, language, election)
        known = self._leading.get(key)
        if known is None:
            query = understand(suggestion.text, scope, [language])
            outcome = decide(query, scope, Memory(), self.thresholds)
            known = suggestion.target in _targets(outcome)
            if len(self._leading) > 10_000:
                self._leading.clear()
            self._leading[key] = known
        return known


def _other_readings(query: Query, reply: Reply) -> list[str]:
    """The entries next in the ranking, for the candidate who was understood if there is one; nearest first."""
    if isinstance(reply.outcome, Clarification):
        return []
    entries = (score.entry for score in query.ranking)
    others = [entry for entry in entries if entry.id not in (*reply.topics, *reply.facts)]
    one = (
        reply.candidates[0] if isinstance(reply.outcome, Position | NoPosition) and reply.candidates else None
    )
    targets = [f"{one}/{e.id}" if one and e.kind == "topic" else e.id for e in others]
    return list(dict.fromkeys(targets))[:READINGS]


def _targets(outcome: Outcome) -> Sequence[str]:
    match outcome:
        case Position(candidate, topics):
            return [f"{candidate}/{t}" for t in topics]
        case Comparison(_, topics):
            return topics
        case CandidateCard(candidates):
            return candidates
        case FactAnswer(fact):
            return [fact]
        case NoPosition(candidates, topics, None):
            return [*topics, *(f"{c}/{t}" for c in candidates for t in topics)]
        case _:
            return []


def _remembered(outcome: Outcome, reply: Reply, memory: Memory, now: datetime) -> Memory:
    options = tuple(s.target for s in reply.suggestions)
    memory = replace(memory, options=options, language=reply.language, at=now)
    match outcome:
        case Position(candidate, topics):
            return replace(memory.naming((candidate,)), topics=topics, fact=None)
        case Comparison(candidates, topics):
            return replace(memory.naming(candidates), topics=topics, fact=None)
        case CandidateCard(candidates):
            return replace(memory.naming(candidates), topics=(), fact=None)
        case FactAnswer(fact):
            return replace(memory.naming(()), topics=(), fact=fact)
        case NoPosition(candidates, topics, fact):
            return replace(memory.naming(candidates), topics=topics, fact=fact)
        case Clarification():
            asked = all("/" in option for option in outcome.targets)
            return replace(memory, candidates=(), topics=reply.topics if asked else memory.topics, fact=None)
        case _:
            return memory
