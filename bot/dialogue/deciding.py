"""What may be answered: one outcome for a query, and silence where no reading is good enough.

The thresholds below are shares of a question's meaning words, weighed by rarity, that an entry explains.
docs/quality.md shows how right and wrong answers move with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
from bot.dialogue.understanding import Query, Scope
from bot.knowledge.model import Election
from bot.language.catalogue import Language
from bot.language.patterns import line
from bot.language.text import fold
from bot.matching.mentions import Mention
from bot.matching.ranking import Score


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much must be explained: of any question, of one plainly about the campaign, and by how much more than by others."""

    plain: float = 0.6
    campaign: float = 0.34
    named: float = 0.25
    together: float = 0.55
    margin: float = 0.4
    stray: float = 0.4
    chatter: float = 1.6


DEFAULT = Thresholds()
TOPICS = 3


def decide(query: Query, scope: Scope, memory: Memory, thresholds: Thresholds = DEFAULT) -> Outcome:
    """The outcome of a query in a conversation."""
    return _Deciding(query, scope, memory, thresholds).outcome()


class _Deciding:
    def __init__(self, query: Query, scope: Scope, memory: Memory, thresholds: Thresholds) -> None:
        self.query = query
        self.scope = scope
        self.election = scope.election
        self.memory = memory
        self.thresholds = thresholds
        self.frames = query.frames
        self.ambiguous: tuple[str, ...] = ()
        self.named = True
        self.by_role = False
        self.mismatched = False
        self.affiliated: set[Mention] = set()
        self.candidates = self._candidates()
        self.strangers = self._strangers()

    def outcome(self) -> Outcome:
        query = self.query
        if not query.words:
            return Unknown("empty")
        if query.decline is not None:
            return Decline(query.decline, self.candidates)
        usable = self._usable()
        topics, fact = self._choose(usable)
        if query.help is not None and not self._substantial(topics, fact, usable):
            return Help(query.help)
        blocked = self._blocked(topics, fact, usable)
        if blocked is not None:
            return blocked
        if self.ambiguous:
            return self._which(topics or (self.memory.topics if self._stray() < 0.35 else ()))
        follow_up = self._follow_up(topics, fact)
        if follow_up is not None:
            return follow_up
        if fact is not None:
            return self._fact(fact)
        if topics:
            return self._on_topics(topics)
        if self.candidates:
            return self._only_candidates()
        if query.commanded:
            return Decline("command")
        return Unknown("not_understood", targets=self._close())

    # --- who -------------------------------------------------------------------------------------------

    def _candidates(self) -> tuple[str, ...]:
        """Whom the question is about, in the order they are named; a pronoun looks back."""
        inside = [m for m in self.query.mentions if self._in_focus(m)]
        outside = [m for m in self.query.mentions if not self._in_focus(m)]
        found = self._people(inside)
        if not found and not self._asks_everyone() and self._points_back():
            found = self._people(outside)
            if not found:
                self.named = False
                found = self._recalled()
        elif not found and not self._asks_everyone():
            found = self._people([m for m in outside if m.kind == "candidate"])
        return tuple(dict.fromkeys(found))

    def _recalled(self) -> list[str]:
        """Whom a pronoun means: those last spoken of, or before them the latest whom "she" or "he" fits."""
        spoken = {w.folded for w in self.query.words if w.sentence in self.query.focus}
        lang = self._language()
        wanted = {g for g, words in (("woman", lang.women), ("man", lang.men)) if spoken & words}
        if len(wanted) != 1:
            return list(self.memory.candidates)

        def fits(candidate: str) -> bool:
            known = self.election.candidates.get(candidate)
            return known is not None and known.gender in (None, *wanted)

        if self.memory.candidates and all(map(fits, self.memory.candidates)):
            return list(self.memory.candidates)
        self.mismatched = bool(self.memory.candidates)
        return [c for c in self.memory.recent if fits(c)][:1]

    def _people(self, mentions: Iterable[Mention]) -> list[str]:
        """The candidates meant; one called only by a role is dropped where another is named and nobody compares."""
        named: list[str] = []
        roles: list[str] = []
        for mention in mentions:
            if mention.kind == "candidate" and not (mention.role and self._of_elsewhere(mention)):
                if len(mention.ids) > 1:
                    self.ambiguous = tuple(sorted(mention.ids))
                else:
                    (roles if mention.role else named).extend(mention.ids)
            elif mention.kind == "party":
                roles.extend(self._backed(mention, self.scope.names.party_candidates))
            elif mention.kind == "person" and self._affiliated(mention):
                roles.extend(self._backed(mention, self.scope.names.person_candidates))
        if set(self.ambiguous) & {*named, *roles}:
            self.ambiguous = ()
        self.by_role = bool(roles and not named)
        return named if named and "versus" not in self.frames else [*named, *roles]

    def _of_elsewhere(self, mention: Mention) -> bool:
        """Whether a role goes on with another town's name ("the mayor of Clichy")."""
        return any(m.kind == "elsewhere" and 0 < m.start - mention.end + 1 <= 2 for m in self.query.mentions)

    def _backed(self, mention: Mention, backed: Mapping[str, frozenset[str]]) -> list[str]:
        found = sorted({c for identifier in mention.ids for c in backed.get(identifier, ())})
        if found:
            self.affiliated.add(mention)
        return found

    def _affiliated(self, mention: Mention) -> bool:
        """Whether the question speaks of this person's candidate, not of the person."""
        words, frames = self.query.words, self._language().frames
        own = any(p in self.election.own.people for p in mention.ids)
        before = line(w.folded for w in words[max(0, mention.start - (12 if own else 4)) : mention.start])
        after = line(w.folded for w in words[mention.end : mention.end + (12 if own else 2)])
        found = frames["affiliation"].search(before) or frames["affiliated"].search(after)
        return bool(found or (own and frames["affiliation"].search(after)))

    def _language(self) -> Language:
        return next(lang for lang in self.scope.index.languages if lang.code == self.query.language)

    def _strangers(self) -> list[Mention]:
        """People, parties and places of elsewhere that the question is about."""
        found = []
        for mention in self.query.mentions:
            if not self._in_focus(mention) or mention in self.affiliated:
                continue
            if mention.kind in ("elsewhere", "beyond", "person", "party"):
                found.append(mention)
        return found

    def _in_focus(self, mention: Mention) -> bool:
        return self.query.words[mention.start].sentence in self.query.focus

    def _points_back(self) -> bool:
        persons = self._language().persons
        return any(w.folded in persons for w in self.query.words if w.sentence in self.query.focus)

    def _asks_everyone(self) -> bool:
        return "everyone" in self.frames or "others" in self.frames

    # --- what ------------------------------------------------------------------------------------------

    def _usable(self) -> list[Score]:
        """The entries that explain enough of the question, best first."""
        at_home = self.query.campaign or "everyone" in self.frames or bool(self.query.mentioned("place"))
        threshold = self.thresholds.campaign if at_home else self.thresholds.plain
        if self.candidates:
            threshold = self.thresholds.named
        return [s for s in self.query.ranking if self._fits(s, threshold)]

    def _fits(self, score: Score, threshold: float) -> bool:
        """Whether enough is explained; two meaning words together need less, words of a named one's own claims will do."""
        if score.complete:
            return score.coverage >= threshold * (self.thresholds.together if score.weight >= 1.9 else 1.0)
        own = score.entry.kind == "topic" and any(self.election.claims(c, score.entry.id) for c in self.candidates)
        return own and self.named and score.coverage >= 0.45

    def _choose(self, usable: Sequence[Score]) -> tuple[tuple[str, ...], str | None]:
        """The topics asked about, or the one fact."""
        held = self._held(usable)
        if held is not None:
            return held
        topics = self._maximal([s for s in usable if s.entry.kind == "topic"])
        facts = self._maximal([s for s in usable if s.entry.kind == "fact"])
        best_topic = topics[0].weight if topics else 0.0
        best_fact = facts[0].weight if facts else 0.0
        if facts and self._prefers_fact(topics, facts, best_topic, best_fact):
            about = self.scope.index.fact_topics.get(facts[0].entry.id)
            if self.candidates and self.named and about is not None:
                return (about,), None
            return (), facts[0].entry.id
        if topics:
            related = self._state_of_things(topics[0])
            if related is not None:
                return (), related
            return self._topics(topics), None
        return (), None

    def _held(self, usable: Sequence[Score]) -> tuple[tuple[str, ...], str | None] | None:
        """What was being talked of, when a question that points back fits it about as well as anything else."""
        back = self._points_back() or "thing" in self.frames
        if not back or (self.candidates and self.named):
            return None
        best = max((s.weight for s in usable), default=0.0)
        for score in usable:
            if score.weight < best - 0.3:
                continue
            if score.entry.kind == "fact" and score.entry.id == self.memory.fact:
                return (), score.entry.id
            if score.entry.kind == "topic" and score.entry.id in self.memory.topics:
                return (score.entry.id,), None
        return None

    def _prefers_fact(self, topics: Sequence[Score], facts: Sequence[Score], best_topic: float, best_fact: float) -> bool:
        if not topics:
            asks_who = {"who_is", "everything"} & self.frames
            roles = {p for m in self.query.mentions if m.role for p in range(m.start, m.end)}
            if self.by_role and facts[0].matched & roles:
                return True
            needed = 3.0 if self.by_role else 2.0 if asks_who else 1.0
            return not (self.candidates and self.named) or best_fact >= needed
        if self.candidates and self.named:
            about = self.scope.index.fact_topics.get(facts[0].entry.id)
            return about is None and best_fact >= best_topic + 1.0
        if best_fact > best_topic + 0.2:
            return True
        if best_fact < best_topic - 0.2:
            return False
        return not ("everyone" in self.frames or "everything" in self.frames)

    def _state_of_things(self, topic: Score) -> str | None:
        """The fact that says how things stand, when a question asks how much and not who wants what."""
        if self.candidates or self._asks_everyone() or "measure" not in self.frames:
            return None
        branch = self.election.branch(topic.entry.id)
        facts = [f for f, about in self.scope.index.fact_topics.items() if about in branch]
        scored = {s.entry.id: s.weight for s in self.query.ranking if s.entry.kind == "fact"}
        facts.sort(key=lambda f: (-scored.get(f, 0.0), self.scope.index.fact_topics[f] != topic.entry.id, f))
        return facts[0] if facts else None

    def _maximal(self, scores: Sequence[Score]) -> list[Score]:
        """Without the entries that explain only a part of what a better one does."""
        kept: list[Score] = []
        for score in scores:
            if not any(score.matched < other.matched for other in kept):
                kept.append(score)
        return kept

    def _topics(self, scores: Sequence[Score]) -> tuple[str, ...]:
        best = scores[0]
        chosen = [best.entry.id]
        for other in scores[1:]:
            if other.weight < best.weight - self.thresholds.margin and not (other.matched - best.matched):
                continue
            if other.weight >= 0.9 and other.entry.id not in chosen:
                chosen.append(other.entry.id)
        return self._simplest(chosen)

    def _simplest(self, topics: Sequence[str]) -> tuple[str, ...]:
        """Topics of one family become their nearest common ancestor; a topic and its subtopic become the subtopic."""
        kept: list[str] = []
        for topic in topics:
            lineage = list(self.election.lineage(topic))
            for position, other in enumerate(kept):
                others = list(self.election.lineage(other))
                if topic in others:
                    break
                if other in lineage:
                    kept[position] = topic
                    break
                common = next((t for t in lineage if t in others), None)
                if common is not None:
                    kept[position] = common
                    break
            else:
                kept.append(topic)
        return tuple(dict.fromkeys(kept))[:TOPICS]

    # --- whether ---------------------------------------------------------------------------------------

    def _substantial(self, topics: Sequence[str], fact: str | None, usable: Sequence[Score]) -> bool:
        if self.query.help in ("greeting", "thanks"):
            return bool(topics or fact or self.candidates) or self._stray(everywhere=True) > self.thresholds.chatter
        return bool(self.candidates and self.named) or bool((topics or fact) and usable[0].weight >= 1.5)

    def _blocked(self, topics: Sequence[str], fact: str | None, usable: Sequence[Score]) -> Outcome | None:
        """A stranger's name that the answer would not be about is a reason not to answer."""
        chosen = {*topics, fact}
        explained = {p for s in usable if s.entry.id in chosen for p in s.matched}
        if fact is not None and self.election.everywhere(fact):
            return None
        if self._namesake(explained):
            return Unknown("topic", targets=self.candidates[:2])
        for stranger in self.strangers:
            own = self._about_person(stranger) if not chosen - {None} else ()
            if own:
                return Clarification(own)
            if not self._explains(stranger, explained):
                who = {"who_is", "affiliation"} & self.frames
                if stranger.kind in ("person", "party") and self.candidates and self.named and who and not chosen - {None}:
                    continue
                return Unknown(stranger.kind, stranger.name, self._their_candidates(stranger))
        return None

    def _explains(self, stranger: Mention, explained: set[int]) -> bool:
        """Whether the answer is about the name too: all of a matter; of a place or person, what stands beside it."""
        inside = {p for p in range(stranger.start, stranger.end) if self.query.words[p].meaning}
        if stranger.kind == "beyond":
            return inside <= explained
        beside = {p for p in explained if stranger.start - 3 < p < stranger.end + 2} - inside
        return bool(inside & explained) and bool(beside or self.candidates or stranger.kind != "elsewhere")

    def _namesake(self, explained: set[int]) -> bool:
        """Whether a lone surname or first name goes on with a rare word nothing explains: someone else's full name."""
        for mention in self.query.mentioned("candidate"):
            after = mention.end
            if mention.role or mention.end - mention.start > 1 or after >= len(self.query.words):
                continue
            word = self.query.words[after]
            if word.meaning and word.weight >= 0.9 and after not in explained and word.folded == fold(word.written):
                return not any(after in s.matched for s in self.query.ranking)
        return False

    def _about_person(self, person: Mention) -> tuple[str, ...]:
        """For someone the base knows well enough, when only the name is asked: the facts that name them, their candidate."""
        if not any(p in self.election.own.people for p in person.ids) or self._stray() > 2.2:
            return ()
        words = set(fold(person.name).split())
        facts = [f.id for f in self.election.own.facts.values() if any(words & set(fold(n).split()) for n in f.name.values())]
        return (*facts, *self._their_candidates(person))

    def _their_candidates(self, stranger: Mention) -> tuple[str, ...]:
        if stranger.kind != "person":
            return ()
        return tuple(sorted({c for p in stranger.ids for c in self.scope.names.person_candidates.get(p, ())}))

    def _stray(self, everywhere: bool = False) -> float:
        """The weight of the meaning words that no name explains, in the sentences that ask or in all of them."""
        focus = self.query.focus
        named = {p for m in self.affiliated for p in range(m.start, m.end)}
        return sum(
            w.weight
            for w in self.query.words
            if w.meaning and w.position not in named and (everywhere or w.sentence in focus)
        )

    # --- follow-ups ------------------------------------------------------------------------------------

    def _follow_up(self, topics: Sequence[str], fact: str | None) -> Outcome | None:
        """Only if nothing but a name, a topic, or "and", "what about" remains of the question."""
        memory = self.memory
        if not (memory.topics or memory.candidates or memory.fact):
            return None
        if fact is not None and not (memory.topics and self._opens_with_and() and not self.query.unexplained):
            return None
        bare = self._stray() < 0.35
        if topics:
            weak = self._stray() < 2.2 and "thing" in self.frames and not self.candidates and len(self.query.unexplained) <= 1
            if weak and memory.topics and not self._same_branch(topics, memory.topics) and "follow_up" not in self.frames:
                return self._on(memory.candidates, memory.topics)
            if self.candidates or self._asks_everyone() or len(memory.candidates) != 1:
                return None
            if self._opens_with_and():
                return self._on(memory.candidates, tuple(topics))
            return None
        if not bare:
            return None
        if "others" in self.frames and memory.topics:
            return self._on((), memory.topics)
        asks_who = bool({"who_is", "everything"} & self.frames) and "thing" not in self.frames
        if self.candidates and self.named:
            if memory.topics and (not asks_who or self._opens_with_and()):
                return self._on(self.candidates, memory.topics)
            return None
        if self.mismatched and not self.candidates:
            return None
        if self.query.help is not None or asks_who:
            return None
        if "everyone" in self.frames and memory.topics:
            return self._on((), memory.topics)
        if memory.topics:
            return self._on(self.candidates or memory.candidates, memory.topics)
        if memory.fact is not None:
            return self._fact(memory.fact)
        return None

    def _same_branch(self, topics: Iterable[str], others: Iterable[str]) -> bool:
        return any(set(self.election.lineage(t)) & set(self.election.lineage(o)) for t in topics for o in others)

    def _opens_with_and(self) -> bool:
        opening = " " + " ".join(w.folded for w in self.query.words[:4]) + " "
        found = self._language().frames["follow_up"].search(opening)
        return bool(found and found.start() == 0)

    # --- outcomes --------------------------------------------------------------------------------------

    def _which(self, topics: Sequence[str]) -> Outcome:
        """Several people share the name: ask which, unless "the other one" says it."""
        rest = [c for c in self.ambiguous if c not in self.memory.candidates]
        if "other" in self.frames and len(rest) == 1:
            return self._on(tuple(rest), tuple(topics)) if topics else CandidateCard(tuple(rest))
        return Clarification(tuple(f"{c}/{topics[0]}" if len(topics) == 1 else c for c in self.ambiguous))

    def _fact(self, fact: str) -> Outcome:
        if not self.election.fact(fact).answer:
            return NoPosition((), fact=fact)
        return FactAnswer(fact)

    def _on_topics(self, topics: tuple[str, ...]) -> Outcome:
        if not self.candidates and len(topics) > 1:
            held = [t for t in topics if self._held_by_anyone(t)]
            if len(held) != 1:
                return Clarification(topics)
            topics = (topics[0],) if topics[0] in held else topics
            if len(topics) > 1:
                return Clarification(topics)
        return self._on(self.candidates, topics)

    def _held_by_anyone(self, topic: str) -> bool:
        return any(self.election.claims(c, topic) for c in self.election.candidates)

    def _on(self, candidates: tuple[str, ...], topics: tuple[str, ...]) -> Outcome:
        asked = candidates or tuple(self.election.candidates)
        held = {c for c in asked for t in topics if self.election.claims(c, t)}
        if not held:
            return NoPosition(candidates, topics)
        if len(candidates) == 1:
            return Position(candidates[0], topics)
        return Comparison(candidates, topics)

    def _only_candidates(self) -> Outcome:
        asks_who = bool({"who_is", "everything"} & self.frames)
        if self._stray() > self.thresholds.stray * (6 if self.by_role else 3 if asks_who else 1):
            return Unknown("topic", targets=self.candidates[:2])
        return CandidateCard(self.candidates)

    def _close(self) -> tuple[str, ...]:
        """Entries that explain part of the question, to be offered, never answered."""
        close = [s.entry.id for s in self.query.ranking if s.complete and s.weight >= 0.9]
        return tuple(dict.fromkeys(close))[:3]


def follow(target: str, election: Election) -> Outcome:
    """The outcome of a tapped choice; ids come from clients, so anything may be in them."""
    candidate, slash, topic = target.partition("/")
    known = candidate in election.candidates
    if slash and known and election.has("topics", topic):
        return Position(candidate, (topic,)) if election.claims(candidate, topic) else NoPosition((candidate,), (topic,))
    if known and not slash:
        return CandidateCard((candidate,))
    if election.has("topics", target):
        held = any(election.claims(c, target) for c in election.candidates)
        return Comparison((), (target,)) if held else NoPosition((), (target,))
    if election.has("facts", target):
        return FactAnswer(target) if election.fact(target).answer else NoPosition((), fact=target)
    return Unknown("not_understood")
