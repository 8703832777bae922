"""What may be answered: one outcome for a query, and silence where no reading is good enough."""

from __future__ import annotations

from bot.dialogue.follow_ups import FollowUp, follow_up
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.dialogue.what import DEFAULT, Thresholds, What, what
from bot.dialogue.whom import Whom, whom
from bot.knowledge.model import Election
from bot.matching.mentions import Mention

OFFERED = 3
RARE = 0.9
PERSON_ONLY = 2.2
NAMESAKE_BEFORE = 0.65
LONE_FIRST_NAME = 0.45
BARE = 0.35
"""Weight of unexplained words below which nothing but a name is asked."""


def decide(query: Query, scope: Scope, memory: Memory, thresholds: Thresholds = DEFAULT) -> Outcome:
    """The outcome of a query in a conversation."""
    if not query.words:
        return Unknown("empty")
    asked = whom(query, scope, memory)
    if query.decline == "private":
        return Unknown("private")
    if query.decline is not None:
        return Decline(query.decline, asked.candidates)
    about = what(query, scope, asked, memory, thresholds)
    if query.help is not None and not _more_than_talk(query, asked, about, thresholds):
        return Help(query.help)
    blocked = _blocked(query, scope, asked, about)
    if blocked is not None:
        return blocked
    if asked.ambiguous:
        return _which(query, scope.election, asked, about, memory)
    if asked.doubtful and about.fact is None:
        return _whether(query, asked, about, memory)
    recalled = follow_up(query, scope, asked, about, memory)
    if recalled is not None:
        return _recalled(scope.election, recalled)
    if about.fact is not None:
        return _fact(scope.election, about.fact)
    if about.topics:
        return _on_topics(scope.election, asked.candidates, about.topics)
    if asked.candidates:
        return _who_they_are(query, asked, thresholds)
    return Decline("command") if query.commanded else Unknown("not_understood", targets=_close(query))


def follow(target: str, election: Election) -> Outcome:
    """The outcome of a tapped choice; ids come from clients, so anything may be in them."""
    candidate, slash, topic = target.partition("/")
    if slash and candidate in election.candidates and election.has("topics", topic):
        return _on(election, (candidate,), (topic,))
    if target in election.candidates:
        return CandidateCard((target,))
    if election.has("topics", target):
        return _on(election, (), (target,))
    if election.has("facts", target):
        return _fact(election, target)
    return Unknown("not_understood")


def _more_than_talk(query: Query, asked: Whom, about: What, thresholds: Thresholds) -> bool:
    """Whether a message that greets, thanks or asks about the bot asks about the election too."""
    if query.help == "independence":
        return False
    if query.help in ("greeting", "thanks"):
        return bool(about or asked.candidates) or query.stray(everywhere=True) > thresholds.chatter
    return asked.clearly or (bool(about) and about.weight >= 1.5)


def _blocked(query: Query, scope: Scope, asked: Whom, about: What) -> Outcome | None:
    """A stranger's name that the answer would not be about is a reason not to answer."""
    if about.fact is not None and scope.election.everywhere(about.fact):
        return None
    if _namesake(query, about):
        return Unknown("topic", targets=asked.candidates[:OFFERED])
    for stranger in asked.strangers:
        known = _known_person(query, scope, stranger) if not (about or asked.candidates) else ()
        if known:
            return Clarification((*known, *_their_candidates(scope, stranger)))
        affiliation = asked.clearly and not about and {"who_is", "affiliation"} & query.frames
        if affiliation and stranger.kind in ("person", "party"):
            continue
        if not _explains(query, asked, about, stranger):
            return Unknown(stranger.kind, stranger.name)
    return None


def _explains(query: Query, asked: Whom, about: What, stranger: Mention) -> bool:
    """Whether the answer is about the name too: all of a matter; of a place or person, what stands beside it."""
    inside = {p for p in range(stranger.start, stranger.end) if query.words[p].meaning}
    if stranger.kind == "beyond":
        return inside <= about.explained
    beside = {p for p in about.explained if stranger.start - 3 < p < stranger.end + 2} - inside
    return bool(inside & about.explained) and bool(beside or asked.candidates or stranger.kind != "elsewhere")


def _namesake(query: Query, about: What) -> bool:
    """Whether a lone surname or first name stands beside a word nothing explains: someone else's full name."""
    for mention in query.mentioned("candidate"):
        if mention.role or mention.doubtful or mention.end - mention.start > 1:
            continue
        for position, bar in ((mention.start - 1, NAMESAKE_BEFORE), (mention.end, RARE)):
            if 0 <= position < len(query.words) and position not in about.explained:
                word = query.words[position]
                rare = word.weight >= (LONE_FIRST_NAME if mention.first_name else bar)
                if word.meaning and rare and not query.explains_in_part(word):
                    return True
    return False


def _known_person(query: Query, scope: Scope, person: Mention) -> tuple[str, ...]:
    """For someone the base has facts on, when little more than the name is asked: those facts."""
    if query.stray() > PERSON_ONLY:
        return ()
    return tuple(fact for fact, people in scope.fact_people.items() if people & person.ids)


def _their_candidates(scope: Scope, stranger: Mention) -> tuple[str, ...]:
    if stranger.kind != "person":
        return ()
    return tuple(sorted({c for p in stranger.ids for c in scope.names.person_candidates.get(p, ())}))


def _which(query: Query, election: Election, asked: Whom, about: What, memory: Memory) -> Outcome:
    """Several people share the name: ask which, unless "the other one" says it."""
    bare = query.stray(asked.spoken_for) < BARE
    topics = about.topics or (memory.topics if bare else ())
    rest = tuple(c for c in asked.ambiguous if c not in memory.candidates)
    if "other" in query.frames and len(rest) == 1:
        return _on(election, rest, topics) if topics else CandidateCard(rest)
    return Clarification(tuple(f"{c}/{topics[0]}" if len(topics) == 1 else c for c in asked.ambiguous))


def _whether(query: Query, asked: Whom, about: What, memory: Memory) -> Outcome:
    """A word that may be someone's name and may be none: ask back, and offer what it comes to without the name."""
    bare = query.stray(asked.spoken_for) < BARE
    topics = about.topics or (memory.topics if bare else ())
    theirs = [f"{c}/{t}" for c in asked.doubtful for t in topics] or asked.doubtful
    return Clarification((*theirs, *about.topics))


def _recalled(election: Election, recalled: FollowUp) -> Outcome:
    return (
        _fact(election, recalled.fact)
        if recalled.fact
        else _on(election, recalled.candidates, recalled.topics)
    )


def _fact(election: Election, fact: str) -> Outcome:
    return FactAnswer(fact) if election.fact(fact).answer else NoPosition((), fact=fact)


def _on_topics(election: Election, candidates: tuple[str, ...], topics: tuple[str, ...]) -> Outcome:
    """Several topics at once are answered for someone named; for everyone, only one that anybody speaks of."""
    if not candidates and len(topics) > 1:
        held = [t for t in topics if any(election.claims(c, t) for c in election.candidates)]
        if held != [topics[0]]:
            return Clarification(topics)
        topics = topics[:1]
    return _on(election, candidates, topics)


def _on(election: Election, candidates: tuple[str, ...], topics: tuple[str, ...]) -> Outcome:
    asked = candidates or tuple(election.candidates)
    if not any(election.claims(c, t) for c in asked for t in topics):
        return NoPosition(candidates, topics)
    return Position(candidates[0], topics) if len(candidates) == 1 else Comparison(candidates, topics)


def _who_they_are(query: Query, asked: Whom, thresholds: Thresholds) -> Outcome:
    """Who someone is, unless the question holds a subject that was not understood."""
    asks_who = {"who_is", "everything", "affiliation"} & query.frames
    patience = 1 if not asks_who else 6 if asked.by_role else 3
    if query.stray(asked.spoken_for) > thresholds.stray * patience:
        return Unknown("topic", targets=asked.candidates[:OFFERED])
    return CandidateCard(asked.candidates)


def _close(query: Query) -> tuple[str, ...]:
    """Entries that explain part of the question, to be offered, never answered."""
    close = [s.entry.id for s in query.ranking if s.complete and s.weight >= RARE]
    return tuple(dict.fromkeys(close))[:OFFERED]
