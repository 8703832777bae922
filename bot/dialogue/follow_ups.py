"""Questions that lean on the one before: "and the other one?", "what about schools?", "the others?", "tell me more"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.memory import Memory
from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.dialogue.what import What
from bot.dialogue.whom import Whom
from bot.knowledge.model import Election
from bot.language.patterns import line

BARE = 0.35
NEARLY_BARE = 2.2


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Whom and what a question is about once what went before is taken in."""

    candidates: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    fact: str | None = None


def follow_up(query: Query, scope: Scope, asked: Whom, about: What, memory: Memory) -> FollowUp | None:
    """The full question behind a follow-up; None if the question stands on its own.

    It is one only if nothing but a name, a topic, or "and", "what about" remains: "and the other one on swimming
    pools?" must not answer the topic before.
    """
    if not (memory.topics or memory.candidates or memory.fact):
        return None
    opens = _opens_with_and(query, scope)
    if about.fact is not None and not (memory.topics and opens and not query.meaning):
        return None
    if about.topics:
        return _new_topic(query, scope.election, asked, about, memory, opens)
    if query.stray(asked.spoken_for) >= BARE:
        return None
    return _nothing_new(query, scope, asked, memory, opens)


def _new_topic(
    query: Query, election: Election, asked: Whom, about: What, memory: Memory, opens: bool
) -> FollowUp | None:
    """A topic alone: of whom we were speaking, or, when one word points back elsewhere, the topic before."""
    points_back = "thing" in query.frames and not asked.candidates
    weak = (
        points_back
        and "follow_up" not in query.frames
        and len(query.meaning) <= 1
        and query.stray() < NEARLY_BARE
    )
    if weak and memory.topics and not _related(election, about.topics, memory.topics):
        return FollowUp(memory.candidates, memory.topics)
    alone = not asked.clearly and not query.asks_everyone and len(memory.candidates) == 1
    if alone and points_back and set(about.topics) == set(memory.topics):
        return FollowUp(memory.candidates, about.topics)
    if opens and not asked.candidates and not query.asks_everyone and len(memory.candidates) == 1:
        return FollowUp(memory.candidates, about.topics)
    return None


def _nothing_new(query: Query, scope: Scope, asked: Whom, memory: Memory, opens: bool) -> FollowUp | None:
    """A name alone, a pronoun, or a request for more or for the others."""
    frames = query.frames
    if asked.clearly:
        stop = scope.language(query.language).stop
        alone = all(w.taken or w.folded in stop for w in query.words)
        return FollowUp(asked.candidates, memory.topics) if memory.topics and (opens or alone) else None
    if query.help is not None or (asked.mismatched and not asked.candidates):
        return None
    if {"who_is", "everything"} & frames and "thing" not in frames and "more" not in frames:
        return None
    leans = "more" in frames or (opens and (query.points_back or {"thing", "everyone", "others"} & frames))
    if not (leans or "others" in frames):
        return None
    if memory.topics:
        everyone = {"everyone", "others"} & frames
        return FollowUp(() if everyone else asked.candidates or memory.candidates, memory.topics)
    return FollowUp(fact=memory.fact) if memory.fact is not None else None


def _related(election: Election, topics: Iterable[str], others: Iterable[str]) -> bool:
    return any(set(election.lineage(t)) & set(election.lineage(o)) for t in topics for o in others)


def _opens_with_and(query: Query, scope: Scope) -> bool:
    opening = line(w.folded for w in query.words[:4])
    found = scope.language(query.language).frames["follow_up"].search(opening)
    return found is not None and found.start() == 0
