"""What a question is about: one or more topics, or one fact, that explain enough of its words; or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.memory import Memory
from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.dialogue.whom import Whom
from bot.knowledge.model import Election
from bot.matching.ranking import Score

TOPICS = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The shares of a question's meaning, and the weights of words, on which an answer depends."""

    plain: float = 0.64
    """Share to be explained of any question."""
    campaign: float = 0.34
    """The same where the question speaks of the campaign, of everyone, or of the town."""
    named: float = 0.25
    """The same where a candidate is meant."""
    together: float = 0.55
    """By how much two or more explained words lower these shares."""
    told: float = 0.45
    """Share explained by the words of a named candidate's own claims."""
    passing: float = 0.55
    """Share below which a topic counts as mentioned in passing when the question is who someone is."""
    margin: float = 0.4
    """How far behind the best a topic may be and still count as another reading."""
    rivals: float = 0.3
    """The same between topics of which a named candidate has spoken on one only."""
    close: float = 0.2
    """Weights of a fact and a topic nearer than this are taken as equal."""
    stray: float = 0.4
    """Weight of unexplained words beside a name that keeps "who is" from being the answer."""
    chatter: float = 1.6
    """Weight of unexplained words that makes a greeting more than a greeting."""


DEFAULT = Thresholds()


@dataclass(frozen=True, slots=True)
class What:
    """The topics asked about or the one fact, which words they explain, and the weight of the best of them."""

    topics: tuple[str, ...] = ()
    fact: str | None = None
    explained: frozenset[int] = frozenset()
    weight: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.topics or self.fact)


def what(query: Query, scope: Scope, asked: Whom, memory: Memory, thresholds: Thresholds) -> What:
    """What a question is about, given whom it is about and what was spoken of before."""
    return _Choosing(query, scope, asked, memory, thresholds).what()


class _Choosing:
    def __init__(
        self, query: Query, scope: Scope, asked: Whom, memory: Memory, thresholds: Thresholds
    ) -> None:
        self.query = query
        self.election = scope.election
        self.fact_topics = scope.index.fact_topics
        self.fact_people = scope.fact_people
        self.asked = asked
        self.memory = memory
        self.thresholds = thresholds

    def what(self) -> What:
        usable = [score for score in self.query.ranking if self._fits(score)]
        topics, fact = self._held(usable) or self._best(usable)
        chosen = [s for s in usable if s.entry.id == fact or self._related(s, topics)]
        if chosen and topics and self._only_in_passing(chosen[0]):
            return What()
        explained = frozenset(p for score in chosen for p in score.matched)
        return What(topics, fact, explained, chosen[0].weight if chosen else 0.0)

    def _related(self, score: Score, topics: Sequence[str]) -> bool:
        """Whether an entry is one of the topics, or of those that were taken together as one of them."""
        return score.entry.kind == "topic" and any(t in self.election.lineage(score.entry.id) for t in topics)

    def _only_in_passing(self, best: Score) -> bool:
        """Whether a question who someone is merely mentions a topic ("in my building they all talk of …")."""
        asks_who = "who_is" in self.query.frames and "everything" not in self.query.frames
        return asks_who and self.asked.clearly and best.coverage < self.thresholds.passing

    def _fits(self, score: Score) -> bool:
        """Whether an entry may be the answer: of a person's own affairs only if that person is being spoken of."""
        if score.entry.kind == "fact" and score.entry.id != self.memory.fact:
            about = self.fact_people.get(score.entry.id)
            named = {identifier for m in self.query.mentioned("person") for identifier in m.ids}
            if about and not about & named:
                return False
        return self._explains_enough(score)

    def _explains_enough(self, score: Score) -> bool:
        """Whether enough is explained: by a whole phrasing, or by the words of a named candidate's own claims."""
        if not score.complete:
            topic = score.entry.id
            own = score.entry.kind == "topic" and any(
                self.election.claims(c, topic) for c in self.asked.candidates
            )
            return own and self.asked.named and score.coverage >= self.thresholds.told
        at_home = self.query.campaign or "everyone" in self.query.frames or self.query.mentioned("place")
        how_to = "how_to" in self.query.frames and score.entry.kind == "topic"
        if how_to and not at_home and not self.asked.candidates:
            return False
        threshold = self.thresholds.campaign if at_home else self.thresholds.plain
        if self.asked.candidates:
            threshold = self.thresholds.named
        return score.coverage >= threshold * (self.thresholds.together if score.weight >= 1.9 else 1.0)

    def _held(self, usable: Sequence[Score]) -> tuple[tuple[str, ...], str | None] | None:
        """What was being talked of, when a question that points back fits it about as well as anything else."""
        back = "thing" in self.query.frames or self.query.points_back
        if not back or self.asked.clearly or not usable:
            return None
        for score in usable:
            if score.weight < usable[0].weight - self.thresholds.margin:
                continue
            if score.entry.kind == "fact" and score.entry.id == self.memory.fact:
                return (), score.entry.id
            if score.entry.kind == "topic" and score.entry.id in self.memory.topics:
                return (score.entry.id,), None
        return None

    def _best(self, usable: Sequence[Score]) -> tuple[tuple[str, ...], str | None]:
        topics = _maximal([s for s in usable if s.entry.kind == "topic"])
        facts = _maximal([s for s in usable if s.entry.kind == "fact"])
        if facts and self._prefers_fact(topics, facts[0]):
            about = self.fact_topics.get(facts[0].entry.id)
            if self.asked.clearly and about is not None:
                return (about,), None
            return (), facts[0].entry.id
        if not topics:
            return (), None
        related = self._state_of_things(topics[0])
        return ((), related) if related is not None else (self._topics(topics), None)

    def _prefers_fact(self, topics: Sequence[Score], fact: Score) -> bool:
        frames = self.query.frames
        if not topics:
            if not self.asked.clearly or (
                self.asked.by_role and self._whole(fact) and self._in_its_words(fact)
            ):
                return True
            if "measure" in frames and self._whole(fact):
                return True
            asks_who = {"who_is", "everything"} & frames
            return fact.weight >= (3.0 if self.asked.by_role else 2.0 if asks_who else 1.0)
        if self.asked.clearly:
            return self.fact_topics.get(fact.entry.id) is None and fact.weight >= topics[0].weight + 1.0
        lead = fact.weight - topics[0].weight
        if {"everyone", "everything"} & frames:
            return lead >= 1.0
        return lead >= -self.thresholds.close

    def _whole(self, fact: Score) -> bool:
        """Whether a fact explains a word of meaning, or all of a question that has none."""
        return fact.weight >= 1 or not self.query.meaning

    def _in_its_words(self, fact: Score) -> bool:
        """Whether a role ("the mayor") is part of how the fact is asked for, or was only the bare word."""
        roles = [m for m in self.query.mentions if m.role]
        widths = [(m.end - m.start, len(fact.matched & set(range(m.start, m.end)))) for m in roles]
        return bool(roles) and all(width == 1 or 2 * explained >= width for width, explained in widths)

    def _state_of_things(self, topic: Score) -> str | None:
        """The fact that says how things stand, when a question asks how much and not who wants what."""
        of_town = any(m.kind == "place" and m.start == 0 for m in self.query.mentions)
        if (
            self.asked.candidates
            or self.query.asks_everyone
            or not ("measure" in self.query.frames or of_town)
        ):
            return None
        branch = self.election.branch(topic.entry.id)
        weights = {s.entry.id: s.weight for s in self.query.ranking if s.entry.kind == "fact"}
        facts = [
            f for f, t in self.fact_topics.items() if t == topic.entry.id or (t in branch and f in weights)
        ]
        facts.sort(key=lambda f: (-weights.get(f, 0.0), self.fact_topics[f] != topic.entry.id, f))
        return facts[0] if facts else None

    def _topics(self, scores: Sequence[Score]) -> tuple[str, ...]:
        """The best topic and any other that explains something else, or fits about as well."""
        best = self._own_first(scores)
        chosen = [best.entry.id]
        for other in scores:
            further = (
                bool(other.matched - best.matched) or other.weight >= best.weight - self.thresholds.margin
            )
            if further and other.weight >= 0.9 and other is not best and not self._without_words(other, best):
                chosen.append(other.entry.id)
        return _simplest(chosen, self.election)

    def _meaning(self, positions: Iterable[int]) -> bool:
        return any(self.query.words[p].meaning for p in positions)

    def _own_first(self, scores: Sequence[Score]) -> Score:
        """The best topic; among readings about as good, the one a named candidate has spoken on."""
        if self.asked.clearly:
            for score in scores:
                near = score.weight >= scores[0].weight - self.thresholds.rivals
                if near and self._spoken_on(score):
                    return score
        return scores[0]

    def _without_words(self, other: Score, best: Score) -> bool:
        """Whether a rival reading of the same words is one nobody named has spoken on, while the best is."""
        return bool(other.matched & best.matched) and self._spoken_on(best) and not self._spoken_on(other)

    def _spoken_on(self, score: Score) -> bool:
        return any(self.election.claims(c, score.entry.id) for c in self.asked.candidates)


def _maximal(scores: Sequence[Score]) -> list[Score]:
    """Without the entries that explain only a part of what a better one does."""
    kept: list[Score] = []
    for score in scores:
        if not any(score.matched < other.matched for other in kept):
            kept.append(score)
    return kept


def _simplest(topics: Sequence[str], election: Election) -> tuple[str, ...]:
    """A topic and its subtopic become the subtopic; topics of one family become their nearest common ancestor."""
    kept: list[str] = []
    for topic in topics:
        lineage = list(election.lineage(topic))
        for position, other in enumerate(kept):
            others = list(election.lineage(other))
            common = next((t for t in lineage if t in others), None)
            if common is not None:
                kept[position] = topic if common == other else other if common == topic else common
                break
        else:
            kept.append(topic)
    return tuple(dict.fromkeys(kept))[:TOPICS]
