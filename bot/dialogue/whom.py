"""Whom a question is about: the candidates it names, describes or points back to, and the strangers in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.dialogue.memory import Memory
from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.language.patterns import line
from bot.matching.mentions import Mention

STRANGERS = ("elsewhere", "beyond", "person", "party")


@dataclass(frozen=True, slots=True)
class Whom:
    """The candidates asked about, how they were meant, and names that belong to nobody who stands here."""

    candidates: tuple[str, ...] = ()
    named: bool = False
    by_role: bool = False
    ambiguous: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    """Those who are meant if a word is a name that may as well be none."""
    mismatched: bool = False
    strangers: tuple[Mention, ...] = ()
    spoken_for: frozenset[int] = frozenset()

    @property
    def clearly(self) -> bool:
        """Whether the question itself names someone, rather than pointing back."""
        return bool(self.candidates) and self.named


def whom(query: Query, scope: Scope, memory: Memory) -> Whom:
    """Whom a question is about, in the order they are named; a pronoun looks back."""
    inside = [m for m in query.mentions if query.in_focus(m.start)]
    outside = [m for m in query.mentions if not query.in_focus(m.start)]
    people = _People(query, scope)
    people.add(inside)
    recalled: tuple[str, ...] = ()
    mismatched = False
    if not people.found and not query.asks_everyone:
        people.add(
            outside if query.points_back else [m for m in outside if m.kind == "candidate" and not m.role]
        )
        if not people.found and query.points_back:
            recalled, mismatched = _recalled(query, scope, memory)
    found = people.found
    strangers = tuple(m for m in inside if m.kind in STRANGERS and m not in people.affiliated)
    return Whom(
        candidates=tuple(dict.fromkeys(found or recalled)),
        named=bool(found),
        by_role=bool(people.roles and not people.named),
        ambiguous=people.ambiguous,
        doubtful=() if found else tuple(dict.fromkeys(people.doubtful)),
        mismatched=mismatched,
        strangers=strangers,
        spoken_for=frozenset(p for m in people.affiliated for p in range(m.start, m.end)),
    )


@dataclass(slots=True)
class _People:
    """The candidates that mentions mean, by name or by role, while they are gone through."""

    query: Query
    scope: Scope
    named: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    ambiguous: tuple[str, ...] = ()
    doubtful: list[str] = field(default_factory=list)
    affiliated: set[Mention] = field(default_factory=set)

    @property
    def found(self) -> list[str]:
        """One called only by a role is dropped where another is named and nobody compares."""
        return self.named if self.named and "versus" not in self.query.frames else [*self.named, *self.roles]

    def add(self, mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            if mention.kind == "candidate" and not (mention.role and self._of_elsewhere(mention)):
                if mention.doubtful and not self._joined(mention):
                    self.doubtful.extend(sorted(mention.ids))
                elif len(mention.ids) > 1:
                    self.ambiguous = tuple(sorted(mention.ids))
                else:
                    (self.roles if mention.role else self.named).extend(mention.ids)
            elif mention.kind == "party":
                self._add_backed(mention, self.scope.names.party_candidates)
            elif mention.kind == "person" and self._affiliated(mention):
                self._add_backed(mention, self.scope.names.person_candidates)
        if set(self.ambiguous) & {*self.named, *self.roles}:
            self.ambiguous = ()

    def _add_backed(self, mention: Mention, backed: Mapping[str, frozenset[str]]) -> None:
        found = sorted({c for identifier in mention.ids for c in backed.get(identifier, ())})
        if found:
            self.affiliated.add(mention)
            self.roles.extend(found)

    def _joined(self, mention: Mention) -> bool:
        """Whether it stands beside somebody's name, with at most a word between ("… and …")."""
        return any(
            other is not mention and 0 <= max(mention.start - other.end, other.start - mention.end) <= 1
            for other in self.query.mentioned("candidate")
            if not other.role
        )

    def _of_elsewhere(self, mention: Mention) -> bool:
        """Whether a role goes on with another town's name ("the mayor of Clichy")."""
        return any(m.kind == "elsewhere" and 0 < m.start - mention.end + 1 <= 2 for m in self.query.mentions)

    def _affiliated(self, mention: Mention) -> bool:
        """Whether the question speaks of this person's candidate, not of the person.

        For someone of this very election any such word in the question will do; else it must stand beside the name.
        """
        words, frames = self.query.words, self.scope.language(self.query.language).frames
        own = any(p in self.scope.election.own.people for p in mention.ids)
        before = line(w.folded for w in words[max(0, mention.start - (12 if own else 4)) : mention.start])
        after = line(w.folded for w in words[mention.end : mention.end + (12 if own else 2)])
        found = frames["affiliation"].search(before) or frames["affiliated"].search(after)
        return bool(found or (own and frames["affiliation"].search(after)))


def _recalled(query: Query, scope: Scope, memory: Memory) -> tuple[tuple[str, ...], bool]:
    """Whom a pronoun means: those last spoken of, or the latest before them whom "she" or "he" fits.

    The second value tells that those last spoken of did not fit.
    """
    language = scope.language(query.language)
    spoken = {w.folded for w in query.words if query.in_focus(w.position)}
    wanted = {
        gender for gender, words in (("woman", language.women), ("man", language.men)) if spoken & words
    }
    if len(wanted) != 1:
        return memory.candidates, False

    def fits(candidate: str) -> bool:
        known = scope.election.candidates.get(candidate)
        return known is not None and known.gender in (None, *wanted)

    if memory.candidates and all(map(fits, memory.candidates)):
        return memory.candidates, False
    return tuple([c for c in memory.recent if fits(c)][:1]), bool(memory.candidates)
